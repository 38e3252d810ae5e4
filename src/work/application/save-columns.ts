import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Category, Line, ProjectKey, ProjectView, Version } from '../contract.ts'
import { ProjectChanged } from '../events.ts'
import { planColumns } from '../domain/columns.ts'
import type { BoardNeeds } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'
import { checkVersion } from './save-project.ts'

/** A column as it comes in: `was` names the one it is made of. */
const ColumnIn = z.strictObject({
  name: Line(60),
  was: Line(60).optional(),
  category: Category,
  role: z.literal('review').nullable().default(null),
  limit: z.int().min(1).max(10_000).nullable().default(null),
  hard: z.boolean().default(false),
})

/** Writes the columns of a board anew: names, meanings, order and limits. */
export const saveColumns = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.save_columns',
  about: 'Set the columns of a project: all of them, in their order, with their limits.',
  input: z.strictObject({
    project: ProjectKey,
    columns: z.array(ColumnIn).min(4).max(30),
    version: Version.optional(),
  }),
  output: ProjectView,
  access: 'board:write',
  effect: 'write',
  http: 'PUT /projects/:project/columns',
  mcp: null,
  scope: ({ project }) => [project],
  say: ({ key, columns }) => `${key}: ${columns.map(({ name }) => name).join(', ')}`,
  async run({ project: wanted, columns, version }, words) {
    const { projectChanges, projects, call, emit } = words
    await projectChanges.holdBoard()
    const project = await projectChanges.lock(wanted)
    checkVersion(project, version)
    const now = await projectChanges.columns(project.id)
    await projectChanges.saveColumns(project.id, planColumns(now, columns, call.newId))
    const about = { projectId: project.id, key: project.key, what: 'columns' } as const
    const raised = await projectChanges.touch(project.id)
    emit(ProjectChanged({ ...about, version: raised }, { content: { name: project.name } }))
    return projects.view(project.key)
  },
})
