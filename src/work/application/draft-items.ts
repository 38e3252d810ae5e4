import { assert } from '../../kernel/assert.ts'
import { refuse } from '../../kernel/refusal.ts'
import { type Column, columnFor, queueColumn } from '../domain/column.ts'
import { changedList, readAccept, readList, unfit } from '../domain/task-change.ts'
import { isClosed, POINT, priorityNumber, TASK_DEPTH_MAX } from '../domain/words.ts'
import type { Batch, Entry, SaveWords } from './load-items.ts'
import { named } from './load-items.ts'
import type { Person } from './ports.ts'
import type { SavedTask, TaskFields } from './save-ports.ts'

/** A task's place in its tree. */
export type Plot = Readonly<{ parentId: string | null; branchId: string; depth: number }>

/** An item decided: what the task becomes. */
export type Draft = Entry & Readonly<{ fields: TaskFields; goal: Column; plot: Plot }>

type Lookups = Readonly<{
  people: ReadonlyMap<string, Person>
  labels: ReadonlyMap<string, ReadonlyMap<string, string>>
  sprints: ReadonlyMap<string, ReadonlyMap<number, Readonly<{ id: string; state: string }>>>
}>

/** Decides what each task of a batch becomes, with a few look-ups for all of them. */
export const draftItems = async (
  words: SaveWords,
  batch: Batch,
  dryRun: boolean,
): Promise<readonly Draft[]> => {
  const lookups = await lookUp(words, batch, dryRun)
  const drafts = new Map<string, Draft>()
  for (const entry of batch.entries) {
    const fields = fieldsOf(words, entry, lookups)
    const plot = await plotOf(words, batch, { entry, drafts })
    drafts.set(entry.taskId, { ...entry, fields, goal: goalOf(entry), plot })
  }
  return [...drafts.values()]
}

const lookUp = async (
  { people, saves }: SaveWords,
  { entries }: Batch,
  dryRun: boolean,
): Promise<Lookups> => {
  const handles = entries.flatMap(({ item }) => [item.assignee ?? [], item.delegate ?? []].flat())
  const projects = [...new Set(entries.map(({ project }) => project.id))]
  const perProject = async <T>(look: (id: string, own: readonly Entry[]) => Promise<T>) =>
    new Map(
      await Promise.all(
        projects.map(
          async (id): Promise<[string, T]> => [
            id,
            await look(
              id,
              entries.filter(({ project }) => project.id === id),
            ),
          ],
        ),
      ),
    )
  return {
    people: handles.length === 0 ? new Map() : await people.byHandle([...new Set(handles)]),
    labels: await perProject((id, own) => saves.labels(id, labelsOf(own), !dryRun)),
    sprints: await perProject((id, own) =>
      saves.sprints(
        id,
        own.flatMap(({ item }) => item.sprint ?? []),
      ),
    ),
  }
}

const labelsOf = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap(({ item }) =>
    (item.labels ?? []).flatMap((name) => (name.startsWith('-') ? [] : [name.replace(/^\+/, '')])),
  )

const NEW: Omit<TaskFields, 'title'> = {
  type: 'task',
  body: '',
  priority: priorityNumber('none'),
  estimate: null,
  assigneeId: null,
  delegateId: null,
  skills: [],
  labels: [],
  sprintId: null,
  lane: 1,
  accept: [],
  due: null,
  holdUntil: null,
  blocked: null,
  failures: 0,
  archivedAt: null,
}

