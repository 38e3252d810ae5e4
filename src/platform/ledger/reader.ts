// Readers that take the ledger in batches: for rows that follow from very many events, where a
// transaction for each, as reactions have them, would cost more than what is written. The place is
// kept with the rows, beside those of the reactions, so that no month is dropped unread.
import { LEDGER_PAGE_MAX, type LedgerEvent, readHead, readNamed } from './ledger.ts'
import { at, part, type Part, type Sql } from '../sql.ts'

const ORGS_MAX = 100
const START = { pos: 0, at: 0 }

/** Who reads: the name of its place, and the names of the events that it wants. */
export type LedgerReader = Readonly<{ name: string; events: readonly string[] }>

/** Takes the next batch of a reader and moves its place on; `isLast` where nothing is left. */
export const takeNext = async (
  sql: Sql,
  orgId: string,
  { name, events: names }: LedgerReader,
): Promise<Readonly<{ events: readonly LedgerEvent[]; isLast: boolean }>> => {
  // Statements, not one: the second reader waits for the lock, and has to see what the first moved.
  await sql`
    insert into platform.consumer (org_id, name, pos, at)
    values (${orgId}, ${name}, 0, ${at(0)}) on conflict (org_id, name) do nothing`
  const place = await sql.one<{ pos: number; at: number }>`
    select pos, at from platform.consumer
     where org_id = ${orgId} and name = ${name} for update`
  const head = (await readHead(sql, orgId)) ?? START
  if (head.pos <= place.pos) return { events: [], isLast: true }
  const asked = { pos: place.pos, since: place.at, upTo: head.pos, names }
  const events = await readNamed(sql, orgId, asked)
  const last = events.length < LEDGER_PAGE_MAX ? head : (events.at(-1) ?? head)
  await sql`
    update platform.consumer set pos = ${last.pos}, at = ${at(last.at)}
     where org_id = ${orgId} and name = ${name}`
  return { events, isLast: last.pos === head.pos }
}

/** Finds organisations whose ledger goes on behind the place of a reader. */
export const orgsUnread = async (sql: Sql, name: string): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select h.org_id as "orgId"
      from platform.ledger_head h
      left join platform.consumer c on c.org_id = h.org_id and c.name = ${name}
     where coalesce(c.pos, 0) < h.pos
     order by h.org_id limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}

/** An event that a reader has not taken yet: sealed, or committed and about to be. */
export type UnreadEvent = Omit<LedgerEvent, 'orgId' | 'id' | 'pos' | 'at' | 'parts'>

/** What a reader has not taken yet, and the position behind which that lies. */
export type Unread = Readonly<{ pos: number; events: readonly UnreadEvent[] }>

/**
 * Reads what a reader has not taken yet, so that an answer need not wait for it; one more than
 * `max` says that there is more. What the reader takes meanwhile may be seen in both places.
 */
export const readUnread = async (
  sql: Sql,
  orgId: string,
  { reader, only, max }: Readonly<{ reader: LedgerReader; only: Part; max: number }>,
): Promise<Unread> => {
  const place = await sql.maybe<{ pos: number; at: number }>`
    select pos, at from platform.consumer where org_id = ${orgId} and name = ${reader.name}`
  const { pos, at: since } = place ?? START
  const columns = part`
    e.name, e.subject, e.subject_version as "subjectVersion", e.actor,
    e.happened_at as "happenedAt", e.data`
  // One statement: an event that is being sealed is in one of the two, never in neither.
  const events = await sql<UnreadEvent>`
    (select ${columns} from platform.ledger e
      where e.org_id = ${orgId} and e.pos > ${pos} and e.at >= ${at(since)}
        and e.name = any(${reader.events}::text[]) and ${only}
      order by e.pos limit ${max + 1})
    union all
    (select ${columns} from platform.outbox e
      where e.org_id = ${orgId} and e.name = any(${reader.events}::text[]) and ${only}
      order by e.ord limit ${max + 1})`
  return { pos, events }
}
