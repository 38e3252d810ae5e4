/** How a server is reached: Streamable HTTP, the older SSE, a program of ours, or plain HTTP. */
export const UPSTREAM_KINDS = ['http', 'sse', 'stdio', 'openapi'] as const
/** A way to reach a server. */
export type UpstreamKind = (typeof UPSTREAM_KINDS)[number]

/** The short name of a server: it begins the names of its tools. */
export const SLUG = /^[a-z][a-z0-9-]{0,15}$/

/** Whose credential goes along with a call. */
export const CREDENTIAL_OWNERS = ['none', 'shared', 'person'] as const
/** An owner of a credential. */
export type CredentialOwner = (typeof CREDENTIAL_OWNERS)[number]

/** Where a credential goes. */
export const AUTH_KINDS = ['none', 'bearer', 'header', 'query', 'basic', 'env', 'oauth'] as const

/** Where a credential goes, and the name of the header, parameter or variable. */
export type Auth = Readonly<{ kind: (typeof AUTH_KINDS)[number]; name?: string | undefined }>

/** How calls are spread over the replicas of a server. */
export const BALANCES = ['least_connections', 'round_robin', 'weighted', 'hash'] as const
/** A way to spread calls. */
export type Balance = (typeof BALANCES)[number]

/** Revisions of the protocol that a server may speak: found out, without or with sessions. */
export const ERAS = ['auto', 'modern', 'legacy'] as const

/** One address of a server. */
export type Replica = Readonly<{ id: string; url: string; weight: number }>

/** A server of tools. */
export type Upstream = Readonly<{
  id: string
  slug: string
  title: string
  kind: UpstreamKind
  entry: string | null
  packageVersion: string | null
  integrity: string | null
  era: (typeof ERAS)[number]
  config: Readonly<Record<string, unknown>>
  credential: CredentialOwner
  auth: Auth
  balance: Balance
  enabled: boolean
  ownerId: string
  foundAt: number | null
  /** When it was asked last, well or not. */
  triedAt: number | null
  failure: string | null
  instructions: string | null
  server: string | null
  createdAt: number
  version: number
  replicas: readonly Replica[]
}>

/** How a server does, as people see it. */
export const HEALTH_STATES = [
  'disabled', 'starting', 'ready', 'degraded', 'open', 'needs_connect', 'quarantined',
] as const // biome-ignore format: one line

/** A state of health. */
export type HealthState = (typeof HEALTH_STATES)[number]

/** Servers that one organisation has at most. */
export const UPSTREAMS_MAX = 200
/** Tools, prompts and resources that one server offers at most. */
export const DEFINITIONS_MAX = 1_000
/** Addresses of one server. */
export const REPLICAS_MAX = 16

/** Writes down what lines are opened with: a new list or another title closes none of them. */
export const settingsOf = (upstream: Upstream): string => {
  const known = written.get(upstream)
  if (known !== undefined) return known
  const { kind, era, credential, auth, balance, replicas, config } = upstream
  const { offers: _offers, ...rest } = config
  const text = JSON.stringify([kind, era, credential, auth, balance, replicas, rest])
  written.set(upstream, text)
  return text
}

// A catalogue gives the same objects to every call, and the document of a service is long.
const written = new WeakMap<Upstream, string>()
