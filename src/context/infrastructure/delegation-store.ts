import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, json, part, type Sql } from '../../platform/sql.ts'
import type { DelegationStore, Step, StoredDelegation } from '../application/ports.ts'
import type { Json } from '../domain/json.ts'
import { numberCounter } from './number-counter.ts'

/** Organisations that one look of the schedule takes up. */
const ORGS_MAX = 100
/** Proposals that are compared with a new one; equal ones are few. */
const ALIKE_MAX = 20

type Row = Omit<StoredDelegation, 'before' | 'toSteps'> & {
  before: Json
  hadBefore: boolean
  toIds: readonly string[]
}

const columns = part`
  id, number, state, project_id as "projectId", from_tier as "fromTier", from_id as "fromId",
  from_at as "from", to_ids as "toIds", to_at as "to", path, data, before,
  before is not null as "hadBefore", reason, base_version as "baseVersion", count,
  opened_by as "openedBy", opened_at as "openedAt", expires_at as "expiresAt",
  decided_by as "decidedBy", decided_at as "decidedAt", note, version`

/** Proposals from below, and what became of them. */
export const delegationStore = ({ sql, orgId }: Ground): DelegationStore => {
  const numbers = numberCounter(sql, orgId, 'delegation')
  const stored = ({ toIds, before, hadBefore, ...row }: Row): StoredDelegation => ({
    ...row,
    ...(hadBefore && { before }),
    toSteps: stepsOf(orgId, toIds),
  })
  return {
    lockNumbers: numbers.lock,
    nextNumber: numbers.next,
    async alike({ toSteps, path, data }) {
      const rows = await sql<Row>`
        select ${columns} from context.delegation
         where org_id = ${orgId} and to_ids = ${idsOf(toSteps)}::uuid[] and path = ${path}
           and data = ${json(data)}::jsonb and state <> 'expired'
         order by number desc limit ${ALIKE_MAX}
           for update`
      return rows.map(stored)
    },
    async add(row) {
      await sql`
        insert into context.delegation
          (org_id, id, number, state, project_id, from_tier, from_id, from_at, to_tier, to_ids,
           to_at, path, data, before, reason, base_version, count, opened_by, opened_at,
           expires_at, version)
        values (${orgId}, ${row.id}, ${row.number}, ${row.state}, ${row.projectId},
                ${row.fromTier}, ${row.fromId}, ${row.from},
                ${row.toSteps.at(-1)?.tier ?? 'global'}, ${idsOf(row.toSteps)}::uuid[], ${row.to},
                ${row.path}, ${json(row.data)},
                ${row.before === undefined ? null : json(row.before)}::jsonb, ${row.reason},
                ${row.baseVersion}, ${row.count}, ${row.openedBy}, ${at(row.openedAt)},
                ${at(row.expiresAt)}, ${row.version})`
    },
    async lock(number) {
      const row = await sql.maybe<Row>`
        select ${columns} from context.delegation
         where org_id = ${orgId} and number = ${number}
           for update`
      return row ? stored(row) : null
    },
    async lockOverdue(now, limit) {
      const rows = await sql<Row>`
        select ${columns} from context.delegation
         where org_id = ${orgId} and state = 'pending' and expires_at <= ${at(now)}
         order by number limit ${limit}
           for update skip locked`
      return rows.map(stored)
    },
    async save({ id, state, data, count, decidedBy, decidedAt, note, version }) {
      await sql`
        update context.delegation
           set state = ${state}, data = ${json(data)}, count = ${count}, decided_by = ${decidedBy},
               decided_at = ${atOrNull(decidedAt)}, note = ${note}, version = ${version}
         where org_id = ${orgId} and id = ${id}`
    },
    async list({ state, to, visible, before, limit, now }) {
      const expired = part`(state = 'pending' and expires_at <= ${at(now)})`
      const inState =
        state === null
          ? part``
          : state === 'expired'
            ? part` and (state = 'expired' or ${expired})`
            : part` and state = ${state} and not ${expired}`
      const toPlace = to === null ? part`` : part` and to_ids = ${idsOf(to)}::uuid[]`
      const seen = visible === null ? part`` : part` and project_id = any(${visible}::uuid[])`
      const older = before === null ? part`` : part` and number < ${before}`
      const [rows, { total }] = await Promise.all([
        sql<Row>`
          select ${columns} from context.delegation
           where org_id = ${orgId}${inState}${toPlace}${seen}${older}
           order by number desc limit ${limit}`,
        sql.one<{ total: number }>`
          select count(*)::int as total from context.delegation
           where org_id = ${orgId}${inState}${toPlace}${seen}`,
      ])
      return { rows: rows.map(stored), total }
    },
  }
}

/** Finds organisations with proposals whose time is over. */
export const orgsWithOverdue = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select distinct org_id as "orgId" from context.delegation
     where state = 'pending' and expires_at <= ${at(now)} limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}

/** The global tier is above every target, so its id is left out of the row. */
const idsOf = (steps: readonly Step[]): readonly string[] => steps.slice(1).map(({ id }) => id)

const stepsOf = (orgId: string, ids: readonly string[]): readonly Step[] => [
  { tier: 'global', id: orgId },
  ...ids.map((id, index): Step => ({ tier: tierAt(index), id })),
]

const tierAt = (index: number): Step['tier'] =>
  index === 0 ? 'project' : index === 1 ? 'branch' : 'task'
