// A task has a start and an end. It starts before it ends; what it waits for ends before it
// starts; a child starts after its parent has started and ends before its parent ends. Work is
// possible in some order exactly when these "comes before" arrows run in no circle.

/** Tasks that one change may make us visit before it is refused as too large. */
export const VISITED_MAX = 50_000

/** `waiter` waits until `blocker` is closed. */
export type Wait = Readonly<{ waiter: string; blocker: string }>

/** `child` is a subtask of `parent`. */
export type Membership = Readonly<{ child: string; parent: string }>

/** The part of an organisation's graph that a change can reach. */
export type Graph = Readonly<{ waits: readonly Wait[]; members: readonly Membership[] }>

/** One end of a task: where a search through the graph stands. */
export type Point = Readonly<{ taskId: string; side: 'start' | 'end' }>

/** What a search for a circle found. */
export type CycleSearch =
  | Readonly<{ kind: 'none' }>
  /** The tasks of the circle, each before the next and the last before the first. */
  | Readonly<{ kind: 'cycle'; taskIds: readonly string[] }>
  | Readonly<{ kind: 'too_large' }>

/** Lists the points that new edges lead to: a new circle runs through one of them. */
export const headsOf = ({ waits, members }: Graph): readonly Point[] => [
  ...waits.map(({ waiter }): Point => ({ taskId: waiter, side: 'start' })),
  ...members.flatMap(({ child, parent }): Point[] => [
    { taskId: child, side: 'start' },
    { taskId: parent, side: 'end' },
  ]),
]

type Frame = { name: string; next: readonly string[]; at: number }

/** Searches for a circle from the given points on, along every arrow of the graph. */
export const findCycle = (graph: Graph, heads: readonly Point[]): CycleSearch => {
  const arrows = arrowsOf(graph)
  const next = (name: string): readonly string[] => {
    const own = name.startsWith(START) ? [END + name.slice(START.length)] : []
    return [...own, ...(arrows.get(name) ?? [])]
  }
  const done = new Set<string>()
  const open = new Map<string, number>()
  for (const head of heads) {
    const path: Frame[] = []
    const enter = (name: string) => {
      open.set(name, path.length)
      path.push({ name, next: next(name), at: 0 })
    }
    if (!done.has(nameOf(head))) enter(nameOf(head))
    for (let frame = path.at(-1); frame; frame = path.at(-1)) {
      const goal = frame.next[frame.at++]
      if (goal === undefined) {
        path.pop()
        open.delete(frame.name)
        done.add(frame.name)
        if (done.size > VISITED_MAX) return { kind: 'too_large' }
        continue
      }
      const begin = open.get(goal)
      if (begin !== undefined) return { kind: 'cycle', taskIds: tasksOf(path.slice(begin)) }
      if (!done.has(goal)) enter(goal)
    }
  }
  return { kind: 'none' }
}

const START = 's:'
const END = 'e:'

const nameOf = ({ taskId, side }: Point): string => (side === 'start' ? START : END) + taskId

const arrowsOf = ({ waits, members }: Graph): ReadonlyMap<string, readonly string[]> => {
  const arrows = new Map<string, string[]>()
  const add = (from: string, to: string) => {
    const known = arrows.get(from)
    if (known) known.push(to)
    else arrows.set(from, [to])
  }
  for (const { waiter, blocker } of waits) add(END + blocker, START + waiter)
  for (const { child, parent } of members) {
    add(START + parent, START + child)
    add(END + child, END + parent)
  }
  return arrows
}

/** Names each task of a path once where its two ends follow each other. */
const tasksOf = (path: readonly Frame[]): readonly string[] => {
  const ids = path.map(({ name }) => name.slice(START.length))
  const kept = ids.filter((id, index) => id !== ids[index - 1])
  return kept.length > 1 && kept[0] === kept.at(-1) ? kept.slice(1) : kept
}
