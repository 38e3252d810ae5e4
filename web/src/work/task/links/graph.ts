import type { Task } from '../../../../../src/work/contract.ts'

/** A task in the picture of what waits for what. */
export type GraphNode = Readonly<{ key: string; title: string; category: Task['category'] }>

/** `from` has to be closed before `to` can begin. */
export type GraphEdge = Readonly<{ from: string; to: string }>

/** Tasks around one, and how they wait for each other. */
export type Graph = Readonly<{
  center: string
  nodes: readonly GraphNode[]
  edges: readonly GraphEdge[]
  /** How many had no room. */
  left: number
}>

type Known = Pick<Task, 'key' | 'title' | 'category' | 'links'>

/** Tasks that one picture shows. */
export const NODES_MAX = 60

/** Lists the tasks next to one, on either side. */
export const neighbourKeys = ({ links }: Pick<Task, 'links'>): readonly string[] => [
  ...new Set(links.filter(({ kind }) => kind === 'blocks').map(({ key }) => key)),
]

/** Makes the picture of a task, its neighbours, and those on the far side of them. */
export const graphOf = (task: Known, neighbours: readonly Known[]): Graph => {
  const nodes = new Map<string, GraphNode>([[task.key, nodeOf(task)]])
  const edges = new Map<string, GraphEdge>()
  const missed = new Set<string>()
  const add = (from: Known, wanted: 'out' | 'in' | null): void => {
    for (const link of from.links) {
      if (link.kind !== 'blocks' || (wanted !== null && link.direction !== wanted)) continue
      if (!nodes.has(link.key) && nodes.size >= NODES_MAX) {
        missed.add(link.key)
        continue
      }
      if (!nodes.has(link.key)) nodes.set(link.key, nodeOf(link))
      const [first, then] = link.direction === 'out' ? [link.key, from.key] : [from.key, link.key]
      edges.set(`${first} ${then}`, { from: first, to: then })
    }
  }
  add(task, null)
  for (const { key, direction, kind } of task.links) {
    const neighbour = neighbours.find((one) => one.key === key)
    // Behind what it waits for is what that waits for, and the other way round.
    if (kind === 'blocks' && neighbour !== undefined) add(neighbour, direction)
  }
  return {
    center: task.key,
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    left: missed.size,
  }
}

const nodeOf = ({ key, title, category }: GraphNode): GraphNode => ({ key, title, category })

/** A task at its place. */
export type PlacedNode = GraphNode & Readonly<{ x: number; y: number; column: number }>

/** A picture with every task at its place, and the lines between them. */
export type Layout = Readonly<{
  nodes: readonly PlacedNode[]
  lines: readonly Readonly<{ id: string; path: string; isNear: boolean }>[]
  width: number
  height: number
}>

/** Sizes of the picture in pixels. */
export const NODE_W = 176
export const NODE_H = 46
const GAP_X = 44
const GAP_Y = 10
const EDGE = 2

/** Places the tasks from left to right: whatever waits stands to the right of what it waits for. */
export const layoutGraph = (graph: Graph): Layout => {
  const columns = ordered(graph, columnsOf(graph))
  const tallest = Math.max(...columns.map((column) => column.length))
  const height = tallest * (NODE_H + GAP_Y) - GAP_Y
  const nodes = columns.flatMap((column, at) => {
    const top = (height - (column.length * (NODE_H + GAP_Y) - GAP_Y)) / 2
    return column.map((node, row) => ({
      ...node,
      ...{ column: at, x: EDGE + at * (NODE_W + GAP_X), y: EDGE + top + row * (NODE_H + GAP_Y) },
    }))
  })
  const places = new Map(nodes.map((node) => [node.key, node]))
  const lines = graph.edges.flatMap(({ from, to }) => {
    const [a, b] = [places.get(from), places.get(to)]
    if (a === undefined || b === undefined) return []
    const isNear = from === graph.center || to === graph.center
    return [{ id: `${from} ${to}`, path: curve(a, b), isNear }]
  })
  const width = columns.length * (NODE_W + GAP_X) - GAP_X
  return { nodes, lines, width: width + 2 * EDGE, height: height + 2 * EDGE }
}

const curve = (a: PlacedNode, b: PlacedNode): string => {
  const [x1, y1] = [a.x + NODE_W, a.y + NODE_H / 2]
  const [x2, y2] = [b.x, b.y + NODE_H / 2]
  const bend = (x1 + x2) / 2
  return `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`
}

// The length of the longest way decides: a task stands right of everything that it waits for.
const columnsOf = ({ nodes, edges }: Graph): readonly (readonly GraphNode[])[] => {
  const depth = new Map(nodes.map(({ key }) => [key, 0]))
  // No way is longer than there are tasks; dependencies run in no circle.
  for (let round = 0; round < nodes.length; round++) {
    let isMoved = false
    for (const { from, to } of edges) {
      const wanted = (depth.get(from) ?? 0) + 1
      if ((depth.get(to) ?? 0) >= wanted) continue
      depth.set(to, wanted)
      isMoved = true
    }
    if (!isMoved) break
  }
  pullRight(depth, edges)
  const deepest = Math.max(0, ...depth.values())
  return Array.from({ length: deepest + 1 }, (_, at) =>
    nodes.filter(({ key }) => depth.get(key) === at),
  ).filter((column) => column.length > 0)
}

// What nothing stands before goes as far right as what waits for it allows: short lines.
const pullRight = (depth: Map<string, number>, edges: readonly GraphEdge[]): void => {
  const targets = new Set(edges.map(({ to }) => to))
  for (const { from } of edges) {
    if (targets.has(from)) continue
    const after = edges.flatMap((edge) => (edge.from === from ? (depth.get(edge.to) ?? 1) : []))
    depth.set(from, Math.max(0, Math.min(...after) - 1))
  }
}

const SWEEPS = 2

// Each task moves to the middle of those that it is tied to in the column before.
const ordered = (
  { edges }: Graph,
  columns: readonly (readonly GraphNode[])[],
): readonly (readonly GraphNode[])[] => {
  let result = columns
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const rows = new Map(result.flatMap((column) => column.map((node, row) => [node.key, row])))
    const middle = (key: string): number => {
      const near = edges.flatMap(({ from, to }) =>
        from === key ? (rows.get(to) ?? 0) : to === key ? (rows.get(from) ?? 0) : [],
      )
      return near.length === 0 ? 0 : near.reduce((sum, row) => sum + row, 0) / near.length
    }
    result = result.map((column) => [...column].sort((a, b) => middle(a.key) - middle(b.key)))
  }
  return result
}
