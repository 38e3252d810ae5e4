import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { Line, ProjectKey, Text, ViewNumber, ViewView } from '../contract.ts'
import {
  checkOwner,
  checkSharing,
  checkViewCount,
  type SavedView,
  VIEW_QUERY_MAX,
  type ViewUser,
} from '../domain/saved-view.ts'
import { ViewChanged } from '../events.ts'
import type { BoardNeeds, LockedProject } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'
import type { ViewNeeds } from './view-ports.ts'

type ViewWords = WorkNeeds & BoardNeeds & ViewNeeds & Words

const SaveIn = z.strictObject({
  project: ProjectKey,
  id: ViewNumber.optional(),
  name: Line(60).optional(),
  query: Text(VIEW_QUERY_MAX)
    .transform((query) => query.replace(/^\?/, ''))
    .optional(),
  shared: z.boolean().optional(),
})

/** Keeps a view of a board, or changes one: its name, its query, who sees it. */
export const saveView = operation<WorkNeeds & BoardNeeds & ViewNeeds>()({
  name: 'work.save_view',
  about: 'Keep a view of a board: a name and the query of its address; with id, change one.',
  input: SaveIn,
  output: ViewView,
  access: 'comment:write',
  effect: 'write',
  http: 'POST /projects/:project/views',
  mcp: null,
  scope: ({ project }) => [project],
  say: ({ project, id, name }) => `${project} view ${id} ${name}`,
  async run({ project: wanted, id, ...wish }, words) {
    const project = await words.projectChanges.lock(wanted)
    const view =
      id === undefined ? await keep(project, wish, words) : await change(project, id, wish, words)
    tellView(words, project, view, 'saved')
    return viewOf(project.key, view, words.call.actor.id)
  },
})

/** Takes a view of a board away. */
export const removeView = operation<WorkNeeds & BoardNeeds & ViewNeeds>()({
  name: 'work.remove_view',
  about: 'Delete a view of a board.',
  input: z.strictObject({ project: ProjectKey, id: ViewNumber }),
  output: ViewView,
  access: 'comment:write',
  effect: 'write',
  http: 'DELETE /projects/:project/views/:id',
  mcp: null,
  scope: ({ project }) => [project],
  say: ({ project, id, name }) => `${project} view ${id} ${name} deleted`,
  async run({ project: wanted, id }, words) {
    const project = await words.projectChanges.lock(wanted)
    const view = await found(project, id, words)
    await words.views.remove(view)
    tellView(words, project, view, 'removed')
    return viewOf(project.key, view, words.call.actor.id)
  },
})

type Wish = Omit<z.output<typeof SaveIn>, 'project' | 'id'>

const keep = async (project: LockedProject, wish: Wish, words: ViewWords): Promise<SavedView> => {
  const { views, call } = words
  const { name = 'View', query = '', shared = false } = wish
  checkSharing(userOf(words, project), { from: false, to: shared })
  checkViewCount(await views.count(project.id, call.actor.id), shared)
  const made = { id: call.newId(), projectId: project.id, ownerId: call.actor.id }
  const view = { ...made, name, query, shared }
  const number = await views.add({ ...view, now: call.now })
  return { ...view, number, version: 1 }
}

const change = async (
  ...[project, number, wish, words]: [LockedProject, number, Wish, ViewWords]
): Promise<SavedView> => {
  const { views, call } = words
  const view = await found(project, number, words)
  const { name = view.name, query = view.query, shared = view.shared } = wish
  checkSharing(userOf(words, project), { from: view.shared, to: shared })
  if (shared !== view.shared) {
    checkViewCount(await views.count(project.id, call.actor.id), shared)
  }
  const next = { ...view, name, query, shared, version: view.version + 1 }
  await views.save(next)
  return next
}

const userOf = ({ call, may }: ViewWords, { id }: LockedProject): ViewUser => ({
  id: call.actor.id,
  arranges: may('board:write', id),
})

/** Finds a view that the caller may change; others' own ones are as if they were not there. */
const found = async (project: LockedProject, number: number, words: ViewWords) => {
  const view = await words.views.find(project.id, number, words.call.actor.id)
  if (view === null) throw notFound(`View ${number} of ${project.key}`)
  checkOwner(view, userOf(words, project))
  return view
}

const tellView = (
  ...[words, project, view, what]: [ViewWords, LockedProject, SavedView, 'saved' | 'removed']
): void => {
  const { id: viewId, projectId, number, version, shared, name } = view
  const about = { viewId, projectId, key: project.key, number, version, shared, what }
  words.emit(ViewChanged(about, { content: { name } }))
}

/** Turns a view into the shape that leaves. */
export const viewOf = (
  project: string,
  { number: id, name, query, shared, ownerId }: SavedView,
  me: string,
): z.output<typeof ViewView> => ({ project, id, name, query, shared, mine: ownerId === me })
