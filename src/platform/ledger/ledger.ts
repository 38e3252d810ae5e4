import { at, part, type Sql } from '../sql.ts'
import {
  type BadPosition,
  checkParts,
  faultOf,
  genesisOf,
  type KeptPart,
  sameBytes,
  type SealedRow,
} from './check.ts'

/** Events that a reader of the ledger takes in one page. */
export const LEDGER_PAGE_MAX = 500

/** One sealed event, as readers inside the house see it, with the parts not yet erased. */
export type LedgerEvent = Readonly<{
  orgId: string
  id: string
  name: string
  subject: string
  subjectVersion: number
  actor: string | null
  happenedAt: number
  data: Readonly<Record<string, unknown>>
  pos: number
  at: number
  parts: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}>

/** The columns of a `LedgerEvent`, over `platform.ledger l`; parts not yet erased come along. */
const eventColumns = part`
  l.org_id as "orgId", l.id, l.name, l.subject, l.subject_version as "subjectVersion",
         l.actor, l.happened_at as "happenedAt", l.data, l.pos, l.at,
         coalesce((select jsonb_object_agg(p.part, p.body) from platform.event_private p
                    where p.org_id = l.org_id and p.event_id = l.id and p.at = l.happened_at),
                  '{}'::jsonb) as parts`

/** Reads events after a position, oldest first; `since` (the last seen `at`) skips old months. */
export const readLedger = (
  sql: Sql,
  orgId: string,
  from: Readonly<{ pos: number; since: number; limit?: number }>,
): Promise<readonly LedgerEvent[]> => sql<LedgerEvent>`
  select ${eventColumns}
    from platform.ledger l
   where l.org_id = ${orgId} and l.pos > ${from.pos} and l.at >= ${at(from.since)}
   order by l.pos limit ${from.limit ?? LEDGER_PAGE_MAX}`

/**
 * Reads the events of some names between two positions, oldest first: others are passed over in
 * the database, and cost nothing to read.
 */
export const readNamed = (
  sql: Sql,
  orgId: string,
  from: Readonly<{ pos: number; since: number; upTo: number; names: readonly string[] }>,
): Promise<readonly LedgerEvent[]> => sql<LedgerEvent>`
  select ${eventColumns}
    from platform.ledger l
   where l.org_id = ${orgId} and l.pos > ${from.pos} and l.pos <= ${from.upTo}
     and l.at >= ${at(from.since)} and l.name = any(${from.names}::text[])
   order by l.pos limit ${LEDGER_PAGE_MAX}`

/** Reads the events of one subject, newest first. */
export const readSubject = (
  sql: Sql,
  orgId: string,
  { subject, limit }: Readonly<{ subject: string; limit: number }>,
): Promise<readonly LedgerEvent[]> => sql<LedgerEvent>`
  select ${eventColumns}
    from platform.ledger l
   where l.org_id = ${orgId} and l.subject = ${subject}
   order by l.pos desc limit ${limit}`

/** Reads where the ledger of an organisation ends. */
export const readHead = (sql: Sql, orgId: string) => sql.maybe<{ pos: number; at: number }>`
  select pos, at from platform.ledger_head where org_id = ${orgId}`

/** Starts the ledger of a new organisation; its first hash is that of the organisation's id. */
export const startLedger = (sql: Sql, orgId: string, now: number) => sql`
  insert into platform.ledger_head (org_id, pos, at, hash)
  values (${orgId}, 0, ${at(now)}, sha256(uuid_send(${orgId}::uuid)))`

/** What a verification of the rows found. */
export type Verdict = Readonly<{
  ok: boolean
  from: number
  to: number
  /** Erasable parts that are gone. */
  erased: number
  firstBad: BadPosition | null
}>

/** Looks at a ledger while it is recomputed, and may find faults of its own. */
export type Watch = Readonly<{
  /** Hears where the walk begins: behind a position that is known to be good. */
  begin(anchor: Anchor): Promise<BadPosition | null>
  /** Gets ready for a page of rows, from behind one position to another. */
  page(after: number, upTo: number): Promise<void>
  row(row: SealedRow): BadPosition | null
  end(pos: number): Promise<BadPosition | null>
}>

/** A position from which a ledger is verified: its start, or the end of what was dropped. */
export type Anchor = Readonly<{ pos: number; hash: Buffer; frontier: Buffer }>

type Row = SealedRow & Readonly<{ parts: readonly KeptPart[] | null }>

const PAGE_ROWS = 1_000

const NOBODY: Watch = {
  begin: async () => null,
  page: async () => {},
  row: () => null,
  end: async () => null,
}

type Head = Readonly<{ pos: number; hash: Buffer }>

/**
 * Recomputes the ledger of one organisation: digests, chain, density, the order of versions within
 * a subject, the commitments to erasable parts, and the head. Names the first position that does
 * not fit.
 */
