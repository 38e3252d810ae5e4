import type { Sql } from '../sql.ts'
import type { SealPlace } from './seal.ts'

/** A kept sealed value, and where it stands. */
export type SealedRow = Readonly<{
  /** Names the row among those of its source; the order of reading. */
  key: string
  place: SealPlace
  sealed: string
}>

/**
 * A table that keeps sealed values, as a rotation needs it. Every store that seals something
 * registers one: keys under which it may have sealed are not destroyed before. The key of a text
 * is its third word: `split_part(sealed, '.', 3)`.
 */
export type SealedSource = Readonly<{
  name: string
  /** Every `field` of the places that it seals for. */
  fields: readonly string[]
  /** Reads rows in the order of `key`, locked for update; `under` null: whatever the key is. */
  read(
    ground: Readonly<{ sql: Sql; orgId: string }>,
    from: Readonly<{ after: string | null; limit: number; under: readonly string[] | null }>,
  ): Promise<readonly SealedRow[]>
  /** Writes rows that were read in the same transaction, sealed anew. */
  write(ground: Readonly<{ sql: Sql; orgId: string }>, rows: readonly SealedRow[]): Promise<void>
  /** Counts the rows that are sealed under one of these keys. */
  count(ground: Readonly<{ sql: Sql; orgId: string }>, under: readonly string[]): Promise<number>
}>
