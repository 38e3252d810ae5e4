import { readPlace } from '../../platform/ledger/live.ts'
import { readSubject } from '../../platform/ledger/ledger.ts'
import type { Ground } from '../../platform/room.ts'
import { at, type Part, part } from '../../platform/sql.ts'
import type {
  BoardColumn,
  BoardStore,
  HistoryStore,
  SnapshotProject,
} from '../application/board-ports.ts'
import type { People } from '../application/ports.ts'
import { type CardRow, cardColumns, cardTables, handlesOf, toCard } from './card-rows.ts'

const BY_RANK = part`order by t.project_id, t.rank, t.number`

type ColumnRow = Omit<BoardColumn, 'cards'> & Readonly<{ id: string }>

/** Boards as they are shown: columns with their cards, and everything at once for a start. */
export const boardStore = ({ sql, orgId }: Ground, people: People): BoardStore => ({
  async found(visible, { start, max }) {
    const rows = await sql<{ id: string; total: number }>`
      select id, count(*) over ()::int as total
        from work.project
       where org_id = ${orgId} and starts_with(key, ${start})
         and (${visible === null} or id = any(${visible ?? []}::uuid[]))
       order by archived_at is not null, key limit ${max}`
    return { ids: rows.map(({ id }) => id), total: rows[0]?.total ?? 0 }
  },

  async facts(projectId) {
    const [sprints, rows] = await Promise.all([
      sql<{ number: number }>`
        select number from work.sprint
         where org_id = ${orgId} and project_id = ${projectId} and state = 'active'`,
      sql<{ branch: string; agentId: string }>`
        select b.name as branch, a.principal_id as "agentId"
          from work.branch b
          join work.branch_agent a on a.org_id = b.org_id and a.branch_id = b.id
         where b.org_id = ${orgId} and b.project_id = ${projectId} and b.archived_at is null
         order by b.name, a.principal_id limit 500`,
    ])
    const handles = await people.handles([...new Set(rows.map(({ agentId }) => agentId))])
    const agentsOf = (branch: string) =>
      rows
        .filter((row) => row.branch === branch)
        .map(({ agentId }) => handles.get(agentId) ?? 'unknown')
        .sort()
    const branches = [...new Set(rows.map(({ branch }) => branch))]
    return {
      sprint: sprints[0]?.number ?? null,
      branchAgents: branches.map((branch) => ({ branch, agents: agentsOf(branch) })),
    }
  },

  async board(projectId, cardsMax) {
    const [columns, rows] = await Promise.all([
      sql<ColumnRow>`
        select c.id, c.name, c.category, c.role, c.wip_limit as "limit", c.wip_hard as hard,
               (select count(*)::int from work.task t
                 where t.org_id = ${orgId} and t.column_id = c.id
                   and t.archived_at is null) as count
          from work.board_column c
         where c.org_id = ${orgId} and c.project_id = ${projectId}
         order by c.position limit 100`,
      sql<CardRow & { columnId: string }>`
        select ${cardColumns}, t.column_id as "columnId"
          from ${cardTables}
          join work.board_column shown on shown.org_id = t.org_id and shown.id = t.column_id
          join lateral (
            select o.id from work.task o
             where o.org_id = ${orgId} and o.column_id = shown.id and o.archived_at is null
             order by case when shown.category in ('completed', 'canceled')
                           then o.completed_at end desc nulls last, o.rank, o.number
             limit ${cardsMax}) first on first.id = t.id
         where t.org_id = ${orgId} and shown.project_id = ${projectId}
         order by case when t.category in ('completed', 'canceled')
                       then t.completed_at end desc nulls last, t.rank, t.number`,
    ])
    const handles = await handlesOf(people, rows)
    return columns.map(({ id, ...column }) => ({
      ...column,
      cards: rows.filter(({ columnId }) => columnId === id).map((row) => cardOf(row, handles)),
    }))
  },

  position: () => readPlace(sql, orgId),

  projects: (ids) => sql<SnapshotProject>`
    select p.id, p.key, p.name, p.wip_limit as "wipLimit", false as archived, p.version,
           (select s.number from work.sprint s
             where s.org_id = ${orgId} and s.project_id = p.id and s.state = 'active') as sprint,
           array(select b.name from work.branch b
                  where b.org_id = ${orgId} and b.project_id = p.id and b.archived_at is null
                  order by b.created_at, b.name limit 100) as branches,
           coalesce((
             select jsonb_agg(jsonb_build_object(
                      'name', c.name, 'category', c.category, 'role', c.role,
                      'limit', c.wip_limit, 'hard', c.wip_hard) order by c.position)
               from work.board_column c
              where c.org_id = ${orgId} and c.project_id = p.id), '[]'::jsonb) as columns
      from work.project p
     where p.org_id = ${orgId} and p.archived_at is null
       and (${ids === null} or p.id = any(${ids ?? []}::uuid[]))
     order by p.key limit 500`,

  async cards(ids, { openMax, closedMax, closedSince }) {
    const some = (order: Part) => sql<CardRow>`
        select ${cardColumns} from ${cardTables}
         where t.org_id = ${orgId} and t.archived_at is null and p.archived_at is null
           and t.category not in ('completed', 'canceled')
           and (${ids === null} or t.project_id = any(${ids ?? []}::uuid[]))
         ${order} limit ${openMax}`
    // Readers order the cards of a column by rank themselves. Without an order the first rows are
    // here while the last ones are still looked up; only which cards are cut off needs one.
    const all = async () => {
      const rows = await some(part``)
      return rows.length < openMax ? rows : some(BY_RANK)
    }
    const [open, closed] = await Promise.all([
      all(),
      sql<CardRow>`
        select ${cardColumns} from ${cardTables}
         where t.org_id = ${orgId} and t.archived_at is null and p.archived_at is null
           and t.category in ('completed', 'canceled') and t.completed_at >= ${at(closedSince)}
           and (${ids === null} or t.project_id = any(${ids ?? []}::uuid[]))
         order by t.completed_at desc, t.number limit ${closedMax}`,
    ])
    // Each read sees its own moment: a card that closed between them comes as the closed one.
    const newer = new Set(closed.map(({ id }) => id))
    const rows = [...open.filter(({ id }) => !newer.has(id)), ...closed]
    const handles = await handlesOf(people, rows)
    return { cards: rows.map((row) => toCard(row, handles)), more: [] }
  },

  async firstCards(ids, { first, closedSince }) {
    const isShown = (task: Part) => part`
      ${task}.archived_at is null and (${task}.category not in ('completed', 'canceled')
                                       or ${task}.completed_at >= ${at(closedSince)})`
    const [rows, more] = await Promise.all([
      sql<CardRow>`
        select ${cardColumns} from ${cardTables}
         where t.org_id = ${orgId} and p.archived_at is null and t.id in (
           select ahead.id
             from work.board_column shown
            cross join lateral (
              select o.id from work.task o
               where o.org_id = ${orgId} and o.column_id = shown.id and ${isShown(part`o`)}
               order by o.rank, o.number limit ${first}) ahead
            where shown.org_id = ${orgId}
              and (${ids === null} or shown.project_id = any(${ids ?? []}::uuid[])))`,
      sql<{ project: string; column: string; cards: number }>`
        select p.key as project, c.name as "column", count(*)::int as cards
          from work.task t
          join work.project p on p.org_id = t.org_id and p.id = t.project_id
          join work.board_column c on c.org_id = t.org_id and c.id = t.column_id
         where t.org_id = ${orgId} and p.archived_at is null and ${isShown(part`t`)}
           and (${ids === null} or t.project_id = any(${ids ?? []}::uuid[]))
         group by p.key, c.name, c.position
        having count(*) > ${first}
         order by p.key, c.position`,
    ])
    const handles = await handlesOf(people, rows)
    return { cards: rows.map((row) => toCard(row, handles)), more }
  },
})

const cardOf = (row: CardRow & { columnId: string }, handles: ReadonlyMap<string, string>) => {
  const { columnId: _, ...card } = row
  return toCard(card, handles)
}

/** What happened to a task, from the ledger; the audit is cut down to the door. */
export const historyStore = ({ sql, orgId }: Ground): HistoryStore => ({
  async events(taskId, limit) {
    const events = await readSubject(sql, orgId, { subject: taskId, limit })
    return events.map((event) => {
      const { audit, ...data } = event.data
      return {
        pos: event.pos,
        name: event.name,
        at: event.happenedAt,
        actorId: event.actor,
        door: doorOf(audit),
        data: { ...data, ...event.parts['content'], ...event.parts['personal'] },
      }
    })
  },
})

const doorOf = (audit: unknown): string | null =>
  typeof audit === 'object' && audit !== null && 'door' in audit ? String(audit.door) : null
