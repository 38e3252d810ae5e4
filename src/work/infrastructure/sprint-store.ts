import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { Leaver, Sprint, SprintStore } from '../application/board-ports.ts'

// Open tasks of one sprint that closing looks at; more are our bug or somebody's mistake.
const TASKS_MAX = 2_000

const columns = part`
  s.id, s.project_id as "projectId", s.number, s.goal, s.starts_on as "startsOn",
  s.ends_on as "endsOn", s.state, s.started_at as "startedAt", s.closed_at as "closedAt",
  s.version, sum_of.tasks, sum_of.done, sum_of.estimate, sum_of."doneEstimate"`

const sums = part`
  lateral (
    select count(*)::int as tasks,
           count(*) filter (where t.category = 'completed')::int as done,
           coalesce(sum(t.estimate), 0)::int as estimate,
           coalesce(sum(t.estimate) filter (where t.category = 'completed'), 0)::int
             as "doneEstimate"
      from work.task t
     where t.org_id = s.org_id and t.sprint_id = s.id and t.archived_at is null
       and t.category <> 'canceled') sum_of`

/** Sprints and which tasks are in them. */
export const sprintStore = ({ sql, orgId }: Ground): SprintStore => ({
  list: (projectId) => sql<Sprint>`
    select ${columns} from work.sprint s cross join ${sums}
     where s.org_id = ${orgId} and s.project_id = ${projectId}
     order by s.number desc limit 100`,

  async find(projectId, number) {
    const row = await sql.maybe<Sprint>`
      select ${columns} from work.sprint s cross join ${sums}
       where s.org_id = ${orgId} and s.project_id = ${projectId}
         and case when ${number}::int is null then s.state = 'active'
                  else s.number = ${number}::int end`
    return row ?? null
  },

  async add({ id, projectId, goal, startsOn, endsOn, now }) {
    // The caller has locked the project, so nobody else takes this number.
    const row = await sql.one<{ number: number }>`
      insert into work.sprint
        (org_id, id, project_id, number, goal, starts_on, ends_on, state, version, created_at)
      select ${orgId}::uuid, ${id}::uuid, ${projectId}::uuid, coalesce(max(number), 0) + 1,
             ${goal}, ${startsOn}::date, ${endsOn}::date, 'planned', 1, ${at(now)}::timestamptz
        from work.sprint where org_id = ${orgId} and project_id = ${projectId}
      returning number`
    return row.number
  },

  async save(sprint, { goal, startsOn, endsOn }) {
    const row = await sql.one<{ version: number }>`
      update work.sprint
         set goal = ${goal}, starts_on = ${startsOn}::date, ends_on = ${endsOn}::date,
             version = version + 1
       where org_id = ${orgId} and id = ${sprint.id} and version = ${sprint.version}
      returning version`
    return row.version
  },

  async start(sprint, now) {
    // Closed tasks too: one that is opened again belongs to the sprint as before.
    const [row] = await Promise.all([
      sql.one<{ version: number }>`
        update work.sprint
           set state = 'active', started_at = ${at(now)}, version = version + 1
         where org_id = ${orgId} and id = ${sprint.id} returning version`,
      sql`
        with locked as (
          select id from work.task
           where org_id = ${orgId} and sprint_id = ${sprint.id} order by id for update)
        update work.task t set lane = 0 from locked l
         where t.org_id = ${orgId} and t.id = l.id and t.lane <> 0`,
    ])
    return row.version
  },

  async close(sprint, now) {
    const row = await sql.one<{ version: number }>`
      update work.sprint
         set state = 'closed', closed_at = ${at(now)}, version = version + 1
       where org_id = ${orgId} and id = ${sprint.id} returning version`
    return row.version
  },

  open: (sprintId) => sql`
    select t.id as "taskId", p.key || '-' || t.number as key
      from work.task t join work.project p on p.org_id = t.org_id and p.id = t.project_id
     where t.org_id = ${orgId} and t.sprint_id = ${sprintId} and t.archived_at is null
       and t.category not in ('completed', 'canceled')
     order by t.id limit ${TASKS_MAX + 1} for update of t`,

  async after(sprint) {
    const row = await sql.maybe<{ id: string; number: number }>`
      select id, number from work.sprint
       where org_id = ${orgId} and project_id = ${sprint.projectId} and state = 'planned'
         and number > ${sprint.number}
       order by number limit 1`
    return row ?? null
  },

  move: (taskIds, { sprintId, now }) => sql<Leaver>`
    update work.task t
       set sprint_id = ${sprintId}::uuid, lane = 1, version = t.version + 1,
           updated_at = ${at(now)}
      from work.project p
     where t.org_id = ${orgId} and t.id = any(${taskIds}::uuid[])
       and p.org_id = t.org_id and p.id = t.project_id
    returning t.id as "taskId", p.key || '-' || t.number as key, t.version`,
})
