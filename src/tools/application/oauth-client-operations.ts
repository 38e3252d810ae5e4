import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import {
  CLIENT_AUTH_METHODS,
  CLIENT_KINDS,
  CLIENT_MARK,
  type KeptClient,
  redirectUri,
} from '../domain/oauth-client.ts'
import { isIssuerName } from '../domain/oauth-metadata.ts'
import { SECRET_CHARS_MAX } from '../domain/secret.ts'
import { OauthClientRemoved, OauthClientSet } from './oauth-events.ts'
import type { Oauth, OauthNeeds } from './oauth-ports.ts'

const Key = z.string().regex(CLIENT_MARK, 'is the key of a client, as oauth-client list shows it')

const ClientView = z.object({
  key: Key,
  issuer: z.string(),
  kind: z.enum(CLIENT_KINDS),
  clientId: z.string(),
  authMethod: z.enum(CLIENT_AUTH_METHODS),
  /** The address that has to be registered there. */
  redirectUri: z.string(),
  version: z.int(),
})

const viewOf = (kept: KeptClient, oauth: Oauth): z.output<typeof ClientView> => {
  const { issuer, kind, clientId, authMethod, version } = kept
  const key = oauth.markOf(issuer)
  const to = kind === 'given' ? redirectUri(oauth.address(), key) : kept.redirectUri
  return { key, issuer, kind, clientId, authMethod, redirectUri: to, version }
}

/** Tells the hub as whom it is registered at an issuer. */
export const setOauthClient = operation<OauthNeeds>()({
  name: 'tools.set_oauth_client',
  about:
    'Say as whom the hub is registered at an issuer of tokens. The secret is kept sealed; the ' +
    'answer names the redirect address that has to be registered there.',
  input: z.strictObject({
    issuer: z.string().max(500).describe('Its name, exactly as servers and issuer write it'),
    clientId: z.string().trim().min(1).max(2_000),
    clientSecret: z.string().min(1).max(SECRET_CHARS_MAX).optional().describe('If it has one'),
    authMethod: z
      .enum(CLIENT_AUTH_METHODS)
      .optional()
      .describe('How the secret is shown; left out: in the body'),
  }),
  output: ClientView,
  access: 'connection:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'PUT /oauth-clients',
  mcp: null,
  say: ({ issuer, redirectUri: to }) => `${issuer} knows the hub; register ${to} there`,
  async ahead({ issuer, clientSecret, authMethod }, { oauth }) {
    if (!isIssuerName(issuer)) throw issuerUnfit()
    const isPublic = (authMethod ?? (clientSecret === undefined ? 'none' : null)) === 'none'
    if (isPublic !== (clientSecret === undefined)) throw secretUnfit()
    return clientSecret === undefined ? null : oauth.prepare(clientSecret)
  },
  async run({ issuer, clientId, authMethod }, { oauth, call, emit, ahead }) {
    const method = authMethod ?? (ahead === null ? 'none' : 'client_secret_post')
    const to = redirectUri(oauth.address(), oauth.markOf(issuer))
    const given = { issuer, clientId, authMethod: method, secret: ahead, redirectUri: to }
    const kept = await oauth.clients.give(given, call)
    const { id, kind, version } = kept
    emit(OauthClientSet({ clientRowId: id, issuer, kind, clientId, version }))
    return viewOf(kept, oauth)
  },
})

/** Lists as whom the hub is known at issuers; secrets are never shown. */
export const listOauthClients = operation<OauthNeeds>()({
  name: 'tools.list_oauth_clients',
  about: 'List as whom the hub is registered at issuers of tokens; secrets are never shown.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(ClientView) }),
  access: 'connection:read',
  effect: 'read',
  orgWide: true,
  http: 'GET /oauth-clients',
  mcp: null,
  say: ({ items }) =>
    items.map(({ key, issuer, kind }) => `${key} ${issuer} ${kind}`).join('\n') ||
    'The hub is registered nowhere; where it has to be, account start says so.',
  async run(_input, { oauth }) {
    const kept = await oauth.clients.list()
    return { items: kept.map((one) => viewOf(one, oauth)) }
  },
})

/** Forgets as whom the hub is known at an issuer. */
export const removeOauthClient = operation<OauthNeeds>()({
  name: 'tools.remove_oauth_client',
  about:
    'Forget as whom the hub is registered at an issuer. Accounts there work until their tokens ' +
    'end, then they have to be connected again.',
  input: z.strictObject({ key: Key }),
  output: z.object({ issuer: z.string() }),
  access: 'connection:write',
  effect: 'write',
  fresh: true,
  orgWide: true,
  http: 'DELETE /oauth-clients/:key',
  mcp: null,
  say: ({ issuer }) => `${issuer} does not know the hub any more`,
  async run({ key }, { oauth, emit }) {
    const all = await oauth.clients.list()
    const kept = all.find((one) => oauth.markOf(one.issuer) === key)
    if (kept === undefined) throw notFound('This client')
    const { id, issuer, version } = kept
    await oauth.clients.remove(issuer)
    emit(OauthClientRemoved({ clientRowId: id, issuer, version: version + 1 }))
    return { issuer }
  },
})

const issuerUnfit = () => {
  const message = 'An issuer is named by its address, such as https://auth.example.com.'
  return refuse('invalid', 'tools.issuer_not_valid', message, { field: 'issuer' })
}

const secretUnfit = () => {
  const message = 'Give clientSecret together with how it is shown, or neither of them.'
  return refuse('invalid', 'tools.client_secret_unfit', message, { field: 'clientSecret' })
}
