// What the house keeps of one person: every room gives it out and takes it away, or says why it
// has nothing. A room that does neither does not compile.
import type { Happened } from '../kernel/event.ts'
import type { Sql } from './sql.ts'

/** What stands where a text stood that its author's erasure took away. */
export const ERASED_TEXT = '[erased]'

/** A way to run statements, bound to one organisation. */
export type SubjectGround = Readonly<{ sql: Sql; orgId: string }>

/** One thing that is kept of a person: its kind in `k`, the rest plain JSON. */
export type SubjectLine = Readonly<Record<string, unknown> & { k: string }>

/** What of a person is erased, and the words to tell of it. */
export type Erasing = Readonly<{
  /** Set where what they wrote goes, too. */
  content: boolean
  /** Their handle, name and address, in lower case: what copies of them are found by. */
  names: readonly string[]
  now: number
  emit(happened: Happened): void
}>

/** How many rows were erased, by what they are. */
export type ErasedCounts = Readonly<Record<string, number>>

/** What a room keeps of persons. */
export type SubjectData = Readonly<{
  /** Gives what is kept of a person; the ground is one snapshot. No secret is among it. */
  export(ground: SubjectGround, principalId: string): AsyncIterable<SubjectLine>
  /**
   * Erases it, in the caller's transaction. May run again after it has run: then it finds what
   * has come since, and counts nothing twice.
   */
  erase(ground: SubjectGround, principalId: string, erasing: Erasing): Promise<ErasedCounts>
  /** Lists subjects of events whose personal parts are about the person, too. */
  alsoAbout?(ground: SubjectGround, principalId: string): Promise<readonly string[]>
}>

/** Says of a room that it keeps nothing of persons, and why that is so. */
export type NoSubjectData = Readonly<{ none: string }>

/** What a room says about persons: one or the other, never neither. */
export type RoomSubject = SubjectData | NoSubjectData

/** A room by its name, with what it says about persons. */
export type NamedSubject = Readonly<{ room: string; subject: RoomSubject }>

/** A room that keeps something of persons. */
export type SubjectKeeper = Readonly<{ room: string; data: SubjectData }>

/** Picks the rooms that keep something of persons. */
export const keepersOf = (all: readonly NamedSubject[]): readonly SubjectKeeper[] =>
  all.flatMap(({ room, subject }) => ('none' in subject ? [] : [{ room, data: subject }]))

/** Rows of one page of a person's export. */
export const SUBJECT_ROWS = 500

/** Reads on after the last row of a page, until a page is not full. */
export async function* subjectPages<Row>(
  page: (after: Row | null) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  let after: Row | null = null
  for (;;) {
    const rows: readonly Row[] = await page(after)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < SUBJECT_ROWS) return
    after = last
  }
}