/** Computes the fields of a task as they become. */
const fieldsOf = (words: SaveWords, entry: Entry, lookups: Lookups): TaskFields => {
  const { item, before, at } = entry
  const title = item.title ?? before?.title
  if (title === undefined) throw unfit(at('title'), 'a new task needs a title.')
  const old: TaskFields = before ? fieldsFrom(before) : { ...NEW, title }
  const given = <T>(value: T | undefined, kept: T): T => (value === undefined ? kept : value)
  return {
    ...old,
    title,
    type: item.type ?? old.type,
    body: item.body ?? old.body,
    priority: item.priority === undefined ? old.priority : priorityNumber(item.priority),
    estimate: given(item.points && Math.round(item.points * POINT), old.estimate),
    assigneeId: given(personOf(words, entry, { field: 'assignee', lookups }), old.assigneeId),
    delegateId: given(personOf(words, entry, { field: 'delegate', lookups }), old.delegateId),
    ...wordsOf(entry, old, lookups),
    ...sprintOf(entry, old, lookups),
    accept: item.accept === undefined ? old.accept : readAccept(item.accept),
    due: given(momentOf(words, entry, 'due'), old.due),
    holdUntil: given(momentOf(words, entry, 'hold_until'), old.holdUntil),
    blocked: given(item.blocked, old.blocked),
    // Who takes the flag away gives the task a fresh start.
    failures: item.blocked === null && old.blocked !== null ? 0 : old.failures,
    archivedAt: archivedOf(words, entry, old),
  }
}

/** Picks the fields that saving sets out of a task. */
export const fieldsFrom = (task: SavedTask): TaskFields => ({
  type: task.type,
  title: task.title,
  body: task.body,
  priority: task.priority,
  estimate: task.estimate,
  assigneeId: task.assigneeId,
  delegateId: task.delegateId,
  skills: task.skills,
  labels: task.labels,
  sprintId: task.sprintId,
  lane: task.lane,
  accept: task.accept,
  due: task.due,
  holdUntil: task.holdUntil,
  blocked: task.blocked,
  failures: task.failures,
  archivedAt: task.archivedAt,
})

const archivedOf = ({ call }: SaveWords, { item }: Entry, old: TaskFields): number | null => {
  if (item.archived === undefined) return old.archivedAt
  return item.archived ? (old.archivedAt ?? call.now) : null
}

const momentOf = (
  { saves }: SaveWords,
  { item, at, project }: Entry,
  field: 'due' | 'hold_until',
): number | null | undefined => {
  const text = item[field]
  if (text === undefined || text === null) return text
  const moment = saves.moment(text, project.settings.zone)
  if (moment === null) throw unfit(at(field), 'write a date such as 2027-01-31, or a moment.')
  return moment
}

type Who = Readonly<{ field: 'assignee' | 'delegate'; lookups: Lookups }>

const personOf = (
  words: SaveWords,
  entry: Entry,
  { field, lookups }: Who,
): string | null | undefined => {
  const { item, before, at, project } = entry
  const handle = item[field]
  if (handle === undefined) return undefined
  const person = handle === null ? null : lookups.people.get(handle)
  if (person === undefined) throw unfit(at(field), `nobody here is called @${handle ?? ''}.`)
  const me = words.call.actor.id
  const old = (field === 'assignee' ? before?.assigneeId : before?.delegateId) ?? null
  const next = person?.id ?? null
  const touched = [old, next].filter((id) => id !== null && id !== me)
  if (old !== next && touched.length > 0 && !words.may('task:assign', project.id)) {
    const message = `You may assign tasks of ${project.key} to yourself only; it needs task:assign.`
    throw refuse('forbidden', 'work.assign_not_allowed', message, { field: at(field) })
  }
  return next
}

const wordsOf = (entry: Entry, old: TaskFields, lookups: Lookups) => {
  const { item, before, at, project } = entry
  const known = { exists: before !== null, hasVersion: item.version !== undefined }
  const change = (field: 'labels' | 'skills') => {
    const list = item[field]
    if (list === undefined) return old[field]
    return changedList(old[field], readList(list, at(field), known))
  }
  const folded = lookups.labels.get(project.id) ?? new Map<string, string>()
  const labels = change('labels').map((name) => folded.get(name.toLowerCase()) ?? name)
  return { labels: [...new Set(labels)], skills: change('skills') }
}

