import { refuse } from '../../kernel/refusal.ts'
import {
  findCycle,
  type Graph,
  headsOf,
  type Membership,
  VISITED_MAX,
  type Wait,
} from '../domain/dependency-graph.ts'
import { readList, unfit } from '../domain/task-change.ts'
import { type Edge, edgeName, readLink, storedEdge } from '../domain/task-link.ts'
import { DEPENDENCIES_MAX, isClosed } from '../domain/words.ts'
import type { Draft } from './draft-items.ts'
import { type Batch, named, type SaveWords } from './load-items.ts'
import type { Shift } from './claim-ports.ts'
import type { KeyedEdge } from './save-ports.ts'

/** The edges that a batch adds and takes away; `closed` are tasks that nobody waits for. */
export type Links = Readonly<{
  add: readonly Edge[]
  remove: readonly KeyedEdge[]
  closed: ReadonlySet<string>
}>

/** Decides the edges of a batch and refuses a circle, with its path. */
export const draftLinks = async (
  words: SaveWords,
  batch: Batch,
  drafts: readonly Draft[],
): Promise<Links> => {
  const linking = drafts.filter(({ item }) => item.depends_on !== undefined)
  const existing = linking.flatMap(({ before }) => before?.taskId ?? [])
  const known = existing.length === 0 ? [] : await words.edges.of(existing)
  const changes = linking.map((draft) => linksOfOne(batch, draft, known))
  const add = unique(changes.flatMap((change) => change.add))
  const remove = unique(changes.flatMap((change) => change.remove))
  const closed = await closedOf(words, { batch, drafts, remove })
  await guardCycles(words, { drafts, add, remove })
  return { add, remove, closed }
}

/** Writes the edges of a batch and counts open blockers anew where they change. */
export const writeLinks = async (words: SaveWords, links: Links): Promise<readonly Shift[]> => {
  const { add, remove, closed } = links
  if (remove.length > 0) await words.edges.remove(remove)
  if (add.length > 0) await words.edges.add(add, words.call.now)
  const counts = new Map<string, number>()
  const count = (edges: readonly Edge[], by: number) => {
    for (const { taskId, kind, toId } of edges) {
      if (kind !== 'blocks' || closed.has(toId)) continue
      counts.set(taskId, (counts.get(taskId) ?? 0) + by)
    }
  }
  count(add, 1)
  count(remove, -1)
  const changes = [...counts].map(([taskId, by]) => ({ taskId, by }))
  return words.counters.blockers(changes.filter(({ by }) => by !== 0))
}

const unique = <E extends Edge>(edges: readonly E[]): readonly E[] => [
  ...new Map(edges.map((edge) => [edgeName(edge), edge])).values(),
]

type LinkChange = Readonly<{ add: readonly Edge[]; remove: readonly KeyedEdge[] }>

const linksOfOne = (batch: Batch, draft: Draft, known: readonly KeyedEdge[]): LinkChange => {
  const { item, before, at, taskId } = draft
  const field = at('depends_on')
  const change = readList(item.depends_on ?? [], field, {
    exists: before !== null,
    hasVersion: item.version !== undefined,
  })
  const edgeOf = (text: string): Edge => {
    const link = readLink(text)
    if (!link) throw unfit(field, `"${text}" starts with no kind of dependency.`)
    const { taskId: toId } = named(batch, link.to, field)
    if (toId !== taskId) return storedEdge({ taskId, kind: link.kind, toId })
    const message = `${link.to} cannot depend on itself; leave it out.`
    throw refuse('conflict', 'work.dependency_cycle', message, { field, path: [link.to] })
  }
  const own = known.filter(
    (edge) => edge.taskId === taskId || (edge.kind === 'relates' && edge.toId === taskId),
  )
  const ownNames = new Set(own.map(edgeName))
  const wanted = (change.kind === 'replace' ? change.values : change.add).map(edgeOf)
  const wantedNames = new Set(wanted.map(edgeName))
  // A plain list replaces the blockers, and of the other kinds those that it speaks of.
  const kinds = new Set(['blocks', ...wanted.map(({ kind }) => kind)])
  const gone = new Set(
    change.kind === 'modify' ? change.remove.map((text) => edgeName(edgeOf(text))) : [],
  )
  const remove = own.filter((edge) =>
    change.kind === 'replace'
      ? kinds.has(edge.kind) && !wantedNames.has(edgeName(edge))
      : gone.has(edgeName(edge)),
  )
  const add = wanted.filter((edge) => !ownNames.has(edgeName(edge)))
  if (own.length - remove.length + add.length > DEPENDENCIES_MAX) {
    throw unfit(field, `a task has ${DEPENDENCIES_MAX} dependencies at most.`)
  }
  return { add, remove }
}

