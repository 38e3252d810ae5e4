import { findClosingEdges, type GateEdge } from '../domain/import-cycles.ts'
import type { PlannedTask } from '../domain/import-plan.ts'
import { type ImportProblem, problemOf } from '../domain/import-row.ts'
import { type Edge, edgeName, storedEdge } from '../domain/task-link.ts'
import { idOf, type ImportGround } from './import-fresh.ts'
import type { Edit } from './import-edit.ts'
import type { ImportGraph, Kept, TransferNeeds } from './transfer-ports.ts'

/** What a repeated import does to edges, after circles with edges of ours were opened. */
export type EdgePlan = Readonly<{
  add: readonly Edge[]
  remove: readonly Edge[]
  /** Tasks that keep their place in the tree: the source's parent would close a circle. */
  refusedParents: ReadonlySet<string>
  /** The edges of a task that the import answers for from now on. */
  kept: ReadonlyMap<string, Kept['edges']>
  problems: readonly ImportProblem[]
}>

type Wish = Readonly<{
  kind: Edge['kind'] | 'parent'
  from: string
  to: string
  task: PlannedTask
  /** The foreign id that it leads to. */
  name: string
}>

/**
 * Plans the edges of new and changed tasks. The plan is free of circles in itself; together with
 * edges that were made here it may not be: then the source's edge becomes `relates`.
 */
export const planEdges = async (
  { imports }: TransferNeeds,
  ground: ImportGround,
  given: Readonly<{ fresh: readonly PlannedTask[]; edits: readonly Edit[] }>,
): Promise<EdgePlan> => {
  const { fresh, edits } = given
  const joined = edits.filter(({ change }) => change.has('edges'))
  const before = joined.flatMap(({ moved: { link } }) => storedOf(ground, link))
  const wishes = [
    ...edits.flatMap((edit) => parentWish(ground, edit)),
    ...fresh.flatMap((task) => edgeWishes(ground, task)),
    ...joined.flatMap(({ moved: { task } }) => (task === null ? [] : edgeWishes(ground, task))),
  ]
  const wanted = new Set(wishes.flatMap((wish) => (isParent(wish) ? [] : edgeName(rowOf(wish)))))
  const remove = before.filter((edge) => !wanted.has(edgeName(edge)))
  const gates = wishes.filter(({ kind }) => kind === 'parent' || kind === 'blocks')
  const closing =
    gates.length === 0
      ? new Set<Wish>()
      : closingOf(await imports.graph(), { gates, remove, edits })
  const settled = wishes.map((wish) => ({ wish, isClosing: closing.has(wish) }))
  const rows = settled
    .filter(({ wish, isClosing }) => !isParent(wish) || isClosing)
    .map(({ wish, isClosing }) => ({ wish, row: rowOf(wish, isClosing ? 'relates' : null) }))
  return {
    add: [...new Map(rows.map(({ row }) => [edgeName(row), row])).values()],
    remove,
    refusedParents: new Set([...closing].filter(isParent).map(({ from }) => from)),
    kept: keptOf(joined, settled),
    problems: [...closing].map(problem),
  }
}

const isParent = ({ kind }: Wish): boolean => kind === 'parent'

const storedOf = (ground: ImportGround, link: Edit['moved']['link']): readonly Edge[] =>
  link.kept.edges.flatMap(({ kind, to }) => {
    const toId = idOf(ground, to)
    return toId === '' ? [] : storedEdge({ taskId: link.taskId, kind, toId })
  })

const edgeWishes = (ground: ImportGround, task: PlannedTask): readonly Wish[] =>
  task.values.edges.map(({ kind, to }) => ({
    kind,
    from: idOf(ground, task.externalId),
    to: idOf(ground, to),
    task,
    name: to,
  }))

const parentWish = (ground: ImportGround, { moved: { task }, change }: Edit): readonly Wish[] => {
  const name = task?.values.parent ?? null
  if (task === null || name === null || !change.has('parent')) return []
  const from = idOf(ground, task.externalId)
  return [{ kind: 'parent', from, to: idOf(ground, name), task, name }]
}

const rowOf = ({ kind, from, to }: Wish, instead: 'relates' | null = null): Edge => {
  const own = kind === 'parent' ? 'relates' : kind
  return storedEdge({ taskId: from, kind: instead ?? own, toId: to })
}

type Gates = Readonly<{
  gates: readonly Wish[]
  remove: readonly Edge[]
  edits: readonly Edit[]
}>

/** Finds the wishes that would close a circle with what stands already. */
const closingOf = (graph: ImportGraph, { gates, remove, edits }: Gates): ReadonlySet<Wish> => {
  const gone = new Set(remove.map(edgeName))
  const known = new Set(
    gates.filter(({ kind }) => kind === 'blocks').map((one) => edgeName(rowOf(one))),
  )
  const replanted = new Set(
    edits.filter(({ change }) => change.has('parent')).map(({ standing }) => standing.id),
  )
  const places = new Map<string, number>()
  const placeOf = (id: string): number => {
    const place = places.get(id) ?? places.size
    places.set(id, place)
    return place
  }
  const standing: GateEdge[] = [
    ...graph.parents
      .filter(({ child }) => !replanted.has(child))
      .map(({ child, parent }) => ({
        kind: 'parent' as const,
        from: placeOf(child),
        to: placeOf(parent),
      })),
    ...graph.edges
      .filter((edge) => !gone.has(edgeName(edge)) && !known.has(edgeName(edge)))
      .map(({ taskId, toId }) => ({
        kind: 'blocks' as const,
        from: placeOf(taskId),
        to: placeOf(toId),
      })),
  ]
  const wished = gates.map(({ kind, from, to }): GateEdge => {
    const gate = kind === 'parent' ? 'parent' : 'blocks'
    return { kind: gate, from: placeOf(from), to: placeOf(to) }
  })
  const found = findClosingEdges(places.size, [...standing, ...wished])
  return new Set(found.flatMap(({ index }) => gates[index - standing.length] ?? []))
}

type Settled = Readonly<{ wish: Wish; isClosing: boolean }>

const keptOf = (
  joined: readonly Edit[],
  settled: readonly Settled[],
): ReadonlyMap<string, Kept['edges']> => {
  const edges = settled.filter(({ wish }) => !isParent(wish))
  const byTask = Map.groupBy(edges, ({ wish }) => wish.from)
  return new Map(
    joined.map(({ moved: { link } }) => [
      link.taskId,
      (byTask.get(link.taskId) ?? []).flatMap(({ wish: { kind, name }, isClosing }) =>
        kind === 'parent' ? [] : [{ kind: isClosing ? ('relates' as const) : kind, to: name }],
      ),
    ]),
  )
}

const problem = ({ kind, name, task }: Wish): ImportProblem => {
  const field = kind === 'parent' ? 'parent' : 'dependencies'
  const text = `Together with edges made here, ${name} closes a circle; it becomes relates.`
  const place = { externalId: task.externalId, at: { line: task.line, file: task.file } }
  return problemOf('warning', place, { code: 'import.cycle_opened', field, text })
}
