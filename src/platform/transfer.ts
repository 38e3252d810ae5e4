import type { z } from 'zod'
import type { Ground } from './room.ts'

/**
 * The kinds of lines of Guildhall's own export, in the order in which they stand: whatever a line
 * names has been told before it.
 */
export const TRANSFER_KINDS = [
  'principal',
  'project',
  'column',
  'label',
  'branch',
  'sprint',
  'objective',
  'task',
  'dependency',
  'comment',
  'attempt',
  'question',
  'history',
  'context',
  'delegation',
] as const

/** A kind of line. */
export type TransferKind = (typeof TRANSFER_KINDS)[number]

/** The version of every kind of line. */
export const TRANSFER_VERSION = 1

/** One line without its `k` and `v`: plain JSON, people by handle, everything else by id. */
export type TransferRow = Readonly<Record<string, unknown>>

/** What an export is cut down to; `null`: the whole organisation. */
export type TransferScope = Readonly<{ projectId: string | null }>

/** A field that holds the id of another line: the file is refused where that line is missing. */
export type TransferLink = Readonly<{ field: string; to: TransferKind }>

/** One kind of line, from the room whose tables it comes from. */
export type TransferPart = Readonly<{
  kind: TransferKind
  /** The shape of a line without `k` and `v`; strict, so that nothing is dropped unseen. */
  shape: z.ZodType<TransferRow>
  links: readonly TransferLink[]
  /** Fields with the handle of a principal, or a list of handles. */
  people: readonly string[]
  /** Lists the ids of the principals that its rows name. */
  named(ground: Ground, scope: TransferScope): Promise<readonly string[]>
  /** Gives the rows in order, pages at a time; people by id. */
  rows(ground: Ground, scope: TransferScope): AsyncIterable<TransferRow>
  /** Writes rows of a file; people by id again. What is there already stays. */
  take(ground: Ground, rows: readonly TransferRow[], now: number): Promise<void>
}>
