import { z } from 'zod'
import type { Call, Words } from '../kernel/operation.ts'
import { LEASE_CALLS_MAX, LEASE_TOOLS_MAX } from './domain/lease.ts'
import { CALL_KEY, CALL_STATES } from './domain/call.ts'
import { TOOL_EGRESS, TOOL_READS } from './domain/labels.ts'
import { TOOL_EFFECTS } from './domain/policy-rules.ts'
import { ROTATION_FAILURES, ROTATION_STATES } from './domain/rotation.ts'
import { SECRET_NAME } from './domain/secret.ts'
import {
  AUTH_KINDS,
  BALANCES,
  CREDENTIAL_OWNERS,
  ERAS,
  HEALTH_STATES,
  SLUG,
  UPSTREAM_KINDS,
} from './domain/upstream.ts'

/** The name of a secret; it is unique in its project, or in the organisation without one. */
export const SecretName = z
  .string()
  .regex(SECRET_NAME, 'is a name of letters, digits, ".", "_" and "-"')

/** A project's short key: the place of a secret. */
export const SecretPlace = z
  .string()
  .regex(/^[A-Z][A-Z0-9]{1,9}$/, 'is a project key such as GH')
  .describe('Project it belongs to; left out: the organisation')

/** A secret as everybody sees it: never its value. */
export const SecretView = z.object({
  name: SecretName,
  project: z.string().nullable(),
  version: z.int(),
  /** The end of a long one. */
  last4: z.string().nullable(),
  /** Equal for equal secrets of the organisation. */
  fingerprint: z.string(),
  createdAt: z.string(),
  replacedAt: z.string().nullable(),
  usedAt: z.string().nullable(),
})

/** What a test of a secret found. */
export const SecretTestView = z.object({
  name: SecretName,
  project: z.string().nullable(),
  version: z.int(),
  ok: z.boolean(),
  fingerprint: z.string(),
})

/** How far a rotation of keys has come. */
export const RotationView = z.object({
  id: z.uuid(),
  state: z.enum(ROTATION_STATES),
  total: z.int(),
  moved: z.int(),
  verified: z.int(),
  /** Old keys that are gone for good. */
  destroyed: z.int(),
  /** Kinds of values that keep an old key alive. */
  keptFor: z.array(z.string()),
  why: z.enum(ROTATION_FAILURES).nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  version: z.int(),
})

const id = z.uuid()

/** The name of a server, which begins the names of its tools. */
export const Slug = z
  .string()
  .regex(SLUG, 'is a short name such as github: small letters, digits, "-"')

/** The name of a tool here: `github__create_issue`. */
export const ToolName = z.string().min(1).max(128)

/** A call's short key. */
export const CallKey = z.string().regex(CALL_KEY, 'is a call such as TC-81')

/** Plain JSON with named members. */
export const JsonObject = z.record(z.string(), z.unknown())

/** A server as people see it. */
export const UpstreamView = z.object({
  slug: Slug,
  title: z.string(),
  kind: z.enum(UPSTREAM_KINDS),
  entry: z.string().nullable(),
  packageVersion: z.string().nullable(),
  server: z.string().nullable(),
  state: z.enum(HEALTH_STATES),
  /** Why it could not be asked last. */
  failure: z.string().nullable(),
  enabled: z.boolean(),
  era: z.enum(ERAS),
  credential: z.enum(CREDENTIAL_OWNERS),
  /** Whether the reader's calls have a credential to go with. */
  connected: z.boolean(),
  auth: z.enum(AUTH_KINDS),
  balance: z.enum(BALANCES),
  replicas: z.array(
    z.object({ url: z.string(), weight: z.int(), state: z.enum(['closed', 'open', 'half_open']) }),
  ),
  owner: z.string().nullable(),
  tools: z.int(),
  blocked: z.int(),
  /** Those of the blocked that wait for somebody's decision. */
  waiting: z.int(),
  /** Credentials that it has; those of persons are counted, too. */
  accounts: z.int(),
  foundAt: z.string().nullable(),
  version: z.int(),
})

/** A tool as people and agents find it. */
export const ToolView = z.object({
  name: ToolName,
  /** The server's own name for it. */
  original: z.string(),
  server: Slug,
  title: z.string().nullable(),
  description: z.string(),
  effect: z.enum(TOOL_EFFECTS),
  state: z.enum(['proposed', 'approved', 'changed', 'rejected', 'gone']),
  uses: z.int(),
})

