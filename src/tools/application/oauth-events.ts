import { z } from 'zod'
import { event } from '../../kernel/event.ts'
import { CLIENT_KINDS } from '../domain/oauth-client.ts'

const id = z.uuid()
const account = { connectionId: id, upstreamId: id }
const client = { clientRowId: id, issuer: z.string() }

/** The hub has a name at an issuer: given by an administrator, or by the issuer itself. */
export const OauthClientSet = event(
  'tools.oauth_client_set',
  'clientRowId',
  z.object({ ...client, kind: z.enum(CLIENT_KINDS), clientId: z.string(), version: z.int() }),
)

/** The hub does not appear under a name at an issuer any more. */
export const OauthClientRemoved = event(
  'tools.oauth_client_removed',
  'clientRowId',
  z.object({ ...client, version: z.int() }),
)

/** The token of a connection was renewed. */
export const TokenRenewed = event(
  'tools.token_renewed',
  'connectionId',
  z.object({ ...account, issuer: z.string(), expiresAt: z.int().nullable(), version: z.int() }),
)

/** A server wants more of a connection than was granted. */
export const ScopeMissed = event(
  'tools.scope_missed',
  'connectionId',
  z.object({ ...account, scopes: z.array(z.string()) }),
)

/** How the end of an account was told to its issuer. */
export const TOKEN_ENDS = ['revoked', 'not_revoked'] as const

/** The tokens of a connection that is gone were given back and destroyed. */
export const TokenEnded = event(
  'tools.token_ended',
  'connectionId',
  z.object({ ...account, issuer: z.string(), outcome: z.enum(TOKEN_ENDS) }),
)

/** What accounts at issuers make happen, by who may read of it. */
export const OAUTH_EVENTS = [
  OauthClientSet,
  OauthClientRemoved,
  TokenRenewed,
  ScopeMissed,
  TokenEnded,
] as const
