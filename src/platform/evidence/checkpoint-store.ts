import { type Anchor, anchorOf } from '../ledger/ledger.ts'
import { at, type Sql } from '../sql.ts'

/** Rows of hashes that are read at a time. */
const PAGE_ROWS = 5_000

/** A signed checkpoint as it is kept. */
export type KeptCheckpoint = Readonly<{
  epoch: number
  size: number
  frontier: Buffer
  note: string
  keys: Buffer
  at: number
}>

/**
 * Finds the newest checkpoint that covers at most `upTo` positions of the ledger as it is now:
 * what a restore has taken away does not count.
 */
export const newestCheckpoint = (sql: Sql, orgId: string, upTo: number) =>
  sql.maybe<KeptCheckpoint>`
    select c.epoch, c.size, c.frontier, c.note, c.keys, c.at
      from platform.ledger_checkpoint c
     where c.org_id = ${orgId} and c.size <= ${upTo}
       and not exists (
         select 1 from platform.ledger_epoch e
          where e.org_id = c.org_id and e.accepted_at is not null
            and e.epoch > c.epoch and e.kept_to < c.size)
     order by c.size desc, c.epoch desc limit 1`

/** Gives the tree from which the one of `upTo` entries is grown with the fewest reads. */
export const treeBefore = async (sql: Sql, orgId: string, upTo: number) => {
  const checkpoint = await newestCheckpoint(sql, orgId, upTo)
  const anchor: Anchor = await anchorOf(sql, orgId)
  if (checkpoint && checkpoint.size >= anchor.pos) {
    return { size: checkpoint.size, frontier: checkpoint.frontier, checkpoint }
  }
  const checkpointBefore = checkpoint ?? null
  return { size: anchor.pos, frontier: anchor.frontier, checkpoint: checkpointBefore }
}

/** Reads the chain's hashes from behind one position to another; ends early at a hole. */
export async function* hashesOf(
  sql: Sql,
  orgId: string,
  { after, upTo }: Readonly<{ after: number; upTo: number }>,
): AsyncGenerator<Buffer> {
  for (let pos = after; pos < upTo; ) {
    const limit = Math.min(PAGE_ROWS, upTo - pos)
    const rows = await sql<{ pos: number; hash: Buffer }>`
      select pos, hash from platform.ledger
       where org_id = ${orgId} and pos > ${pos} and pos <= ${upTo} order by pos limit ${limit}`
    for (const row of rows) {
      pos += 1
      if (row.pos !== pos) return
      yield row.hash
    }
    if (rows.length < limit) return
  }
}

/** Keeps a checkpoint; tells whether it is new. */
export const keepCheckpoint = async (
  sql: Sql,
  orgId: string,
  { epoch, size, frontier, note, keys, at: signedAt }: KeptCheckpoint,
): Promise<boolean> => {
  const made = await sql`
    insert into platform.ledger_checkpoint (org_id, epoch, size, frontier, note, keys, at)
    values (${orgId}, ${epoch}, ${size}, ${frontier}, ${note}, ${keys}, ${at(signedAt)})
    on conflict (org_id, epoch, size) do nothing
    returning size`
  return made.length > 0
}

/** Reads the notes that cover more than `after` and at most `upTo` positions, by size. */
export const notesBetween = (
  sql: Sql,
  orgId: string,
  { after, upTo, limit = 10_000 }: Readonly<{ after: number; upTo: number; limit?: number }>,
) => sql<{ epoch: number; size: number; note: string }>`
  select epoch, size, note from platform.ledger_checkpoint
   where org_id = ${orgId} and size > ${after} and size <= ${upTo}
   order by size, epoch limit ${limit}`

/** Lists the public keys that have signed notes of a ledger. */
export const keysUsed = async (sql: Sql, orgId: string): Promise<readonly Buffer[]> => {
  const rows = await sql<{ keys: Buffer }>`
    select distinct keys from platform.ledger_checkpoint where org_id = ${orgId} limit 1000`
  const texts = rows.flatMap(({ keys }) =>
    Array.from({ length: keys.length / 32 }, (_, index) =>
      keys.subarray(index * 32, (index + 1) * 32).toString('hex'),
    ),
  )
  return [...new Set(texts)].map((text) => Buffer.from(text, 'hex'))
}
