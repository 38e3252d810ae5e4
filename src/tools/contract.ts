import { z } from 'zod'
import { event } from '../kernel/event.ts'
import type { Call, Words } from '../kernel/operation.ts'
import { LEASE_CALLS_MAX, LEASE_TOOLS_MAX } from './domain/lease.ts'
import { ROTATION_FAILURES, ROTATION_STATES } from './domain/rotation.ts'
import { SECRET_NAME } from './domain/secret.ts'

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
const about = { secretId: id, projectId: id.nullable() }
const Name = z.object({ name: SecretName })

/** A secret was stored. */
export const SecretCreated = event(
  'tools.secret_created',
  'secretId',
  z.object({ ...about, version: z.int(), fingerprint: z.string() }),
  { content: Name },
)

/** A secret got another value; the one before is gone. */
export const SecretReplaced = event(
  'tools.secret_replaced',
  'secretId',
  z.object({ ...about, version: z.int(), fingerprint: z.string() }),
  { content: Name },
)

/** A secret and its value are gone. */
export const SecretDeleted = event(
  'tools.secret_deleted',
  'secretId',
  z.object({ ...about, version: z.int() }),
  { content: Name },
)

/** What a secret is opened for. */
export const PURPOSES = ['egress', 'launch', 'sign', 'test'] as const

/** A secret was opened inside the hub; written before that is done. */
export const SecretUsed = event(
  'tools.secret_used',
  'secretId',
  z.object({
    ...about,
    secretVersion: z.int(),
    fingerprint: z.string(),
    purpose: z.enum(PURPOSES),
    host: z.string().optional(),
    tool: z.string().optional(),
    leaseId: id.nullable(),
  }),
)

/** The keys of the organisation are being changed. */
export const RotationStarted = event(
  'tools.rotation_started',
  'rotationId',
  z.object({ rotationId: id, version: z.int() }),
)

/** A change of keys has ended. */
export const RotationFinished = event(
  'tools.rotation_finished',
  'rotationId',
  z.object({
    rotationId: id,
    outcome: z.enum(['done', 'failed']),
    why: z.enum(ROTATION_FAILURES).nullable(),
    moved: z.int(),
    destroyed: z.int(),
    keptFor: z.array(z.string()),
    version: z.int(),
  }),
)

/** Somebody may use tools over a connection, for as long as a claim lives. */
export const LeaseTaken = event(
  'tools.lease_taken',
  'leaseId',
  z.object({
    leaseId: id,
    principalId: id,
    onBehalfOf: id.nullable(),
    taskId: id,
    connection: z.string(),
    tools: z.array(z.string()),
    callsMax: z.int(),
    expiresAt: z.int(),
  }),
)

/** Why a lease is over. */
export const LEASE_ENDS = ['claim_ended', 'expired'] as const

/** A lease is over. */
export const LeaseEnded = event(
  'tools.lease_ended',
  'leaseId',
  z.object({ leaseId: id, taskId: id, why: z.enum(LEASE_ENDS), calls: z.int() }),
)

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