type Removing = Readonly<{
  batch: Batch
  drafts: readonly Draft[]
  remove: readonly KeyedEdge[]
}>

/** Finds out which tasks are closed when the edges are written; what goes away is locked first. */
const closedOf = async (
  { saves }: SaveWords,
  { batch, drafts, remove }: Removing,
): Promise<ReadonlySet<string>> => {
  const tasks = [...batch.tasks.values()]
  const isKnown = new Set(tasks.map(({ taskId }) => taskId))
  const others = remove.filter(({ toId }) => !isKnown.has(toId)).map(({ toKey }) => toKey)
  const locked = others.length === 0 ? [] : [...(await saves.lock(others, [])).values()]
  const made = drafts.filter(({ before }) => before === null)
  return new Set([
    ...[...tasks, ...locked].filter(({ category }) => isClosed(category)).map((one) => one.taskId),
    ...made.filter(({ goal }) => isClosed(goal.category)).map((one) => one.taskId),
  ])
}

type Adding = Readonly<{
  drafts: readonly Draft[]
  add: readonly Edge[]
  remove: readonly Edge[]
}>

const guardCycles = async (words: SaveWords, { drafts, add, remove }: Adding): Promise<void> => {
  const waitOf = ({ taskId, toId }: Edge): Wait => ({ waiter: taskId, blocker: toId })
  const waits = add.filter(({ kind }) => kind === 'blocks').map(waitOf)
  const moved = drafts.filter(({ before, plot }) => before && plot.parentId !== before.parentId)
  // A new task below another closes no circle by itself: nothing leads to it but its parent.
  if (waits.length === 0 && moved.every(({ plot }) => plot.parentId === null)) return
  const planted = drafts.filter(
    ({ before }) => before === null || moved.some((one) => one.before === before),
  )
  const members = planted.flatMap(({ taskId, plot }): Membership[] =>
    plot.parentId === null ? [] : [{ child: taskId, parent: plot.parentId }],
  )
  const heads = headsOf({ waits, members })
  const around = await words.edges.reachable(heads, VISITED_MAX * 2)
  const size = around.waits.length + around.members.length
  const graph = without(around, {
    waits: remove.filter(({ kind }) => kind === 'blocks').map(waitOf),
    children: new Set(planted.map(({ taskId }) => taskId)),
  })
  const whole = { waits: [...graph.waits, ...waits], members: [...graph.members, ...members] }
  const found = size >= VISITED_MAX * 2 ? ({ kind: 'too_large' } as const) : findCycle(whole, heads)
  if (found.kind === 'none') return
  if (found.kind === 'too_large') {
    const message = `These edges reach more than ${VISITED_MAX} tasks; split the graph first.`
    throw refuse('conflict', 'work.graph_too_large', message, { max: VISITED_MAX })
  }
  throw await circle(words, drafts, found.taskIds)
}

const without = (
  graph: Graph,
  gone: Readonly<{ waits: readonly Wait[]; children: ReadonlySet<string> }>,
): Graph => {
  const names = new Set(gone.waits.map(({ waiter, blocker }) => `${waiter}/${blocker}`))
  return {
    waits: graph.waits.filter(({ waiter, blocker }) => !names.has(`${waiter}/${blocker}`)),
    members: graph.members.filter(({ child }) => !gone.children.has(child)),
  }
}

const circle = async (words: SaveWords, drafts: readonly Draft[], taskIds: readonly string[]) => {
  const keys = await words.edges.keys(taskIds)
  const refs = new Map(
    drafts.map(({ taskId, item, index }) => [taskId, item.ref ?? `items[${index}]`]),
  )
  const path = taskIds.map((id) => keys.get(id) ?? refs.get(id) ?? '?')
  const shown = [...path, path[0] ?? ''].join(' > ')
  const message = `These tasks would wait for each other: ${shown}; leave one of these edges out.`
  return refuse('conflict', 'work.dependency_cycle', message, { path })
}
