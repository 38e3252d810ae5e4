import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { ProjectKey, ProjectView } from '../contract.ts'
import { ProjectChanged } from '../events.ts'
import type { BoardNeeds } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

/** Puts a project away, or takes it out again; nothing of it is lost. */
export const archiveProject = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.archive_project',
  about: 'Archive a project, or restore it with data.restore.',
  input: z.strictObject({
    id: ProjectKey,
    data: z.strictObject({ restore: z.boolean().optional() }).optional(),
  }),
  output: ProjectView,
  access: 'project:write',
  effect: 'write',
  http: 'POST /projects/:id/archive',
  mcp: 'project archive',
  scope: ({ id }) => [id],
  say: ({ key, archived }) => `${key} ${archived ? 'archived' : 'restored'}`,
  async run({ id, data }, { projectChanges, projects, call, emit }) {
    const project = await projectChanges.lock(id)
    const { key, name, wipLimit } = project
    const restore = data?.restore ?? false
    if (project.archived === restore) {
      const running = restore ? 0 : await projectChanges.running(project.id)
      if (running > 0) {
        const message = `${running} tasks of ${key} are held; finish or release them first.`
        throw refuse('conflict', 'work.project_running', message, { running })
      }
      const archivedAt = restore ? null : call.now
      const change = { name, settings: {}, wipLimit, archivedAt }
      const version = await projectChanges.save(project, change)
      const what = restore ? 'restored' : 'archived'
      emit(ProjectChanged({ projectId: project.id, key, version, what }, { content: { name } }))
    }
    return projects.view(key)
  },
})
