import { refuseDropped } from '../../platform/evidence/bundle.ts'
import { beginEpoch, pendingRestore } from '../../platform/evidence/epochs.ts'
import { LedgerRestored } from '../../platform/evidence/events.ts'
import { type Trust, verifyEvidence } from '../../platform/evidence/verify-evidence.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type {
  CheckpointRow,
  EventQuery,
  EventRow,
  LedgerHead,
  LedgerPort,
  SealedRow,
} from '../application/evidence-ports.ts'

/** Rows that one page looks through: a rare find must not read a ledger of years in one go. */
const LOOKED_AT_MAX = 20_000

/** Reads the organisation's ledger as evidence; `trust` is what the hub knows besides it. */
export const evidenceStore = (ground: Ground, trust: Trust | null): LedgerPort => {
  const { sql, orgId } = ground
  return {
    verify: () => verifyEvidence(sql, orgId, trust),
    reaches: (from) => refuseDropped(sql, orgId, from),
    checkpoints: ({ before, limit }) => sql<CheckpointRow>`
      select epoch, size, at, note from platform.ledger_checkpoint
       where org_id = ${orgId}
         and (${before === null} or (epoch, size) < (${before?.epoch ?? 0}, ${before?.size ?? 0}))
       order by epoch desc, size desc limit ${limit}`,
    async events(query) {
      const looked = await lookAt(ground, query)
      const rows = looked.filter(({ fits }) => fits).slice(0, query.limit)
      const full = rows.length === query.limit ? rows.at(-1)?.pos : undefined
      const end = looked.at(-1)
      // A page ends with its last find, or with the last row that was looked at.
      const next = full ?? (looked.length === LOOKED_AT_MAX ? end?.pos : undefined) ?? null
      const more = next !== null && next > 1
      return { rows: await rowsAt(ground, rows), next: more ? next : null }
    },
    event: (pos) => sealedAt(ground, pos),
    head: () => headOf(ground),
    async acceptRestore(now) {
      const found = await pendingRestore(sql, orgId)
      if (!found) return null
      const { epoch, keptTo, lostTo, lostHash } = found
      const begun = await beginEpoch(sql, orgId, { epoch, now })
      if (begun.length === 0) return null
      const lost = { orgId, epoch, keptTo, lostTo, lostHash: lostHash.toString('hex') }
      return { epoch, keptTo, lostTo, happened: LedgerRestored(lost) }
    },
  }
}

type Looked = Readonly<{ pos: number; at: number; fits: boolean }>

/** Looks through the newest rows below a position and tells which fit. */
const lookAt = ({ sql, orgId }: Ground, query: EventQuery): Promise<readonly Looked[]> => {
  const { actorId, operation, event, objectId, projectId, outcome, since, until, before } = query
  const name =
    event === null
      ? part`true`
      : event.whole
        ? part`l.name = ${event.name}`
        : part`starts_with(l.name, ${event.name})`
  const object =
    objectId === null
      ? part`true`
      : part`(l.subject = ${objectId} or jsonb_path_exists(l.data, '$.* ? (@ == $id)',
             jsonb_build_object('id', ${objectId}::text)))`
  return sql<Looked>`
    select l.pos, l.at,
           (${actorId}::uuid is null or l.actor = ${actorId})
           and (${operation}::text is null or l.data #>> '{audit,op}' = ${operation})
           and (${outcome}::text is null or l.data #>> '{audit,out}' = ${outcome})
           and (${projectId}::uuid is null or l.subject = ${projectId}
                or l.data ->> 'projectId' = ${projectId}::text)
           and ${name} and ${object}
           and (${since === null} or l.happened_at >= ${at(since ?? 0)})
           and (${until === null} or l.happened_at < ${at(until ?? 0)}) as fits
      from platform.ledger l
     where l.org_id = ${orgId} and (${before === null} or l.pos < ${before ?? 0})
       and (${since === null} or l.at >= ${at(since ?? 0)})
     order by l.pos desc limit ${LOOKED_AT_MAX}`
}

const rowsAt = async ({ sql, orgId }: Ground, found: readonly Looked[]) => {
  if (found.length === 0) return []
  return sql<EventRow>`
    select pos, name, subject, actor, happened_at as "happenedAt", data
      from platform.ledger
     where org_id = ${orgId} and pos = any(${found.map(({ pos }) => pos)}::bigint[])
     order by pos desc`
}

const sealedAt = async ({ sql, orgId }: Ground, pos: number): Promise<SealedRow | null> => {
  const row = await sql.maybe<SealedRow>`
    select l.pos, l.id, l.name, l.subject, l.actor, l.happened_at as "happenedAt", l.data,
           l.at as "sealedAt", encode(l.digest, 'hex') as digest,
           encode(l.hash, 'hex') as hash,
           (select encode(b.hash, 'hex') from platform.ledger b
             where b.org_id = ${orgId} and b.pos = l.pos - 1) as before,
           (select min(c.size) from platform.ledger_checkpoint c
             where c.org_id = ${orgId} and c.size >= l.pos) as "signedBy"
      from platform.ledger l
     where l.org_id = ${orgId} and l.pos = ${pos}`
  return row ?? null
}

/** Events that wait for their seal are counted up to here: more is "many" to any reader. */
const WAITING_MAX = 10_000

const headOf = async ({ sql, orgId }: Ground): Promise<LedgerHead> => {
  const [head, waits, signed] = await Promise.all([
    sql.one<Pick<LedgerHead, 'pos' | 'at'>>`
      select pos, at from platform.ledger_head where org_id = ${orgId}`,
    sql.one<Pick<LedgerHead, 'waiting' | 'waitingSince'>>`
      select count(*)::int as waiting, min(o.happened_at) as "waitingSince"
        from (select happened_at from platform.outbox
               where org_id = ${orgId} limit ${WAITING_MAX}) o`,
    sql.maybe<{ size: number; at: number }>`
      select size, at from platform.ledger_checkpoint
       where org_id = ${orgId} order by epoch desc, size desc limit 1`,
  ])
  return { ...head, ...waits, signedTo: signed?.size ?? 0, signedAt: signed?.at ?? null }
}
