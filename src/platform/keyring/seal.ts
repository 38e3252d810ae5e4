import type { Sql } from '../sql.ts'

/** Where a sealed value stands: bound into its seal, so that it opens nowhere else. */
export type SealPlace = Readonly<{
  orgId: string
  /** The id or the fixed name of the thing whose secret it is. */
  secret: string
  field: string
  version: number
}>

/** Seals and opens values under the key of their organisation; `sql` is the caller's ground. */
export type Seal = Readonly<{
  /** Gives the text to keep: `v1.a256gcm.<kek>.<wrappedDek>.<nonce>.<ct+tag>`. */
  seal(sql: Sql, place: SealPlace, plain: Uint8Array): Promise<string>
  /** Refuses a text that was sealed for another place, or under a key that is not ours. */
  open(sql: Sql, place: SealPlace, sealed: string): Promise<Uint8Array>
}>
