import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Category, Line, ProjectKey, ProjectView } from '../contract.ts'
import { ProjectChanged } from '../events.ts'
import { checkColumns } from '../domain/columns.ts'
import { DEFAULT_COLUMNS } from '../domain/words.ts'
import type { WorkNeeds } from './ports.ts'

/** The columns that a new project may bring instead of the usual ones. */
export const ColumnsIn = z
  .array(
    z.strictObject({
      name: Line(60),
      category: Category,
      role: z.literal('review').nullable().default(null),
    }),
  )
  .min(2)
  .max(30)

/** Makes a project with its board and its main branch. */
export const createProject = operation<WorkNeeds>()({
  name: 'work.create_project',
  about: 'Create a project; its key starts the keys of its tasks.',
  input: z.strictObject({ key: ProjectKey, name: Line(100), columns: ColumnsIn.optional() }),
  output: ProjectView,
  access: 'project:create',
  effect: 'write',
  http: 'POST /projects',
  mcp: null,
  orgWide: true,
  say: ({ key, name }) => `${key} ${name} created`,
  async run({ key, name, columns }, { projects, call, emit }) {
    if (columns) checkColumns(columns)
    const id = call.newId()
    const made = (columns ?? DEFAULT_COLUMNS).map((column) => ({ ...column, id: call.newId() }))
    const branchId = call.newId()
    await projects.create({ id, branchId, key, name, settings: {}, columns: made, now: call.now })
    emit(ProjectChanged({ projectId: id, key, version: 1, what: 'created' }, { content: { name } }))
    return projects.view(key)
  },
})
