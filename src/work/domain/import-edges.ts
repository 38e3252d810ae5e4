// Joins rows by their foreign ids: edges with both ends, without deadlock, within the limits.
import { findClosingEdges, type GateEdge } from './import-cycles.ts'
import { type ImportEdge, type ImportPlace, type ImportProblem, problemOf } from './import-row.ts'
import { DEPENDENCIES_MAX, type DependencyKind, TASK_DEPTH_MAX } from './words.ts'

/** Holds what is needed of a row to join it to others. */
export type JoinRow = Readonly<{
  externalId: string
  at: ImportPlace
  parents: readonly string[]
  edges: readonly ImportEdge[]
}>

/** Joins two rows by index; `relates` has no direction and stands once. */
export type JoinedEdge = Readonly<{ kind: DependencyKind; from: number; to: number }>

/** Holds the joined rows: a parent (or null) for each, and all edges. */
export type Joined = Readonly<{
  parents: readonly (number | null)[]
  edges: readonly JoinedEdge[]
  /** Edges that led to rows left out on purpose. */
  droppedEdges: number
  problems: readonly ImportProblem[]
}>

type Wish = { kind: DependencyKind | 'parent'; from: number; to: number; field: string }
type Found = { wishes: Wish[]; droppedEdges: number; problems: ImportProblem[] }

/** Joins rows in a fixed order: parents, then blockers, each by row, then as the row lists them. */
export function joinRows(rows: readonly JoinRow[], skipped: ReadonlySet<string>): Joined {
  const found = findTargets(rows, skipped)
  const problems = [...found.problems]
  const parents: (number | null)[] = rows.map(() => null)
  const rest = found.wishes.filter(({ kind }) => kind !== 'parent' && kind !== 'blocks')
  for (const wish of openCircles(rows, found.wishes, problems)) {
    if (wish.kind === 'parent') parents[wish.from] = wish.to
    else rest.push(wish)
  }
  for (const { from, to } of cutDeep(rows, parents, problems)) {
    rest.push({ kind: 'relates', from, to, field: 'parent' })
  }
  const edges = withinLimit(rows, single(rest), problems)
  return { parents, edges, droppedEdges: found.droppedEdges, problems }
}

function findTargets(rows: readonly JoinRow[], skipped: ReadonlySet<string>): Found {
  const places = new Map(rows.map((row, index) => [row.externalId, index]))
  const found: Found = { wishes: [], droppedEdges: 0, problems: [] }
  for (const [from, row] of rows.entries()) {
    const look = (to: string, field: string): number[] => {
      const place = places.get(to)
      if (place === from) {
        const text = 'The task points to itself; that edge is left out.'
        found.problems.push(problemOf('warning', row, { code: 'import.self_edge', field, text }))
        return []
      }
      if (place !== undefined) return [place]
      if (skipped.has(to)) found.droppedEdges += 1
      else {
        const text = `There is no ${shown(to)} in this import; that edge is left out.`
        found.problems.push(
          problemOf('warning', row, { code: 'import.unknown_target', field, text }),
        )
      }
      return []
    }
    const [parent, ...others] = row.parents.flatMap((to) => look(to, 'parent'))
    if (parent !== undefined)
      found.wishes.push({ kind: 'parent', from, to: parent, field: 'parent' })
    for (const to of others) found.wishes.push({ kind: 'relates', from, to, field: 'parent' })
    for (const { kind, to, field } of row.edges) {
      for (const place of look(to, field)) found.wishes.push({ kind, from, to: place, field })
    }
  }
  return found
}

