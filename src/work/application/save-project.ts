import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Line, ProjectKey, ProjectView } from '../contract.ts'
import { ProjectChanged } from '../events.ts'
import { DEFAULT_COLUMNS } from '../domain/words.ts'
import type { BoardNeeds, LockedProject } from './board-ports.ts'
import type { ProjectSettings, WorkNeeds } from './ports.ts'
import { BranchName, saveBranchOf } from './save-branch.ts'

const zones = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])

const Data = z.strictObject({
  key: ProjectKey.optional(),
  name: Line(100).optional(),
  review: z.enum(['required', 'optional']).optional(),
  zone: z
    .string()
    .refine((zone) => zones.has(zone), { error: 'is a time zone such as Europe/Berlin' })
    .optional(),
  wip_limit: z
    .int()
    .refine((limit) => limit > 0 && limit <= 10_000, { error: 'is 1 to 10,000, or null' })
    .nullable()
    .optional(),
  version: z.int().optional(),
})

/** Changes a project; without `id` it makes one. */
export const saveProject = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.save_project',
  about: 'Change a project, or create one when id is left out; branch adds a branch.',
  input: z.strictObject({
    id: ProjectKey.optional(),
    data: Data.optional(),
    branch: BranchName.optional(),
  }),
  output: ProjectView,
  access: 'project:write',
  effect: 'write',
  http: 'PATCH /projects/:id',
  mcp: 'project save',
  scope: ({ id }) => (id ? [id] : []),
  say: ({ key, version }, _, { id }) => `${key} ${id ? 'saved' : 'created'} (version ${version})`,
  async run({ id, data = {}, branch }, words) {
    const { projects } = words
    const key = id === undefined ? await create(data, words) : await change(id, data, words)
    if (branch !== undefined) await saveBranchOf(words, { project: key, name: branch })
    return projects.view(key)
  },
})

type Input = z.output<typeof Data>

const create = async (
  { key, name, review, zone, wip_limit }: Input,
  { projects, call, may, emit }: WorkNeeds & BoardNeeds & Words,
): Promise<string> => {
  const id = call.newId()
  if (!may('project:create', id)) {
    const message = 'You may not create projects: it needs project:create. Ask an owner for it.'
    throw refuse('forbidden', 'work.create_not_allowed', message, { needs: 'project:create' })
  }
  if (key === undefined || name === undefined || wip_limit) {
    const message = 'A new project needs data.key and data.name; limits are set once it is there.'
    throw refuse('invalid', 'work.project_incomplete', message, { field: 'data' })
  }
  const settings: Partial<ProjectSettings> = { ...(review && { review }), ...(zone && { zone }) }
  const columns = DEFAULT_COLUMNS.map((column) => ({ ...column, id: call.newId() }))
  const branchId = call.newId()
  await projects.create({ id, branchId, key, name, settings, columns, now: call.now })
  emit(ProjectChanged({ projectId: id, key, version: 1, what: 'created' }, { content: { name } }))
  return key
}

const change = async (
  id: string,
  data: Input,
  { projectChanges, call, emit }: WorkNeeds & BoardNeeds & Words,
): Promise<string> => {
  // The board is held before the project's row, like claims do it.
  if (data.wip_limit !== undefined) await projectChanges.holdBoard()
  const project = await projectChanges.lock(id)
  checkVersion(project, data.version)
  const name = data.name ?? project.name
  const { review, zone, key = project.key } = data
  if (key !== project.key) await projectChanges.rename(project, key)
  const version = await projectChanges.save(project, {
    name,
    settings: { ...(review && { review }), ...(zone && { zone }) },
    wipLimit: data.wip_limit === undefined ? project.wipLimit : data.wip_limit,
    archivedAt: project.archived ? call.now : null,
  })
  const about = { projectId: project.id, key, version, what: 'changed' } as const
  emit(ProjectChanged(about, { content: { name } }))
  return key
}

/** Refuses a write that was decided on an older version of a project. */
export const checkVersion = (project: LockedProject, version: number | undefined): void => {
  if (version === undefined || version === project.version) return
  const { key, version: current } = project
  const message = `${key} has changed since; read version ${current}, then decide again.`
  throw refuse('conflict', 'work.stale_version', message, { key, current })
}
