import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { ProjectKey, ViewView } from '../contract.ts'
import type { WorkNeeds } from './ports.ts'
import { viewOf } from './save-view.ts'
import type { ViewNeeds } from './view-ports.ts'

/** Lists the views of a board that the caller keeps, and those that its project shares. */
export const listViews = operation<WorkNeeds & ViewNeeds>()({
  name: 'work.list_views',
  about: 'List the views of a board: your own and those that the project shares.',
  input: z.strictObject({ project: ProjectKey }),
  output: z.object({ items: z.array(ViewView), total: z.int(), next: z.null() }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /projects/:project/views',
  mcp: null,
  scope: ({ project }) => [project],
  say: ({ items }) => items.map(sayView).join('\n') || 'There are no views yet.',
  async run({ project }, { projects, views, call }) {
    const { id, key } = await projects.view(project)
    const list = await views.list(id, call.actor.id)
    const items = list.map((view) => viewOf(key, view, call.actor.id))
    return { items, total: items.length, next: null }
  },
})

const sayView = ({ id, name, query, shared }: z.output<typeof ViewView>): string =>
  `${id} ${name}${shared ? ' (shared)' : ''} ?${query}`
