import { z } from 'zod'
import { event } from '../kernel/event.ts'
import { PURPOSES, SecretName } from './contract.ts'
import { CALL_STATES } from './domain/call.ts'
import { ROTATION_FAILURES } from './domain/rotation.ts'
import { UPSTREAM_KINDS } from './domain/upstream.ts'

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

/** A server was connected. */
export const UpstreamAdded = event(
  'tools.upstream_added',
  'upstreamId',
  z.object({
    upstreamId: id,
    slug: z.string(),
    kind: z.enum(UPSTREAM_KINDS),
    entry: z.string().nullable(),
    packageVersion: z.string().nullable(),
    version: z.int(),
  }),
)

/** A server's settings have changed. */
export const UpstreamChanged = event(
  'tools.upstream_changed',
  'upstreamId',
  z.object({ upstreamId: id, fields: z.array(z.string()), enabled: z.boolean(), version: z.int() }),
)

/** A server is gone, with everything that hung on it. */
export const UpstreamRemoved = event(
  'tools.upstream_removed',
  'upstreamId',
  z.object({ upstreamId: id, slug: z.string(), version: z.int() }),
)

/** A server was asked what it offers. */
export const CatalogueRefreshed = event(
  'tools.catalogue_refreshed',
  'upstreamId',
  z.object({
    upstreamId: id,
    found: z.int(),
    added: z.int(),
    changed: z.int(),
    gone: z.int(),
    /** Why it could not be asked. */
    failure: z.string().nullable(),
    version: z.int(),
  }),
)

/** What a server says of something that was approved is not what was approved: it is not used. */
export const DefinitionChanged = event(
  'tools.definition_changed',
  'definitionId',
  z.object({
    definitionId: id,
    upstreamId: id,
    name: z.string(),
    approvedHash: z.string(),
    foundHash: z.string(),
    version: z.int(),
  }),
)

/** Somebody decided what may be used as it is now. */
export const DefinitionDecided = event(
  'tools.definition_decided',
  'definitionId',
  z.object({
    definitionId: id,
    upstreamId: id,
    name: z.string(),
    hash: z.string(),
    outcome: z.enum(['approved', 'rejected']),
    version: z.int(),
  }),
)

/** Rules of a tool, or of all of a server's, are others. */
export const PolicySet = event(
  'tools.policy_set',
  'upstreamId',
  z.object({ upstreamId: id, tool: z.string(), rules: z.record(z.string(), z.unknown()) }),
)

/** A server is called with a credential from now on. */
export const ConnectionMade = event(
  'tools.connection_made',
  'connectionId',
  z.object({
    connectionId: id,
    upstreamId: id,
    principalId: id.nullable(),
    secretId: id.nullable(),
    version: z.int(),
  }),
)

/** A credential does not work any more, or works again. */
export const ConnectionTurned = event(
  'tools.connection_turned',
  'connectionId',
  z.object({
    connectionId: id,
    upstreamId: id,
    state: z.enum(['ready', 'needs_connect']),
    version: z.int(),
  }),
)

/** A credential is not used any more. */
export const ConnectionRemoved = event(
  'tools.connection_removed',
  'connectionId',
  z.object({ connectionId: id, upstreamId: id, version: z.int() }),
)

/** A choice of tools was saved. */
export const ProfileSaved = event(
  'tools.profile_saved',
  'profileId',
  z.object({ profileId: id, name: z.string(), tools: z.array(z.string()), raw: z.boolean() }),
)

/** A choice of tools is gone. */
export const ProfileRemoved = event(
  'tools.profile_removed',
  'profileId',
  z.object({ profileId: id, name: z.string() }),
)

const Called = z.object({
  callId: id,
  key: z.string(),
  upstreamId: id,
  tool: z.string(),
  definitionHash: z.string(),
  argsSha256: z.string(),
  effect: z.string(),
  taskId: id.nullable(),
  projectId: id.nullable(),
  connectionId: id.nullable(),
  leaseId: id.nullable(),
  approvalId: id.nullable(),
})

/** A call waits for somebody's approval. */
export const CallParked = event('tools.call_parked', 'callId', Called)

/** A call is about to be made that may change something. */
export const CallBegun = event('tools.call_begun', 'callId', Called)

/** A call has ended, or nobody knows how it ended. */
export const CallEnded = event(
  'tools.call_ended',
  'callId',
  Called.extend({
    outcome: z.enum(CALL_STATES).exclude(['parked', 'begun']),
    ms: z.int(),
    bytes: z.int(),
    code: z.string().nullable(),
  }),
)

/** Somebody let calls of a server through again, before its pause was over. */
export const BreakerClosed = event(
  'tools.breaker_closed',
  'upstreamId',
  z.object({ upstreamId: id, slug: z.string() }),
)
