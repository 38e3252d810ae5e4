import { createHash } from 'node:crypto'
import { digestOf } from './outbox.ts'
import { at, part, type Sql } from '../sql.ts'

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

/** Why a ledger does not verify, at the first position where it does not. */
export type BadPosition = Readonly<{
  pos: number
  why: 'missing_position' | 'bad_digest' | 'bad_chain' | 'version_order' | 'truncated'
}>

/** What a verification found. */
export type Verdict = Readonly<{
  ok: boolean
  from: number
  to: number
  firstBad: BadPosition | null
}>

type SealedRow = {
  id: string
  name: string
  subject: string
  subject_version: number
  actor: string | null
  happened_at: number
  data: Record<string, unknown>
  digest: Buffer
  hash: Buffer
  pos: number
  at: number
}

const uuidBytes = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex')
const sha256 = (...parts: readonly Uint8Array[]) =>
  parts.reduce((hash, bytes) => hash.update(bytes), createHash('sha256')).digest()

/** Computes the chain's next hash from the one before, the position and the event's digest. */
export const nextHash = (before: Uint8Array, pos: number, digest: Uint8Array): Buffer => {
  const place = Buffer.alloc(8)
  place.writeBigInt64BE(BigInt(pos))
  return sha256(before, place, digest)
}

/**
 * Recomputes the ledger of one organisation from its first event: digests, chain, density, the
 * order of versions within a subject, and the head. Names the first position that does not fit.
 */
export const verifyLedger = async (sql: Sql, orgId: string): Promise<Verdict> => {
  const versions = new Map<string, number>()
  let head = await headOf(sql, orgId)
  let hash: Buffer = sha256(uuidBytes(orgId))
  let pos = 0
  const bad = (why: BadPosition['why'], where = pos): Verdict => ({
    ok: false,
    from: 1,
    to: head?.pos ?? 0,
    firstBad: { pos: where, why },
  })
  for (;;) {
    const rows = await sql<SealedRow>`
      select id, name, subject, subject_version, actor, happened_at, data, digest, hash, pos, at
        from platform.ledger where org_id = ${orgId} and pos > ${pos} order by pos limit 1000`
    for (const row of rows) {
      pos += 1
      if (row.pos !== pos) return bad('missing_position')
      const fault = faultOf(row, orgId, hash)
      if (fault) return bad(fault)
      if (isBehind(versions, row)) return bad('version_order')
      hash = row.hash
      if (pos === head?.pos && !hash.equals(head.hash)) return bad('bad_chain')
    }
    if (rows.length > 0) continue
    if (pos !== head?.pos) {
      // What was sealed while we read has moved the head along; what was not has no head.
      const before: number = head?.pos ?? 0
      head = await headOf(sql, orgId)
      if (!head || (pos < head.pos && head.pos === before)) return bad('truncated', pos + 1)
      if (pos > head.pos) return bad('bad_chain', head.pos + 1)
    }
    if (pos < head.pos) continue
    return hash.equals(head.hash)
      ? { ok: true, from: 1, to: pos, firstBad: null }
      : bad('bad_chain')
  }
}

const headOf = (sql: Sql, orgId: string) => sql.maybe<{ pos: number; hash: Buffer }>`
  select pos, hash from platform.ledger_head where org_id = ${orgId}`

/** Tells whether a subject's version fell; 0 stands for an event that left its row alone. */
const isBehind = (versions: Map<string, number>, row: SealedRow): boolean => {
  if (row.subject_version === 0) return false
  const before = versions.get(row.subject) ?? 0
  versions.set(row.subject, row.subject_version)
  return row.subject_version < before
}

const faultOf = (row: SealedRow, orgId: string, before: Buffer): BadPosition['why'] | null => {
  const { id, name, subject, subject_version, actor, happened_at, data } = row
  const digest = digestOf({
    org_id: orgId,
    id,
    name,
    subject,
    subject_version,
    actor,
    happened_at,
    data,
  })
  if (!digest.equals(row.digest)) return 'bad_digest'
  return nextHash(before, row.pos, row.digest).equals(row.hash) ? null : 'bad_chain'
}