const sprintOf = ({ item, at, project }: Entry, old: TaskFields, lookups: Lookups) => {
  if (item.sprint === undefined) return { sprintId: old.sprintId, lane: old.lane }
  if (item.sprint === null) return { sprintId: null, lane: 1 }
  const sprint = lookups.sprints.get(project.id)?.get(item.sprint)
  if (!sprint) throw unfit(at('sprint'), `${project.key} has no sprint ${item.sprint}.`)
  if (sprint.state === 'closed') throw unfit(at('sprint'), `sprint ${item.sprint} is closed.`)
  return { sprintId: sprint.id, lane: sprint.state === 'active' ? 0 : 1 }
}

/** Finds the column a task shall stand in: archiving an open task cancels it. */
const goalOf = ({ item, at, before, project }: Entry): Column => {
  const { columns } = project
  const now = columns.find(({ id }) => id === before?.columnId)
  const goal = item.status === undefined ? now : columnFor(columns, item.status, at('status'))
  const stays = goal ?? queueColumn(columns)
  assert(stays, 'a board has columns')
  if (!item.archived || isClosed(stays.category)) return stays
  const last =
    columns.find(({ category }) => category === 'canceled') ??
    columns.find(({ category }) => category === 'completed')
  if (last) return last
  const message = `${project.key} has no column for canceled tasks; add one first.`
  throw refuse('conflict', 'work.column_missing', message, { category: 'canceled' })
}

type Growing = Readonly<{ entry: Entry; drafts: ReadonlyMap<string, Draft> }>

/** Finds a task's place in its tree: a subtask lives in its parent's branch. */
const plotOf = async (words: SaveWords, batch: Batch, growing: Growing): Promise<Plot> => {
  const { item, at, before } = growing.entry
  if (item.parent) return below(words, batch, { ...growing, name: item.parent })
  const branchId = branchOf(growing.entry)
  if (item.parent === null || !before) return rootOf(growing.entry, branchId)
  const moves = branchId !== undefined && branchId !== before.branchId
  if (moves && before.parentId !== null) {
    throw unfit(at('branch'), 'a subtask lives in the branch of its parent; move that one.')
  }
  return { parentId: before.parentId, branchId: branchId ?? before.branchId, depth: before.depth }
}

const rootOf = ({ at, before, project }: Entry, branchId: string | undefined): Plot => {
  const main = project.branches.find(({ name }) => name === 'main') ?? project.branches[0]
  const home = branchId ?? before?.branchId ?? main?.id
  if (home === undefined) throw unfit(at('branch'), `${project.key} has no open branch.`)
  return { parentId: null, branchId: home, depth: 0 }
}

const below = async (
  words: SaveWords,
  batch: Batch,
  { entry, drafts, name }: Growing & Readonly<{ name: string }>,
): Promise<Plot> => {
  const { at, before, project } = entry
  const parent = named(batch, name, at('parent'))
  const above = drafts.get(parent.taskId)?.plot ?? (parent.kind === 'saved' ? parent.task : null)
  if (!above || parent.taskId === entry.taskId) {
    const message = `${name} cannot be below itself; name another parent.`
    throw refuse('conflict', 'work.dependency_cycle', message, { path: [name] })
  }
  const owner = parent.kind === 'new' ? parent.entry.project.id : parent.task.projectId
  if (owner !== project.id) throw unfit(at('parent'), 'a subtask is in the project of its parent.')
  const branchId = branchOf(entry)
  if (branchId !== undefined && branchId !== above.branchId) {
    throw unfit(at('branch'), 'a subtask lives in the branch of its parent; leave this out.')
  }
  const levels = before ? await words.edges.height(before.taskId) : 0
  const depth = above.depth + 1
  if (depth + levels > TASK_DEPTH_MAX) {
    throw unfit(at('parent'), `subtasks go ${TASK_DEPTH_MAX} levels deep at most.`)
  }
  return { parentId: parent.taskId, branchId: above.branchId, depth }
}

const branchOf = ({ item, at, project }: Entry): string | undefined => {
  if (item.branch === undefined) return undefined
  const found = project.branches.find(({ name }) => name === item.branch)
  if (found) return found.id
  const names = project.branches.map(({ name }) => name)
  throw unfit(at('branch'), `${project.key} has no branch "${item.branch}".`, { allowed: names })
}
