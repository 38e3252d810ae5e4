// Plays a plan through by the rules of the queue: what is ready now, and what follows from it.
import { assert } from '../../kernel/assert.ts'
import { type Category, isClosed } from './words.ts'

/** Holds what the queue's rules need to know of a task; other tasks are named by index. */
export type WaveTask = Readonly<{
  category: Category
  flagged: boolean
  archived: boolean
  parent: number | null
  blockers: readonly number[]
}>

/** Says how a plan would be worked off if every ready task were finished, wave by wave. */
export type Waves = Readonly<{
  open: number
  queued: number
  ready: number
  finished: number
  sizes: readonly number[]
  /** Open tasks outside the queue, and how many queued tasks end up waiting for each. */
  waiting: readonly Readonly<{ task: number; count: number }>[]
}>

type Live = {
  readonly tasks: readonly WaveTask[]
  readonly children: readonly number[][]
  readonly waiters: readonly number[][]
  readonly open: boolean[]
  readonly openBlockers: number[]
  readonly openChildren: number[]
  readonly heldAbove: number[]
}

const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index]
  assert(value !== undefined, `no element ${index}`)
  return value
}

const isOpen = ({ category }: WaveTask) => !isClosed(category)
const isQueued = (task: WaveTask) =>
  task.category === 'unstarted' && !task.flagged && !task.archived

/** Finishes all ready tasks wave by wave and counts; nothing may wait in a circle. */
export function playWaves(tasks: readonly WaveTask[]): Waves {
  const live = liveOf(tasks)
  const all = tasks.map((_, index) => index)
  const queued = all.filter((index) => isQueued(at(tasks, index)))
  const sizes: number[] = []
  let wave = queued.filter((index) => isReady(live, index))
  while (wave.length > 0) {
    sizes.push(wave.length)
    const touched = new Set(wave.flatMap((index) => finish(live, index)))
    wave = [...touched].filter((index) => isReady(live, index)).toSorted((a, b) => a - b)
  }
  return {
    open: tasks.filter(isOpen).length,
    queued: queued.length,
    ready: sizes[0] ?? 0,
    finished: sizes.reduce((sum, size) => sum + size, 0),
    sizes,
    waiting: whatWaits(
      live,
      queued.filter((index) => at(live.open, index)),
    ),
  }
}

function liveOf(tasks: readonly WaveTask[]): Live {
  const live: Live = {
    tasks,
    children: tasks.map(() => []),
    waiters: tasks.map(() => []),
    open: tasks.map(isOpen),
    openBlockers: tasks.map(() => 0),
    openChildren: tasks.map(() => 0),
    heldAbove: tasks.map(() => 0),
  }
  for (const [index, task] of tasks.entries()) {
    for (const blocker of task.blockers) {
      at(live.waiters, blocker).push(index)
      if (at(live.open, blocker)) live.openBlockers[index] = at(live.openBlockers, index) + 1
    }
    if (task.parent === null) continue
    at(live.children, task.parent).push(index)
    if (at(live.open, index)) {
      live.openChildren[task.parent] = at(live.openChildren, task.parent) + 1
    }
  }
  for (const index of tasks.keys()) {
    if (holdsSubtree(live, index)) shiftHeld(live, index, 1)
  }
  return live
}

const holdsSubtree = (live: Live, index: number) =>
  at(live.open, index) && (at(live.tasks, index).flagged || at(live.openBlockers, index) > 0)

function shiftHeld(live: Live, top: number, by: number): number[] {
  const below = [...at(live.children, top)]
  // The list grows while it is walked: children of children follow their parents.
  for (const index of below) {
    live.heldAbove[index] = at(live.heldAbove, index) + by
    below.push(...at(live.children, index))
  }
  return below
}

const isReady = (live: Live, index: number) =>
  isQueued(at(live.tasks, index)) &&
  at(live.open, index) &&
  at(live.openBlockers, index) === 0 &&
  at(live.openChildren, index) === 0 &&
  at(live.heldAbove, index) === 0

/** Closes a ready task and names every task whose counters that changed. */
function finish(live: Live, index: number): number[] {
  live.open[index] = false
  const touched: number[] = []
  const { parent } = at(live.tasks, index)
  if (parent !== null) {
    live.openChildren[parent] = at(live.openChildren, parent) - 1
    touched.push(parent)
  }
  for (const waiter of at(live.waiters, index)) {
    const held = holdsSubtree(live, waiter)
    live.openBlockers[waiter] = at(live.openBlockers, waiter) - 1
    touched.push(waiter)
    if (held && !holdsSubtree(live, waiter)) touched.push(...shiftHeld(live, waiter, -1))
  }
  return touched
}

function whatWaits(live: Live, stuck: readonly number[]): Waves['waiting'] {
  const roots = new Map<number, number>()
  const counts = new Map<number, number>()
  for (const index of stuck) {
    const root = rootOf(live, index, roots)
    counts.set(root, (counts.get(root) ?? 0) + 1)
  }
  return [...counts]
    .map(([task, count]) => ({ task, count }))
    .toSorted((a, b) => b.count - a.count || a.task - b.task)
}

/** Follows the first reason of each task until one is reached that is not in the queue. */
function rootOf(live: Live, index: number, known: Map<number, number>): number {
  const trail: number[] = []
  let here = index
  let root = known.get(here)
  while (root === undefined) {
    const why = isQueued(at(live.tasks, here)) ? reasonOf(live, here) : undefined
    if (why === undefined) root = here
    else {
      trail.push(here)
      assert(trail.length <= live.tasks.length, 'tasks wait for each other in a circle')
      here = why
      root = known.get(here)
    }
  }
  for (const passed of trail) known.set(passed, root)
  return root
}

function reasonOf(live: Live, index: number): number | undefined {
  const isStillOpen = (other: number) => at(live.open, other)
  const task = at(live.tasks, index)
  const blocker = task.blockers.find(isStillOpen)
  if (blocker !== undefined) return blocker
  for (let up = task.parent; up !== null; up = at(live.tasks, up).parent) {
    if (!holdsSubtree(live, up)) continue
    return at(live.tasks, up).flagged ? up : at(live.tasks, up).blockers.find(isStillOpen)
  }
  return at(live.children, index).find(isStillOpen)
}
