import { assert } from '../../kernel/assert.ts'
import type { Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { partsOfKey } from '../domain/key.ts'
import { type Place, staleVersion, unfit } from '../domain/task-change.ts'
import { readLink } from '../domain/task-link.ts'
import type { WorkNeeds } from './ports.ts'
import type { ProjectPlan, SavedTask, SaveNeeds } from './save-ports.ts'
import type { Item } from './task-item.ts'

/** Everything that saving may use. */
export type SaveWords = WorkNeeds & SaveNeeds & Words

/** What is asked: items, the project of those that name none, and how fields are called. */
export type SaveAsked = Readonly<{
  items: readonly Item[]
  project: string | null
  dryRun: boolean
  place: (index: number) => Place
}>

/** An item with the task it means. */
export type Entry = Readonly<{
  index: number
  item: Item
  at: Place
  taskId: string
  before: SavedTask | null
  project: ProjectPlan
}>

/** The items in an order in which parents come before their children, and what they name. */
export type Batch = Readonly<{
  entries: readonly Entry[]
  byRef: ReadonlyMap<string, Entry>
  byId: ReadonlyMap<string, Entry>
  /** Every task that an item names by key, locked. */
  tasks: ReadonlyMap<string, SavedTask>
}>

/** A task that is named by key or by ref. */
export type Named =
  | Readonly<{ kind: 'saved'; taskId: string; task: SavedTask }>
  | Readonly<{ kind: 'new'; taskId: string; entry: Entry }>

const KEY = /^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$/

/** Takes the sign off an entry of a list. */
export const unsigned = (entry: string): string => entry.replace(/^[+-]/, '')

/** Lists the keys and refs that an item depends on. */
export const linksOf = (item: Item): readonly string[] =>
  (item.depends_on ?? []).flatMap((entry) => readLink(unsigned(entry))?.to ?? [])

/** Locks what the items name and finds out which task and project each of them means. */
export const loadItems = async (words: SaveWords, asked: SaveAsked): Promise<Batch> => {
  const { saves, edges } = words
  const { items } = asked
  const refs = refsOf(asked)
  if (items.some(touchesGraph)) await edges.lockGraph()
  const keys = items.flatMap((item) => [item.id ?? [], item.parent ?? [], linksOf(item)].flat())
  const chains = items.flatMap((item) => [
    item.parent ?? [],
    (item.parent !== undefined || item.branch !== undefined) && item.id ? item.id : [],
  ])
  const isKey = (name: string) => KEY.test(name)
  const locked = await saves.lock([...new Set(keys.filter(isKey))], chains.flat().filter(isKey))
  const tasks = new Map([...locked].filter(([, task]) => words.may('task:read', task.projectId)))
  const find = await placesOf(words, asked, { refs, tasks })
  const entries = new Map<number, Entry>()
  for (const [index, item] of items.entries()) {
    const before = item.id === undefined ? null : tasks.get(item.id)
    if (before === undefined) throw notFound(item.id ?? '')
    if (before !== null) await guardVersion(words, item, before)
    const taskId = before?.taskId ?? words.call.newId()
    entries.set(index, {
      index,
      item,
      at: asked.place(index),
      taskId,
      before,
      project: find(index),
    })
  }
  const all = [...entries.values()]
  refuseTwice(all)
  return {
    entries: inOrder(all, refs),
    byRef: new Map(
      [...refs].flatMap(([ref, index]): [string, Entry][] => {
        const entry = entries.get(index)
        return entry ? [[ref, entry]] : []
      }),
    ),
    byId: new Map(all.map((entry) => [entry.taskId, entry])),
    tasks,
  }
}

/** Finds the task that a key or ref means; refuses by the name of the field. */
export const named = (batch: Batch, name: string, field: string): Named => {
  const entry = batch.byRef.get(name)
  if (entry?.before) return { kind: 'saved', taskId: entry.taskId, task: entry.before }
  if (entry) return { kind: 'new', taskId: entry.taskId, entry }
  const task = batch.tasks.get(name)
  if (task) return { kind: 'saved', taskId: task.taskId, task }
  if (KEY.test(name)) throw unfit(field, `${name} does not exist or you may not see it.`)
  throw unfit(field, `"${name}" is neither a key nor a ref of this batch.`)
}

const touchesGraph = (item: Item): boolean =>
  (item.parent !== undefined && (item.parent !== null || item.id !== undefined)) ||
  (item.branch !== undefined && item.id !== undefined) ||
  item.depends_on !== undefined

const refsOf = ({ items, place }: SaveAsked): ReadonlyMap<string, number> => {
  const refs = new Map<string, number>()
  for (const [index, { ref }] of items.entries()) {
    if (ref === undefined) continue
    if (refs.has(ref)) throw unfit(place(index)('ref'), `"${ref}" names another item already.`)
    refs.set(ref, index)
  }
  return refs
}

const refuseTwice = (entries: readonly Entry[]): void => {
  const seen = new Set<string>()
  for (const { taskId, item, at } of entries) {
    if (seen.has(taskId)) throw unfit(at('id'), `${item.id ?? ''} stands in another item already.`)
    seen.add(taskId)
  }
}

const guardVersion = async (words: SaveWords, item: Item, before: SavedTask): Promise<void> => {
  if (item.version === undefined || item.version === before.version) return
  const changed = await words.saves.changedSince(before.taskId, item.version)
  throw staleVersion(before.key, before.version, changed)
}

type Known = Readonly<{
  refs: ReadonlyMap<string, number>
  tasks: ReadonlyMap<string, SavedTask>
}>

/** Loads the projects that items belong to; gives a function from an item to its project. */
const placesOf = async (words: SaveWords, asked: SaveAsked, { refs, tasks }: Known) => {
  const { items, place } = asked
  const given = asked.project === null ? null : await words.projects.find(asked.project)
  if (asked.project !== null && given === null) throw notFound(asked.project)
  const idOf = (index: number, from: readonly number[]): string => {
    const item = items[index]
    assert(item, 'an index of the batch has its item')
    if (from.includes(index)) throw parentCircle([...from, index].map((step) => items[step]?.ref))
    const own = item.id === undefined ? undefined : tasks.get(item.id)
    if (own) return own.projectId
    if (item.id !== undefined) throw notFound(item.id)
    const above = item.parent ?? undefined
    const ref = above === undefined ? undefined : refs.get(above)
    if (ref !== undefined) return idOf(ref, [...from, index])
    const parent = above === undefined ? undefined : tasks.get(above)
    if (parent) return parent.projectId
    if (given) return given.id
    const source = linksOf(item).find((name) => tasks.has(name))
    const found = source === undefined ? undefined : tasks.get(source)
    if (found) return found.projectId
    throw unfit(place(index)('project'), 'say in which project this task belongs.')
  }
  const ids = items.map((_, index) => idOf(index, []))
  const plans = await Promise.all([...new Set(ids)].map((id) => words.saves.plan(id)))
  const byId = new Map(plans.map((plan) => [plan.id, plan]))
  for (const { id, key, archived } of plans) {
    if (!words.may('task:write', id)) throw notFound(key)
    if (!archived) continue
    const message = `${key} is archived; bring it back before you change its tasks.`
    throw refuse('conflict', 'work.project_archived', message, { key })
  }
  return (index: number): ProjectPlan => {
    const plan = byId.get(ids[index] ?? '')
    assert(plan, 'every item of the batch has its project')
    return plan
  }
}

const parentCircle = (refs: readonly (string | undefined)[]) => {
  const path = refs.filter((ref) => ref !== undefined)
  const message = `These items are parents of each other: ${path.join(' > ')}; leave one out.`
  return refuse('conflict', 'work.dependency_cycle', message, { path })
}

/** Sorts items so that parents come before their children. */
const inOrder = (
  entries: readonly Entry[],
  refs: ReadonlyMap<string, number>,
): readonly Entry[] => {
  const byKey = new Map(entries.flatMap((one) => (one.item.id ? [[one.item.id, one]] : [])))
  const sorted = new Set<Entry>()
  const put = (entry: Entry, from: ReadonlySet<Entry>): void => {
    const parent = entry.item.parent ?? ''
    const ref = refs.get(parent)
    const above = ref === undefined ? byKey.get(parent) : entries[ref]
    // Tasks that become parents of each other are found by the search for circles.
    if (above && !from.has(above) && !sorted.has(above)) put(above, new Set([...from, above]))
    sorted.add(entry)
  }
  for (const entry of entries) if (!sorted.has(entry)) put(entry, new Set([entry]))
  return [...sorted]
}

/** Lists the keys in whose projects an item needs the right to write. */
export const scopeOf = (
  items: readonly Pick<Item, 'id' | 'parent' | 'depends_on'>[],
  project: string | undefined,
): readonly string[] => {
  const owners = items.flatMap((item) => {
    if (item.id !== undefined) return [item.id]
    if (item.parent && KEY.test(item.parent)) return [item.parent]
    if (project !== undefined || item.parent) return []
    return linksOf({ ...item })
      .filter((name) => KEY.test(name))
      .slice(0, 1)
  })
  const keys = [...(project === undefined ? [] : [project]), ...owners]
  // One key of each project is enough; of many thousand the same right would be asked.
  return [
    ...new Map(
      keys.map((key) => [key.includes('-') ? partsOfKey(key).project : key, key]),
    ).values(),
  ]
}