/** A server with its tools and who is connected to it. */
export const UpstreamDetails = UpstreamView.extend({
  instructions: z.string().nullable(),
  /** Rules of all its tools that have none of their own, as people write them. */
  rules: JsonObject,
  /** Credentials that the reader may know of. */
  credentials: z.array(
    z.object({
      /** Whose it is; `null`: all share it. */
      by: z.string().nullable(),
      account: z.string().nullable(),
      state: z.enum(['ready', 'needs_connect']),
      since: z.string(),
    }),
  ),
  items: z.array(
    ToolView.extend({
      /** Switched off by a rule; only those who manage tools see it then. */
      off: z.boolean(),
    }),
  ),
})

/** A tool with all that is known of it. */
export const ToolDetails = ToolView.extend({
  inputSchema: JsonObject,
  outputSchema: JsonObject.nullable(),
  annotations: JsonObject.nullable(),
  hash: z.string(),
  /** What a server says now that is not approved, line by line. */
  diff: z.array(z.string()),
  warnings: z.array(z.string()),
  /** Its own rules, as people write them. */
  rules: JsonObject,
  /** Those of its server, which count where it has none of its own. */
  serverRules: JsonObject,
  /** What is known of it by all rules and by what it says of itself. */
  labels: z.object({
    reads: z.enum(TOOL_READS),
    untrusted: z.boolean(),
    egress: z.enum(TOOL_EGRESS),
  }),
  off: z.boolean(),
  /** The tool in one text, as models read it. */
  signature: z.string(),
  version: z.int(),
})

/** A call of a tool: what came of it, or what it waits for. */
export const CallView = z.object({
  key: CallKey,
  tool: ToolName,
  state: z.enum([...CALL_STATES, 'input_required']),
  /** The text as agents read it. */
  text: z.string(),
  /** The answer says of itself that it is an error. */
  isError: z.boolean(),
  /** Parts that the whole result has, and the one that `text` is. */
  part: z.int(),
  parts: z.int(),
  /** The approval it waits for. */
  approval: z.string().nullable(),
  /** Where somebody can connect an account or decide, if that is what it waits for. */
  url: z.string().nullable(),
  ms: z.int().nullable(),
  bytes: z.int().nullable(),
  code: z.string().nullable(),
  /** The result as the server gave it, secrets taken out. */
  result: JsonObject.nullable(),
})

/** A line of the record of calls. */
export const CallLine = z.object({
  key: CallKey,
  tool: z.string(),
  server: z.string(),
  by: z.string().nullable(),
  onBehalfOf: z.string().nullable(),
  door: z.string(),
  effect: z.string(),
  state: z.enum(CALL_STATES),
  at: z.string(),
  ms: z.int().nullable(),
  bytes: z.int().nullable(),
  code: z.string().nullable(),
})

/** What a lease is asked for. The caller has made sure that the claim is the actor's. */
export const LeaseWish = z.strictObject({
  taskId: id,
  fence: z.int().min(0),
  connection: z.string().min(1).max(120),
  tools: z.array(z.string().min(1).max(120)).min(1).max(LEASE_TOOLS_MAX),
  callsMax: z.int().min(1).max(LEASE_CALLS_MAX),
})

/** Names a secret: by its id, or by name and the id of its project. */
export type SecretRef =
  | Readonly<{ id: string }>
  | Readonly<{ name: string; projectId: string | null }>

/** What a secret is opened for. */
export const PURPOSES = ['egress', 'launch', 'sign', 'test'] as const

/** What a secret is wanted for, by whom, and under which lease. */
export type SecretUse = Readonly<{
  purpose: Readonly<{ kind: (typeof PURPOSES)[number]; host?: string; tool?: string }>
  /** The id of the lease that the call counts against; agents need one. */
  lease: string | null
  call: Call
}>

/** The only way out of what is sealed: for egress and for launchers of tools. */
export type Vault = Readonly<{
  /**
   * Opens a secret for the time of `work`. That it is used stands in the ledger before; what
   * `work` gets is zeroed after it.
   */
  use<T>(ref: SecretRef, use: SecretUse, work: (secret: Uint8Array) => Promise<T>): Promise<T>
}>

/** What other rooms may ask of this one; bound to one organisation and one transaction. */
export type ToolsApi = Readonly<{
  /** Takes a lease for the actor of the call; its event travels with the caller's transaction. */
  takeLease(
    wish: z.input<typeof LeaseWish>,
    words: Pick<Words, 'call' | 'emit'>,
  ): Promise<Readonly<{ id: string; expiresAt: number }>>
  /** Counts a call; refuses where the lease is over, used up, another's, or for other tools. */
  countCall(lease: string, tool: string, call: Call): Promise<Readonly<{ left: number }>>
}>
