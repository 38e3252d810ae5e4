import type { Happened } from '../../kernel/event.ts'

/** What a verification of the ledger found. */
export type LedgerVerdict = Readonly<{
  ok: boolean
  from: number
  to: number
  signedTo: number
  unsealed: number
  erased: number | null
  lost: readonly Readonly<{ from: number; to: number }>[]
  firstBad: Readonly<{ pos: number; why: string; upTo?: number }> | null
}>

/** A signed checkpoint of the ledger. */
export type CheckpointRow = Readonly<{ epoch: number; size: number; at: number; note: string }>

/** What a page of events is asked by; `null`: anything. */
export type EventQuery = Readonly<{
  actorId: string | null
  operation: string | null
  /** A whole name, or the beginning of one. */
  event: Readonly<{ name: string; whole: boolean }> | null
  objectId: string | null
  projectId: string | null
  outcome: string | null
  since: number | null
  until: number | null
  /** Only positions below it. */
  before: number | null
  limit: number
}>

/** An event as the ledger holds it, without its erasable parts. */
export type EventRow = Readonly<{
  pos: number
  name: string
  subject: string
  actor: string | null
  happenedAt: number
  data: Readonly<Record<string, unknown>>
}>

/** An event with its place in the seal. */
export type SealedRow = EventRow &
  Readonly<{
    id: string
    sealedAt: number
    /** SHA-256 in hex: over its canonical JSON, and over that and the hash before it. */
    digest: string
    hash: string
    before: string | null
    /** The size of the first signed checkpoint that covers it. */
    signedBy: number | null
  }>

/** How far the ledger is, and what has yet to be sealed. */
export type LedgerHead = Readonly<{
  pos: number
  at: number
  waiting: number
  /** When the oldest of what waits happened. */
  waitingSince: number | null
  signedTo: number
  signedAt: number | null
}>

/** A restore that was accepted, and the event about it. */
export type Accepted = Readonly<{
  epoch: number
  keptTo: number
  lostTo: number
  happened: Happened
}>

/** The sealed record of the organisation. */
export type LedgerPort = Readonly<{
  /** Recomputes it and compares it with what was signed. */
  verify(): Promise<LedgerVerdict>
  /** Lists checkpoints, newest first. */
  checkpoints(
    query: Readonly<{ before: Readonly<{ epoch: number; size: number }> | null; limit: number }>,
  ): Promise<readonly CheckpointRow[]>
  /** Finds events, newest first; `next` is where to look on, also where a page found none. */
  events(query: EventQuery): Promise<Readonly<{ rows: readonly EventRow[]; next: number | null }>>
  /** Gives one event with its seal; `null` where the ledger has none there. */
  event(pos: number): Promise<SealedRow | null>
  head(): Promise<LedgerHead>
  /** Refuses a start that the ledger no longer reaches back to. */
  reaches(from: number): Promise<void>
  /** Begins the epoch after a restore; `null` where there is nothing to accept. */
  acceptRestore(now: number): Promise<Accepted | null>
}>