export const verifyLedger = async (
  sql: Sql,
  orgId: string,
  watch: Watch = NOBODY,
): Promise<Verdict> => {
  const anchor = await anchorOf(sql, orgId)
  const walk = walker(orgId, anchor)
  let head = await headOf(sql, orgId)
  const verdict = (firstBad: BadPosition | null): Verdict => ({
    ok: firstBad === null,
    from: anchor.pos + 1,
    to: firstBad === null ? walk.pos() : (head?.pos ?? 0),
    erased: walk.erased(),
    firstBad,
  })
  const early = (await anchorFault(sql, orgId, anchor)) ?? (await watch.begin(anchor))
  if (early) return verdict(early)
  for (;;) {
    const rows = await readRows(sql, orgId, walk.pos())
    const last = rows.at(-1)
    if (last) {
      await watch.page(walk.pos(), last.pos)
      const fault = pageFault(rows, { walk, watch, head })
      if (fault) return verdict(fault)
      continue
    }
    const pos = walk.pos()
    const before = head
    // What was sealed while we read has moved the head along; what was not has no head.
    if (pos !== head?.pos) head = await headOf(sql, orgId)
    const fault = endFault(walk, before, head)
    if (fault) return verdict(fault)
    if (pos === head?.pos) return verdict(await watch.end(pos))
  }
}

type Walk = ReturnType<typeof walker>

const pageFault = (
  rows: readonly Row[],
  { walk, watch, head }: Readonly<{ walk: Walk; watch: Watch; head: Head | undefined }>,
): BadPosition | null => {
  for (const row of rows) {
    const fault = walk.step(row) ?? watch.row(row)
    if (fault) return fault
    const isHead = row.pos === head?.pos
    if (isHead && !sameBytes(row.hash, head.hash)) return { pos: row.pos, why: 'bad_chain' }
  }
  return null
}

const endFault = (walk: Walk, before: Head | undefined, head: Head | undefined) => {
  const pos = walk.pos()
  const fault = (at: number, why: BadPosition['why']): BadPosition => ({ pos: at, why })
  if (!head || (pos < head.pos && head.pos === before?.pos)) return fault(pos + 1, 'truncated')
  if (pos > head.pos) return fault(head.pos + 1, 'bad_chain')
  return pos === head.pos && !sameBytes(walk.hash(), head.hash) ? fault(pos, 'bad_chain') : null
}

const headOf = (sql: Sql, orgId: string) => sql.maybe<Head>`
  select pos, hash from platform.ledger_head where org_id = ${orgId}`

/** Reads from where the ledger of an organisation is verified. */
export const anchorOf = async (sql: Sql, orgId: string): Promise<Anchor> => {
  const anchor = await sql.maybe<Anchor>`
    select pos, hash, frontier from platform.ledger_anchor
     where org_id = ${orgId} order by pos desc limit 1`
  return anchor ?? { pos: 0, hash: genesisOf(orgId), frontier: Buffer.alloc(0) }
}

/** Refuses an anchor that no event of the ledger speaks of: rows may have been removed under it. */
const anchorFault = async (
  sql: Sql,
  orgId: string,
  { pos }: Anchor,
): Promise<BadPosition | null> => {
  if (pos === 0) return null
  const [told] = await sql`
    select 1 from platform.ledger
     where org_id = ${orgId} and pos > ${pos} and name = 'platform.ledger_dropped'
       and (data ->> 'to')::bigint = ${pos}
    union all
    select 1 from platform.outbox
     where org_id = ${orgId} and name = 'platform.ledger_dropped'
       and (data ->> 'to')::bigint = ${pos}
    limit 1`
  return told ? null : { pos: 1, why: 'missing_position', upTo: pos }
}

const readRows = (sql: Sql, orgId: string, after: number) => sql<Row>`
  select l.id, l.name, l.subject, l.subject_version, l.actor, l.happened_at, l.data, l.digest,
         l.hash, l.pos,
         (select jsonb_agg(jsonb_build_object(
                   'part', p.part, 'salt', encode(p.salt, 'hex'), 'body', p.body))
            from platform.event_private p
           where p.org_id = l.org_id and p.event_id = l.id and p.at = l.happened_at) as parts
    from platform.ledger l
   where l.org_id = ${orgId} and l.pos > ${after} order by l.pos limit ${PAGE_ROWS}`

/** Walks along the rows of a ledger and knows how far it has come. */
const walker = (orgId: string, anchor: Anchor) => {
  const versions = new Map<string, number>()
  let hash: Uint8Array = anchor.hash
  let pos = anchor.pos
  let erased = 0
  return {
    pos: () => pos,
    hash: () => hash,
    erased: () => erased,
    step(row: Row): BadPosition | null {
      pos += 1
      if (row.pos !== pos) return { pos, why: 'missing_position' }
      const why = faultOf(row, orgId, hash)
      if (why) return { pos, why }
      if (isBehind(versions, row)) return { pos, why: 'version_order' }
      const parts = checkParts(row.data, row.parts ?? [])
      if (parts.altered) return { pos, why: 'private_altered' }
      erased += parts.erased
      hash = row.hash
      return null
    },
  }
}

/** Tells whether a subject's version fell; 0 stands for an event that left its row alone. */
const isBehind = (versions: Map<string, number>, row: SealedRow): boolean => {
  if (row.subject_version === 0) return false
  const before = versions.get(row.subject) ?? 0
  versions.set(row.subject, row.subject_version)
  return row.subject_version < before
}
