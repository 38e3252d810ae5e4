// Finds the edges that would make tasks wait for each other for ever, for a whole plan at once.
//
// Every task has a start and an end. A task starts before it ends; a waiting task starts after its
// blocker ends; a child starts after its parent starts and ends before its parent ends. A circle in
// that graph is a deadlock (so an edge to an ancestor or a descendant is one, too).
//
// Edges are accepted one by one in the given order, so the result depends on nothing else. The
// order of nodes is kept topological all the while: an edge that agrees with it costs nothing, any
// other searches only the nodes between its two ends. Nodes begin in reverse postorder of the whole
// graph, so a plan without circles needs no search at all.
import { assert } from '../../kernel/assert.ts'

/** Joins two tasks by index: `from` is the child or the waiting one, `to` parent or blocker. */
export type GateEdge = Readonly<{ kind: 'parent' | 'blocks'; from: number; to: number }>

/** Names an edge that closes a circle; `path` is the circle and ends with its first task. */
export type ClosingEdge = Readonly<{ index: number; path: readonly number[] }>

type Arc = readonly [number, number]
type Graph = {
  readonly out: number[][]
  readonly into: number[][]
  readonly place: number[]
}

const startOf = (task: number) => task * 2
const endOf = (task: number) => task * 2 + 1
const taskOf = (node: number) => Math.floor(node / 2)

const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index]
  assert(value !== undefined, `no element ${index}`)
  return value
}

const arcsOf = ({ kind, from, to }: GateEdge): readonly Arc[] =>
  kind === 'blocks'
    ? [[endOf(to), startOf(from)]]
    : [
        [startOf(to), startOf(from)],
        [endOf(from), endOf(to)],
      ]

/** Finds the edges that close a circle, taking edges in the given order and leaving those out. */
export function findClosingEdges(taskCount: number, edges: readonly GateEdge[]): ClosingEdge[] {
  const own = Array.from({ length: taskCount }, (_, task): Arc => [startOf(task), endOf(task)])
  const graph: Graph = {
    out: Array.from({ length: taskCount * 2 }, () => []),
    into: Array.from({ length: taskCount * 2 }, () => []),
    place: firstOrder(taskCount * 2, [...own, ...edges.flatMap(arcsOf)]),
  }
  for (const arc of own) {
    const circle = insert(graph, arc)
    assert(circle === null, 'a task alone cannot be a circle')
  }
  const closing: ClosingEdge[] = []
  for (const [index, edge] of edges.entries()) {
    const circle = edge.from === edge.to ? [startOf(edge.from)] : insertAll(graph, arcsOf(edge))
    if (circle) closing.push({ index, path: tasksAlong(circle) })
  }
  return closing
}

function insertAll(graph: Graph, arcs: readonly Arc[]): number[] | null {
  const done: Arc[] = []
  for (const arc of arcs) {
    const circle = insert(graph, arc)
    if (circle) {
      // Taking arcs out never breaks a topological order, so the order may stay as it is.
      for (const [from, to] of done) {
        at(graph.out, from).pop()
        at(graph.into, to).pop()
      }
      return circle
    }
    done.push(arc)
  }
  return null
}

/** Adds one arc, or gives back the nodes from its head to its tail if it would close a circle. */
function insert(graph: Graph, [from, to]: Arc): number[] | null {
  const { out, into, place } = graph
  if (at(place, from) > at(place, to)) {
    const ahead = reach(to, (node) =>
      at(out, node).filter((next) => at(place, next) <= at(place, from)),
    )
    if (ahead.has(from)) return pathBack(ahead, from)
    const behind = reach(from, (node) =>
      at(into, node).filter((next) => at(place, next) >= at(place, to)),
    )
    reorder(place, [...behind.keys()], [...ahead.keys()])
  }
  at(out, from).push(to)
  at(into, to).push(from)
  return null
}

/** Walks from a node and remembers from where each node was reached. */
function reach(origin: number, nextOf: (node: number) => number[]): Map<number, number | null> {
  const seen = new Map<number, number | null>([[origin, null]])
  const open = [origin]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const next of nextOf(node)) {
      if (seen.has(next)) continue
      seen.set(next, node)
      open.push(next)
    }
  }
  return seen
}

function pathBack(seen: ReadonlyMap<number, number | null>, last: number): number[] {
  const path = [last]
  for (let node = seen.get(last); node !== null && node !== undefined; node = seen.get(node)) {
    path.push(node)
  }
  return path.toReversed()
}

function reorder(place: number[], behind: number[], ahead: number[]): void {
  const byPlace = (a: number, b: number) => at(place, a) - at(place, b)
  const nodes = [...behind.toSorted(byPlace), ...ahead.toSorted(byPlace)]
  const places = nodes.map((node) => at(place, node)).toSorted((a, b) => a - b)
  for (const [index, node] of nodes.entries()) {
    place[node] = at(places, index)
  }
}

/** Orders the nodes so that every arc of a graph without circles points forward. */
function firstOrder(count: number, arcs: readonly Arc[]): number[] {
  const out: number[][] = Array.from({ length: count }, () => [])
  for (const [from, to] of arcs) at(out, from).push(to)
  const place: number[] = Array.from({ length: count }, () => -1)
  const seen = new Set<number>()
  let next = count
  for (let root = count - 1; root >= 0; root -= 1) {
    if (seen.has(root)) continue
    seen.add(root)
    const trail = [{ node: root, branch: 0 }]
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const to = at(out, top.node)[top.branch]
      top.branch += 1
      if (to === undefined) {
        next -= 1
        place[top.node] = next
        trail.pop()
      } else if (!seen.has(to)) {
        seen.add(to)
        trail.push({ node: to, branch: 0 })
      }
    }
  }
  return place
}

function tasksAlong(nodes: readonly number[]): number[] {
  const tasks = nodes.map(taskOf)
  const path = tasks.filter((task, index) => task !== tasks[index - 1])
  return [...path, ...path.slice(0, 1)]
}
