import { z } from 'zod'
import { event } from '../kernel/event.ts'
import type { Words } from '../kernel/operation.ts'
import {
  APPROVAL_KINDS,
  APPROVAL_MS_MAX,
  APPROVAL_STATES,
  type ApprovalState,
  SHOWN_CHARS_MAX,
} from './domain/approval.ts'

/** A short key of an approval: `AP-12`. */
export const ApprovalKey = z
  .string()
  .regex(/^AP-[1-9][0-9]{0,8}$/, { error: 'is an approval such as AP-12' })

/** What a person is asked to approve. */
export const ApprovalKindName = z.enum(APPROVAL_KINDS)
/** Where an approval stands; one that has expired counts as denied. */
export const ApprovalStateName = z.enum(APPROVAL_STATES)
/** How much harm a yes can do. */
export const Risk = z.enum(['normal', 'high'])

/** Text that can be stored as it is: whole characters, no NUL. */
export const PlainText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\u0000') && value.isWellFormed(), {
      error: 'holds a character that cannot be stored',
    })

const id = z.uuid()
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'is a SHA-256 in lower-case hex' })
const Needs = z.union([z.literal(1), z.literal(2)])
const Name = PlainText(200).min(1)

/** What an approval is for, in whose room: a tool call, a step of a run. */
export const ApprovalRef = z.strictObject({
  room: z.string().regex(/^[a-z]{2,20}$/),
  id: PlainText(200).min(1),
})

/** An approval as people and requesters see it. */
export const ApprovalView = z.object({
  key: ApprovalKey,
  state: ApprovalStateName,
  kind: ApprovalKindName,
  risk: Risk,
  /** A handle, as is `onBehalfOf`. */
  requester: z.string().nullable(),
  onBehalfOf: z.string().nullable(),
  /** A project's key; `null`: the organisation as a whole. */
  project: z.string().nullable(),
  /** What is asked for, in plain words; what cannot be seen is written out. */
  text: z.string(),
  askedAt: z.string(),
  expiresAt: z.string(),
  /** Persons it takes, and who of them has spoken. */
  needs: z.int(),
  decidedBy: z.array(z.string()),
  decidedAt: z.string().nullable(),
  reason: z.string().nullable(),
  usedAt: z.string().nullable(),
  /** The reader holds the right to decide it, and has not yet. */
  yours: z.boolean(),
  /** The exact arguments as JSON; `null` in lists where they are long: read the one approval. */
  args: z.string().nullable(),
  version: z.int(),
})

/** An approval with all that it is bound to. */
export const ApprovalDetails = ApprovalView.extend({
  args: z.string(),
  argsSha256: Sha256,
  policyVersion: z.int(),
  run: id.nullable(),
  effectKey: z.string().nullable(),
  tool: z.string().nullable(),
  definitionSha256: Sha256.nullable(),
  ref: ApprovalRef,
})

const about = {
  approvalId: id,
  key: ApprovalKey,
  kind: ApprovalKindName,
  projectId: id.nullable(),
  requester: id,
  ref: ApprovalRef,
}

/** Somebody asks people for an approval. */
export const ApprovalAsked = event(
  'agents.approval_asked',
  'approvalId',
  z.object({
    ...about,
    onBehalfOf: id.nullable(),
    risk: Risk,
    needs: z.int(),
    argsSha256: Sha256,
    policyVersion: z.int(),
    expiresAt: z.int(),
    version: z.int(),
  }),
  // The arguments as canonical JSON in one text: fractions would not come back as they went in.
  { content: z.object({ text: z.string(), args: z.string() }) },
)

const Reason = z.object({ reason: z.string() })

/** The first of two persons said yes; nothing may be done yet. */
export const ApprovalBacked = event(
  'agents.approval_backed',
  'approvalId',
  z.object({ ...about, by: id, missing: z.int(), version: z.int() }),
  { content: Reason },
)

/** People have decided; with `changes` the requester asks anew. */
export const ApprovalDecided = event(
  'agents.approval_decided',
  'approvalId',
  z.object({
    ...about,
    outcome: z.enum(['approved', 'denied', 'changes']),
    decidedBy: z.array(id),
    argsSha256: Sha256,
    version: z.int(),
  }),
  { content: Reason },
)

/** Nobody decided in time, which counts as a no. */
export const ApprovalExpired = event(
  'agents.approval_expired',
  'approvalId',
  z.object({ ...about, version: z.int() }),
)

/** An approval is no longer asked for. */
export const ApprovalWithdrawn = event(
  'agents.approval_withdrawn',
  'approvalId',
  z.object({ ...about, version: z.int() }),
)

/** What exactly is approved; together with organisation, kind and policy it makes the hash. */
export const ApprovalBound = z.strictObject({
  run: id.nullable(),
  /** Names one effect of a run or call, so that a repeated one is told from the first. */
  effectKey: Name.nullable(),
  tool: Name.nullable(),
  definitionSha256: Sha256.nullable(),
  /** JSON; shown to people exactly as it enters the hash. */
  args: z.json(),
})

/** A wish for an approval. */
export const ApprovalWish = z.strictObject({
  kind: ApprovalKindName,
  /** What is asked for, in plain words, for a person who knows nothing of it. */
  text: PlainText(SHOWN_CHARS_MAX).trim().min(1),
  bound: ApprovalBound,
  policyVersion: z.int().min(0),
  /** Who may decide is asked for there; `null`: in the organisation. */
  projectId: id.nullable(),
  risk: Risk,
  /** Persons it takes. */
  needs: Needs,
  ref: ApprovalRef,
  /** Milliseconds it stays open; left out: as long as its kind does. */
  ms: z.int().min(1_000).max(APPROVAL_MS_MAX).optional(),
})

/** The part of a wish that is hashed. */
export type Hashed = Pick<z.input<typeof ApprovalWish>, 'kind' | 'bound' | 'policyVersion'>

/** Names what a long poll for an approval waits for: it is woken when the approval is closed. */
export const approvalTopic = (approvalId: string): string => `approval/${approvalId}`

/** What other rooms may ask of this one; bound to one organisation and one transaction. */
export type AgentsApi = Readonly<{
  /**
   * Asks people, in the name of the actor of the call. What they are shown is what is hashed. The
   * event travels with the caller's transaction.
   */
  ask(
    wish: z.input<typeof ApprovalWish>,
    words: Pick<Words, 'call' | 'emit'>,
  ): Promise<Readonly<{ id: string; key: string; argsSha256: string; expiresAt: number }>>
  /** Hashes what an approval covers: SHA-256 of the canonical JSON of all its parts. */
  hash(wish: Hashed): string
  /**
   * Uses an approval up: one conditional update, in the transaction of what it allows. Refuses
   * with `agents.approval_mismatch` what is not approved, used, over, or approved for other
   * arguments, another policy or in another organisation.
   */
  use(id: string, argsSha256: string, now: number): Promise<void>
  /** Tells where an approval stands; `null` where there is none. */
  stateOf(id: string): Promise<Readonly<{
    key: string
    state: ApprovalState
    reason: string | null
    usedAt: number | null
    expiresAt: number
  }> | null>
  /** Takes an open approval back; the caller has checked that it is theirs. Closed ones stay. */
  withdraw(id: string, words: Pick<Words, 'call' | 'emit'>): Promise<void>
}>
