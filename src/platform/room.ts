import type { AnyEventKind } from '../kernel/event.ts'
import type { Actor } from '../kernel/actor.ts'
import type { Prompt } from '../kernel/hall.ts'
import type { AnyOperation, Words } from '../kernel/operation.ts'
import type { Permission } from '../kernel/permission.ts'
import type { LedgerEvent } from './ledger/ledger.ts'
import type { Sql } from './sql.ts'
import type { RoomSubject } from './subject.ts'

/** What stores stand on: a way to run statements, bound to one organisation. */
export type Ground = Readonly<{ sql: Sql; orgId: string }>

/** Something a room does after an event, in a transaction of its own, at least once. */
export type Reaction<Needs extends object = object> = Readonly<{
  name: string
  events: readonly AnyEventKind[]
  /** Tells whether an event of these kinds means anything to it; left out: all of them do. */
  wants?: (event: LedgerEvent) => boolean
  /** Tells that there is nothing it could do for now: its events are passed over unread. */
  idle?: (ground: Ground) => Promise<boolean>
  /** Set where a second later is soon enough: it does not run beside what has just happened. */
  unhurried?: boolean
  run(event: LedgerEvent, words: Needs & Words): Promise<void>
}>

/** One run of a schedule in somebody's name: with the rights they have when it runs. */
export type DueRun = Readonly<{ actor: Actor; input: Readonly<Record<string, unknown>> }>

/**
 * An internal operation that the hub runs by the clock, for each organisation that is due, or for
 * each run that is. One that acts outside runs beside the others, a bounded number at a time.
 */
export type Schedule = Readonly<{
  name: string
  everyMs: number
  operation: AnyOperation
  /** Finds the organisations or runs that have work; looks across all of them. */
  due: (sql: Sql, now: number) => Promise<readonly (string | DueRun)[]>
}>

/** A room as `main` sees it. */
export type Room<Needs extends object = object> = Readonly<{
  name: string
  migrations: URL
  needs: (ground: Ground) => Needs
  operations: readonly AnyOperation[]
  /** What it keeps of persons, to give out and to erase; or why it keeps nothing. */
  subject: RoomSubject
  /** Every event of the room, by the permission a reader needs for it. */
  events: Partial<Record<Permission, readonly AnyEventKind[]>>
  /** The streams behind streamed operations, by their names; the ground is one snapshot. */
  streams?: Readonly<Record<string, (ground: Ground, output: unknown) => AsyncIterable<string>>>
  reactions?: readonly Reaction<Needs>[]
  schedules?: readonly Schedule[]
  prompts?: readonly Prompt[]
  /** Names the waiters to wake after an event, each with how many at most. */
  wakes?: (event: LedgerEvent) => readonly Readonly<{ topic: string; count: number }>[]
}>
