import type { Ground } from '../../platform/room.ts'
import type { ProjectPlan, TaskSaveStore } from '../application/save-ports.ts'
import type { Column } from '../domain/column.ts'
import type { ProjectSettings } from '../application/ports.ts'

type PlanRow = Omit<ProjectPlan, 'columns' | 'branches' | 'settings'> &
  Readonly<{ settings: Partial<ProjectSettings> }>

const USUAL: ProjectSettings = { review: 'optional', zone: 'UTC' }

/** What saving has to know of a project, and what it takes from one: numbers and labels. */
export const planStore = ({
  sql,
  orgId,
}: Ground): Pick<TaskSaveStore, 'plan' | 'allocate' | 'foresee' | 'labels' | 'sprints'> => ({
  async plan(projectId) {
    const [row, columns, branches] = await Promise.all([
      sql.one<PlanRow>`
        select id, key, settings, archived_at is not null as archived
          from work.project where org_id = ${orgId} and id = ${projectId}`,
      sql<Column>`
        select id, name, category, role, wip_limit as "wipLimit", wip_hard as "wipHard",
               wip_used as "wipUsed"
          from work.board_column where org_id = ${orgId} and project_id = ${projectId}
         order by position limit 100`,
      sql<{ id: string; name: string }>`
        select id, name from work.branch
         where org_id = ${orgId} and project_id = ${projectId} and archived_at is null
         order by created_at, name limit 1000`,
    ])
    return { ...row, settings: { ...USUAL, ...row.settings }, columns, branches }
  },

  async allocate(projectId, count) {
    const { first } = await sql.one<{ first: number }>`
      update work.project set next_number = next_number + ${count}
       where org_id = ${orgId} and id = ${projectId}
      returning next_number - ${count}::int as first`
    // Behind the project's lock: nobody else appends to the same rank.
    const [last] = await sql<{ rank: string }>`
      select rank from work.task where org_id = ${orgId} and project_id = ${projectId}
       order by rank desc limit 1`
    return { first, lastRank: last?.rank ?? null }
  },

  foresee: (projectId) => sql.one`
    select next_number as first from work.project
     where org_id = ${orgId} and id = ${projectId}`,

  async labels(projectId, names, adding) {
    const folded = new Map(names.map((name) => [name.toLowerCase(), name]))
    if (folded.size === 0) return new Map()
    if (adding) {
      await sql`
        insert into work.label (org_id, project_id, folded, name)
        select ${orgId}::uuid, ${projectId}::uuid, n.folded, n.name
          from unnest(${[...folded.keys()]}::text[], ${[...folded.values()]}::text[])
            as n (folded, name)
         order by n.folded
        on conflict (org_id, project_id, folded) do nothing`
    }
    const rows = await sql<{ folded: string; name: string }>`
      select folded, name from work.label
       where org_id = ${orgId} and project_id = ${projectId}
         and folded = any(${[...folded.keys()]}::text[])`
    return new Map(rows.map((row) => [row.folded, row.name]))
  },

  async sprints(projectId, numbers) {
    if (numbers.length === 0) return new Map()
    const rows = await sql<{ number: number; id: string; state: 'planned' | 'active' | 'closed' }>`
      select number, id, state from work.sprint
       where org_id = ${orgId} and project_id = ${projectId}
         and number = any(${numbers}::int[])
         for share`
    return new Map(rows.map(({ number, ...sprint }) => [number, sprint]))
  },
})
