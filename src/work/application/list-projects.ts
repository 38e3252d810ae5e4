import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { ProjectKey, ProjectView } from '../contract.ts'
import type { BoardNeeds } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

const LISTED_MAX = 100

type Project = z.output<typeof ProjectView>

/** Lists projects: the live ones first, at most a hundred. */
export const listProjects = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.list_projects',
  about: 'List projects; id narrows to keys that begin with it.',
  input: z.strictObject({
    id: z
      .string()
      .regex(/^[A-Z0-9]{1,10}$/, { error: 'is the beginning of a project key such as GH' })
      .optional(),
  }),
  output: z.object({ items: z.array(ProjectView), total: z.int(), next: z.null() }),
  access: 'project:read',
  effect: 'read',
  http: 'GET /projects',
  mcp: 'project list',
  cached: true,
  say: ({ items, total }) => {
    const lines = items.map(
      ({ key, name, open, archived }) => `${key} ${archived ? 'archived' : `${open} open`} ${name}`,
    )
    const more = total - items.length
    const rest = more > 0 ? [`${more} more; narrow with id, the beginning of a key`] : []
    return [...lines, ...rest].join('\n') || 'There are no projects that you may see.'
  },
  async run({ id }, { projects, boards, visible }) {
    const { ids, total } = await boards.found(visible, { start: id ?? '', max: LISTED_MAX })
    const found = await projects.list(ids, true)
    const away = (project: Project) => Number(project.archived)
    return { items: found.toSorted((a, b) => away(a) - away(b)), total, next: null }
  },
})

/** What a project's own page shows besides what lists show. */
const WholeProject = ProjectView.extend({
  review: z.enum(['required', 'optional']),
  zone: z.string(),
  sprint: z.int().nullable(),
  branchAgents: z.array(z.object({ branch: z.string(), agents: z.array(z.string()) })),
})

/** Shows one project: its columns, limits, branches and who works on them. */
export const getProject = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.get_project',
  about: 'Show a project: columns, limits, branches and the agents assigned to them.',
  input: z.strictObject({ id: ProjectKey }),
  output: WholeProject,
  access: 'project:read',
  effect: 'read',
  http: 'GET /projects/:id',
  mcp: 'project get',
  cached: true,
  scope: ({ id }) => [id],
  say: (project) => sayProject(project),
  async run({ id }, { projects, boards }) {
    const { id: projectId, ...view } = await projects.view(id)
    const [{ review, zone }, facts] = await Promise.all([
      projects.settings(id),
      boards.facts(projectId),
    ])
    const branchAgents = facts.branchAgents.map(({ branch, agents }) => ({
      branch,
      agents: [...agents],
    }))
    return { ...view, review, zone, sprint: facts.sprint, branchAgents }
  },
})

const sayProject = (project: z.output<typeof WholeProject>): string => {
  const columns = project.columns.map(
    ({ name, limit, hard }) =>
      `${name}${limit === null ? '' : ` (${hard ? 'hard ' : ''}${limit})`}`,
  )
  const agents = project.branchAgents.map(
    ({ branch, agents: names }) => `${branch} ${names.map((name) => `@${name}`).join(' ')}`,
  )
  return [
    `${project.key} ${project.name}${project.archived ? ' (archived)' : ''}`,
    `open: ${project.open}`,
    `columns: ${columns.join(', ')}`,
    `branches: ${project.branches.join(', ')}`,
    agents.length > 0 ? `assigned: ${agents.join(', ')}` : '',
    project.sprint === null ? '' : `sprint: ${project.sprint}`,
    project.wipLimit === null ? '' : `limit: ${project.wipLimit}`,
    project.review === 'required' ? 'review: required' : '',
    `version: ${project.version}`,
  ]
    .filter(Boolean)
    .join('\n')
}