/** Turns the edges that would close a circle into `relates` and gives back all that can hold. */
function openCircles(
  rows: readonly JoinRow[],
  wishes: readonly Wish[],
  problems: ImportProblem[],
): Wish[] {
  const gates: (Wish & GateEdge)[] = []
  for (const kind of ['parent', 'blocks'] as const) {
    for (const wish of wishes) if (wish.kind === kind) gates.push({ ...wish, kind })
  }
  const closing = new Map(
    findClosingEdges(rows.length, gates).map(({ index, path }) => [index, path]),
  )
  return gates.map((wish, index): Wish => {
    const path = closing.get(index)
    const row = rows[wish.from]
    if (!path || !row) return wish
    const circle = path.map((task) => shown(rows[task]?.externalId ?? '')).slice(0, 12)
    const text = `Waits in a circle (${circle.join(', ')}); the edge becomes relates.`
    const { field } = wish
    problems.push(problemOf('warning', row, { code: 'import.cycle_opened', field, text }))
    return { ...wish, kind: 'relates' }
  })
}

/** Takes the parents off tasks that would stand too deep, and names the pairs. */
function cutDeep(
  rows: readonly JoinRow[],
  parents: (number | null)[],
  problems: ImportProblem[],
): { from: number; to: number }[] {
  const depths = new Map<number, number>()
  const cut: { from: number; to: number }[] = []
  for (const index of rows.keys()) {
    const chain: number[] = []
    let top: number | null = index
    while (top !== null && !depths.has(top)) {
      chain.push(top)
      top = parents[top] ?? null
    }
    let depth = top === null ? 0 : (depths.get(top) ?? 0)
    for (const task of chain.toReversed()) {
      depth += 1
      const row = rows[task]
      const parent = parents[task] ?? null
      if (depth > TASK_DEPTH_MAX && parent !== null && row) {
        const text = `Subtasks go ${TASK_DEPTH_MAX} levels deep; the parent becomes relates.`
        const field = 'parent'
        problems.push(problemOf('warning', row, { code: 'import.too_deep', field, text }))
        cut.push({ from: task, to: parent })
        parents[task] = null
        depth = 1
      }
      depths.set(task, depth)
    }
  }
  return cut
}

function single(wishes: readonly Wish[]): Wish[] {
  const seen = new Set<string>()
  return wishes.filter(({ kind, from, to }) => {
    const pair = kind === 'relates' && from > to ? `${to} ${from}` : `${from} ${to}`
    const isNew = !seen.has(`${kind} ${pair}`)
    seen.add(`${kind} ${pair}`)
    return isNew
  })
}

function withinLimit(
  rows: readonly JoinRow[],
  wishes: readonly Wish[],
  problems: ImportProblem[],
): JoinedEdge[] {
  const counts = new Map<number, number>()
  const kept: JoinedEdge[] = []
  for (const { kind, from, to, field } of wishes) {
    const count = counts.get(from) ?? 0
    const row = rows[from]
    if (count < DEPENDENCIES_MAX && kind !== 'parent') kept.push({ kind, from, to })
    else if (row) {
      const text = `A task has at most ${DEPENDENCIES_MAX} edges; this one is left out.`
      problems.push(problemOf('warning', row, { code: 'import.too_many_edges', field, text }))
    }
    counts.set(from, count + 1)
  }
  return kept
}

/** Keeps the order of rows, but for parents, which move up before their first child. */
export function parentsFirst<T>(
  rows: readonly T[],
  joined: Joined,
): Readonly<{ rows: readonly T[]; joined: Joined }> {
  const order = new Set<number>()
  for (const index of rows.keys()) {
    const chain: number[] = []
    let up: number | null = index
    while (up !== null && !order.has(up)) {
      chain.push(up)
      up = joined.parents[up] ?? null
    }
    for (const one of chain.toReversed()) order.add(one)
  }
  const before = [...order]
  const after = new Map(before.map((old, index) => [old, index]))
  const move = (old: number) => after.get(old) ?? old
  const parents = before.map((old) => joined.parents[old] ?? null)
  return {
    rows: before.flatMap((old) => rows.slice(old, old + 1)),
    joined: {
      ...joined,
      parents: parents.map((parent) => (parent === null ? null : move(parent))),
      edges: joined.edges.map((edge) => ({ ...edge, from: move(edge.from), to: move(edge.to) })),
    },
  }
}

const shown = (externalId: string) =>
  externalId.length <= 60 ? externalId : `${externalId.slice(0, 59)}…`
