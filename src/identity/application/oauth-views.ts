import { z } from 'zod'
import { Handle, Moment, ProjectKey } from '../contract.ts'
import { OAUTH_SCOPES } from '../domain/scope.ts'

/** Names a request under way: the protocol's own id, or that of a device's request. */
export const Uid = z.string().regex(/^(device-)?[A-Za-z0-9_-]{20,64}$/, 'This is no request')
/** A scope of a token. */
export const Scope = z.enum(OAUTH_SCOPES)
/** What a token is for. */
export const Resource = z.enum(['mcp', 'v1'])

/** A request for access, as the person reads it who decides. */
export const ConsentRequestView = z.object({
  uid: Uid,
  kind: z.enum(['browser', 'device']),
  client: z.object({
    name: z.string(),
    id: z.string(),
    /** Whose word the name is; null for the hub's own command line. */
    host: z.string().nullable(),
  }),
  /** Where the browser goes afterwards; null for a device, which asks by itself. */
  redirect: z.object({ host: z.string(), isLocal: z.boolean() }).nullable(),
  warning: z.string().nullable(),
  /** `mcp`: it acts as an agent of yours. `v1`: it acts as you. */
  resource: Resource,
  scopes: z.array(z.object({ scope: Scope, words: z.string() })),
  agents: z.array(z.object({ handle: Handle, projects: z.array(ProjectKey) })),
  /** The agent chosen for this program the last time. */
  suggested: Handle.nullable(),
  /** The address to go to after the decision. */
  next: z.string(),
})

/** Where the browser goes after a decision. */
export const DecidedView = z.object({ uid: Uid, next: z.string() })

/** What a person has allowed a program. */
export const ConsentView = z.object({
  id: z.uuid(),
  client: z.object({ name: z.string(), id: z.string(), host: z.string().nullable() }),
  redirectHost: z.string().nullable(),
  agent: Handle.nullable(),
  resource: Resource,
  scopes: z.array(z.string()),
  projects: z.array(ProjectKey).nullable(),
  createdAt: Moment,
  expiresAt: Moment,
})
