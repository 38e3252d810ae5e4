import type { Ground } from '../../platform/room.ts'
import type { Part, Sql } from '../../platform/sql.ts'
import { part } from '../../platform/sql.ts'
import type { CounterStore, Shift } from '../application/claim-ports.ts'

type Counted = {
  id: string
  key: string
  ready: boolean
  openBlockers: number
  flagged: boolean
  closed: boolean
  parent: boolean
}

type Change = Readonly<{ taskId: string; by: number }>

/**
 * The three counters that readiness rests on: open blockers, ancestors that hold their subtree,
 * open children. They move by differences, each row locked in the order of ids, so that
 * concurrent changes add up. An open task holds its subtree while it is blocked or flagged.
 */
export const counterStore = ({ sql, orgId }: Ground): CounterStore => {
  const above = async (taskIds: readonly string[], by: number): Promise<readonly Shift[]> => {
    if (taskIds.length === 0 || by === 0) return []
    const rows = await sql<Counted & { times: number }>`
      with recursive down as (
        select c.id from work.task c
         where c.org_id = ${orgId} and c.parent_id = any(${taskIds}::uuid[])
        union all
        select c.id from work.task c join down on c.parent_id = down.id
         where c.org_id = ${orgId}),
      counted as (select id, count(*)::int as times from down group by id),
      locked as (
        select t.id from work.task t
         where t.org_id = ${orgId} and t.id in (select id from counted) order by t.id for update)
      update work.task t set held_above = t.held_above + n.times * ${by}::int
        from counted n, locked l, work.project p
       where t.org_id = ${orgId} and t.id = n.id and l.id = t.id
         and p.org_id = ${orgId} and p.id = t.project_id
      returning t.id, p.key || '-' || t.number as key, t.ready, n.times`
    return rows.map(({ id, key, ready, times }) => ({ id, key, ready, above: times * by }))
  }

  const count = (set: Part, changes: readonly Change[]) => counted(sql, orgId, { set, changes })

  const blockers = async (changes: readonly Change[]): Promise<readonly Shift[]> => {
    const set = part`open_blockers = t.open_blockers + n.by`
    const rows = await count(set, changes)
    const by = new Map(changes.map((change) => [change.taskId, change.by]))
    const shifts = rows.map(({ id, key, ready }) => ({ id, key, ready, blockers: by.get(id) ?? 0 }))
    const began = rows.filter((row) => nowHolds(row, by.get(row.id) ?? 0))
    const ceased = rows.filter((row) => mayHold(row) && row.openBlockers === 0)
    const down = await above(
      began.map((row) => row.id),
      1,
    )
    const up = await above(
      ceased.map((row) => row.id),
      -1,
    )
    return [...shifts, ...down, ...up]
  }

  const children = async (changes: readonly Change[]): Promise<readonly Shift[]> => {
    const rows = await count(part`open_children = t.open_children + n.by`, changes)
    const by = new Map(changes.map((change) => [change.taskId, change.by]))
    return rows.map(({ id, key, ready }) => ({ id, key, ready, children: by.get(id) ?? 0 }))
  }

  return {
    held: above,
    blockers,
    children,
    async dependents(taskId) {
      const waiting = await sql<{ id: string }>`
        select task_id as id from work.dependency
         where org_id = ${orgId} and to_id = ${taskId} and kind = 'blocks'`
      return waiting.map(({ id }) => id)
    },
    async closedOrOpened({ dependents, parentId }, by) {
      const [freed, raised] = await Promise.all([
        blockers(dependents.map((taskId) => ({ taskId, by }))),
        parentId === null ? [] : children([{ taskId: parentId, by }]),
      ])
      return [...freed, ...raised]
    },
  }
}

/** Tells whether blockers alone decide if a task holds a subtree: no flag, not closed. */
const mayHold = (row: Counted): boolean => !row.flagged && !row.closed && row.parent

/** Tells whether a change upwards made a task hold its subtree: it was free before. */
const nowHolds = (row: Counted, by: number): boolean =>
  by > 0 && mayHold(row) && row.openBlockers === by

const counted = async (
  sql: Sql,
  orgId: string,
  { set, changes }: { set: Part; changes: readonly Change[] },
): Promise<readonly Counted[]> => {
  const real = changes.filter((change) => change.by !== 0)
  if (real.length === 0) return []
  return sql<Counted>`
    with n as (
      select * from unnest(${real.map((change) => change.taskId)}::uuid[],
                           ${real.map((change) => change.by)}::int[]) as n (id, by)),
    locked as (
      select t.id from work.task t
       where t.org_id = ${orgId} and t.id in (select id from n) order by t.id for update)
    update work.task t set ${set}
      from n, locked l, work.project p
     where t.org_id = ${orgId} and t.id = n.id and l.id = t.id
       and p.org_id = ${orgId} and p.id = t.project_id
    returning t.id, p.key || '-' || t.number as key, t.ready, t.open_blockers as "openBlockers",
              t.blocked_reason is not null as flagged,
              t.category in ('completed', 'canceled') as closed,
              exists (select from work.task c
                       where c.org_id = ${orgId} and c.parent_id = t.id) as parent`
}
