import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, json, part, type Sql } from '../../platform/sql.ts'
import { keyOf } from '../application/ask-approval.ts'
import type {
  ApprovalName,
  ApprovalQuery,
  ApprovalStore,
  StoredApproval,
} from '../application/ports.ts'

/** Organisations that one look of the schedule takes up. */
const ORGS_MAX = 100

type Row = Omit<StoredApproval, 'key'>

const COLUMNS = part`
  id, number, kind, state, shown ->> 'text' as text, shown ->> 'args' as args, bound,
  args_sha256 as "argsSha256", policy_version as "policyVersion", project_id as "projectId",
  requester, on_behalf_of as "onBehalfOf", risk, needs, ref, asked_at as "askedAt",
  expires_at as "expiresAt", decided_by as "decidedBy", decided_at as "decidedAt", reason,
  used_at as "usedAt", version`

const stored = (row: Row): StoredApproval => ({ ...row, key: keyOf(row.number) })

const named = (of: ApprovalName) => ('id' in of ? part`id = ${of.id}` : part`number = ${of.number}`)

/** Approvals: the one table behind the inbox. */
export const approvalStore = ({ sql, orgId }: Ground): ApprovalStore => ({
  async nextNumber() {
    const { last } = await sql.one<{ last: number }>`
      insert into agents.counter (org_id, kind, last) values (${orgId}, 'approval', 1)
      on conflict (org_id, kind) do update set last = counter.last + 1
      returning last`
    return last
  },
  async countOpen(requester, now) {
    const { count } = await sql.one<{ count: number }>`
      select count(*)::int as count from agents.approval
       where org_id = ${orgId} and requester = ${requester} and state = 'open'
         and expires_at > ${at(now)}`
    return count
  },
  async add(row) {
    await sql`
      insert into agents.approval
        (org_id, id, number, kind, state, shown, bound, args_sha256, policy_version, project_id,
         requester, on_behalf_of, risk, needs, ref, asked_at, expires_at, decided_by, version)
      values (${orgId}, ${row.id}, ${row.number}, ${row.kind}, ${row.state},
              ${json({ text: row.text, args: row.args })}, ${json(row.bound)}, ${row.argsSha256},
              ${row.policyVersion}, ${row.projectId}, ${row.requester}, ${row.onBehalfOf},
              ${row.risk}, ${row.needs}, ${json(row.ref)}, ${at(row.askedAt)},
              ${at(row.expiresAt)}, ${row.decidedBy}::uuid[], ${row.version})`
  },
  async find(of) {
    const row = await sql.maybe<Row>`
      select ${COLUMNS} from agents.approval where org_id = ${orgId} and ${named(of)}`
    return row ? stored(row) : null
  },
  async lock(of) {
    const row = await sql.maybe<Row>`
      select ${COLUMNS} from agents.approval
       where org_id = ${orgId} and ${named(of)}
         for update`
    return row ? stored(row) : null
  },
  async lockOverdue(now, limit) {
    const rows = await sql<Row>`
      select ${COLUMNS} from agents.approval
       where org_id = ${orgId} and state = 'open' and expires_at <= ${at(now)}
       order by number limit ${limit}
         for update skip locked`
    return rows.map(stored)
  },
  async lockOpenOf({ principalId, now, limit }) {
    const rows = await sql<Row>`
      select ${COLUMNS} from agents.approval
       where org_id = ${orgId} and state = 'open' and expires_at > ${at(now)}
         and (requester = ${principalId} or on_behalf_of = ${principalId})
       order by number limit ${limit}
         for update`
    return rows.map(stored)
  },
  async save({ id, state, decidedBy, decidedAt, reason, version }) {
    await sql`
      update agents.approval
         set state = ${state}, decided_by = ${decidedBy}::uuid[],
             decided_at = ${atOrNull(decidedAt)}, reason = ${reason}, version = ${version}
       where org_id = ${orgId} and id = ${id}`
  },
  async use({ id, argsSha256, now }) {
    const row = await sql.maybe`
      update agents.approval set used_at = ${at(now)}
       where org_id = ${orgId} and id = ${id} and state = 'approved' and used_at is null
         and args_sha256 = ${argsSha256} and expires_at > ${at(now)}
      returning id`
    return row !== undefined
  },
  list: (query) => listed({ sql, orgId }, query),
})

const listed = async (
  { sql, orgId }: Ground,
  { reader, state, own, after, limit, now }: ApprovalQuery,
) => {
  const mine = part`(requester = ${reader.id} or on_behalf_of = ${reader.id})`
  const inReach = part`(project_id = any(${reader.projects}::uuid[])
    or (project_id is null and ${reader.isOrgWide}))`
  const whose = own ? mine : part`(${mine} or ${inReach})`
  // What is over counts as expired, whether the schedule has come by or not.
  const isOpen = part`(state = 'open' and expires_at > ${at(now)})`
  const inState =
    state === null
      ? part``
      : state === 'open'
        ? part` and ${isOpen}`
        : state === 'expired'
          ? part` and state in ('open', 'expired') and not ${isOpen}`
          : part` and state = ${state}`
  const older =
    after === null ? part`` : part` and (${isOpen}::int, number) < (${after.open}, ${after.number})`
  const [rows, { total }] = await Promise.all([
    sql<Row>`
      select ${COLUMNS} from agents.approval
       where org_id = ${orgId} and ${whose}${inState}${older}
       order by ${isOpen}::int desc, number desc limit ${limit}`,
    sql.one<{ total: number }>`
      select count(*)::int as total from agents.approval
       where org_id = ${orgId} and ${whose}${inState}`,
  ])
  return { rows: rows.map(stored), total }
}

/** Finds organisations with approvals whose time is over. */
export const orgsWithOverdueApprovals = async (
  sql: Sql,
  now: number,
): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select distinct org_id as "orgId" from agents.approval
     where state = 'open' and expires_at <= ${at(now)} limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}

/** Tells that nobody waits for a decision in an organisation. */
export const noOpenApprovals = async ({ sql, orgId }: Ground): Promise<boolean> => {
  const [one] = await sql`
    select id from agents.approval where org_id = ${orgId} and state = 'open' limit 1`
  return one === undefined
}
