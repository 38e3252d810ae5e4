import type { Words } from '../../kernel/operation.ts'
import { type Prints, decideRerun, printOf, printsOf } from '../domain/import-fingerprint.ts'
import type { PlannedTask } from '../domain/import-plan.ts'
import { type ImportProblem, problemOf } from '../domain/import-row.ts'
import {
  columnFor,
  comparable,
  foldedLabels,
  orderedComments,
  printed,
} from '../domain/import-values.ts'
import { edgeName, storedEdge } from '../domain/task-link.ts'
import { isClosed } from '../domain/words.ts'
import { type EdgePlan, planEdges } from './import-edges-again.ts'
import type { Edit, Moved } from './import-edit.ts'
import { GONE, patched } from './import-patch.ts'
import { commentsOf, idOf, type ImportGround } from './import-fresh.ts'
import type { Shift } from './claim-ports.ts'
import type { WorkNeeds } from './ports.ts'
import type { ChangedTask, ImportLink, StandingTask, TransferNeeds } from './transfer-ports.ts'

/** One task as it was and as it became. */
export type TaskChange = Readonly<{
  edit: Edit
  after: ChangedTask
}>

/** What a repeated import did to tasks that were known. */
export type Rewritten = Readonly<{
  changes: readonly TaskChange[]
  /** Counters of other projects' tasks that moved along. */
  outside: readonly Shift[]
  problems: readonly ImportProblem[]
}>

type Needs = WorkNeeds & TransferNeeds & Words

/** Finds the known tasks of which the source says something else than last time. */
export const changesOf = (ground: ImportGround, links: readonly ImportLink[]): readonly Moved[] => {
  const { plan, board } = ground
  const tasks = new Map(plan.tasks.map((task) => [task.externalId, task]))
  const gone = new Set(plan.gone.map(({ externalId }) => externalId))
  return links.flatMap((link): Moved[] => {
    const task = tasks.get(link.externalId)
    const wanted = task
      ? printed(comparable(task.values, columnFor(task.values, board.columns)))
      : gone.has(link.externalId)
        ? printedGone(ground, link)
        : null
    if (wanted === null || wanted.fingerprint === link.fingerprint) return []
    return [{ link, task: task ?? null, ...wanted }]
  })
}

const printedGone = ({ board }: ImportGround, { kept }: ImportLink) => {
  const column = printOf(columnFor(GONE, board.columns).id)
  const prints = { ...kept.prints, column, archived: printOf(true) }
  return { prints, fingerprint: printOf(prints) }
}

/** Writes what the source changed and nobody here did, then the edges of old and new tasks. */
export const rewrite = async (
  words: Needs,
  ground: ImportGround,
  given: Readonly<{ fresh: readonly PlannedTask[]; moved: readonly Moved[] }>,
): Promise<Rewritten> => {
  const { imports, call } = words
  const { projectId } = ground.board
  const edits = await decide(words, ground, given.moved)
  const edges = await planEdges(words, ground, { fresh: given.fresh, edits })
  await Promise.all([imports.removeEdges(edges.remove), imports.addEdges(edges.add, call.now)])
  const changes = edits
    .filter(({ change }) => change.size > 0)
    .map((edit) => ({
      edit,
      after: patched(ground, edit, { refused: edges.refusedParents, now: call.now }),
    }))
  await imports.changeTasks(
    changes.map(({ after }) => after),
    call.now,
  )
  const kept = await rewriteComments(words, ground, edits)
  const versions = new Map(changes.map(({ after }) => [after.id, after.version]))
  await imports.keepLinks(
    { projectId, source: ground.plan.source },
    edits.map((edit) => linkAfter(edit, { comments: kept, edges, versions })),
  )
  const outside = await closeOutside(words, projectId, changes)
  return { changes, outside, problems: [...edges.problems, ...edits.flatMap(keptProblems)] }
}

const decide = async (
  { imports }: Needs,
  ground: ImportGround,
  moved: readonly Moved[],
): Promise<readonly Edit[]> => {
  if (moved.length === 0) return []
  const ids = moved.map(({ link }) => link.taskId)
  const commentIds = moved.flatMap(({ link }) =>
    Object.values(link.kept.comments).map((comment) => comment.id),
  )
  const [standing, texts, edges] = await Promise.all([
    imports.standing(ground.board.projectId, ids),
    imports.comments(commentIds),
    imports.existing(ids),
  ])
  const tasks = new Map(standing.map((task) => [task.id, task]))
  const names = new Set(edges.map(edgeName))
  return moved.flatMap((one): Edit[] => {
    const task = tasks.get(one.link.taskId)
    if (!task) return []
    const now = standingPrints(ground, { link: one.link, task, texts, edges: names })
    const { change, keep } = decideRerun(one.link.kept.prints, one.prints, now)
    const held = change.filter((field) => isOurs(field, one, task))
    const free = change.filter((field) => !held.includes(field))
    return [{ moved: one, standing: task, change: new Set(free), kept: [...keep, ...held] }]
  })
}

/** Who works on a task decides where it stands; what is closed stays so when its source is gone. */
const isOurs = (field: string, { task: wanted }: Moved, task: StandingTask): boolean => {
  const busy = task.held || task.category === 'started'
  if (busy && ['column', 'archived', 'flag', 'assignee', 'closedAt'].includes(field)) return true
  return wanted === null && field === 'column' && isClosed(task.category)
}

type Now = Readonly<{
  link: ImportLink
  task: StandingTask
  texts: ReadonlyMap<string, string>
  edges: ReadonlySet<string>
}>

const standingPrints = (ground: ImportGround, { link, task, texts, edges }: Now): Prints => {
  const { kept } = link
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const isThere = ({ kind, to }: (typeof kept.edges)[number]) =>
    edges.has(edgeName(storedEdge({ taskId: task.id, kind, toId: idOf(ground, to) })))
  const comments = Object.entries(kept.comments).flatMap(([ref, { id, at }]) => {
    const text = texts.get(id)
    return text === undefined ? [] : [{ ref, at, text }]
  })
  const prints = printsOf({
    title: task.title,
    body: task.body,
    type: task.type,
    column: task.columnId,
    priority: task.priority,
    estimate: task.estimate,
    labels: foldedLabels(task.labels),
    flag: task.flag,
    archived: task.archivedAt !== null,
    accept: task.accept,
    createdAt: iso(task.createdAt),
    startedAt: iso(task.startedAt),
    closedAt: iso(task.completedAt),
    parent: task.parentId === null ? null : (ground.names.get(task.parentId) ?? task.parentId),
    assignee: task.assigneeId,
    comments: orderedComments(comments),
  })
  // Only the edges that the import wrote are the source's to change.
  const edgesPrint = kept.edges.every(isThere) ? (kept.prints['edges'] ?? '') : 'changed here'
  return { ...prints, edges: edgesPrint }
}

type KeptComments = ReadonlyMap<string, ImportLink['kept']['comments']>

/** Brings comments to where the source has them: new, other text, gone. */
const rewriteComments = async (
  { imports, call }: Needs,
  ground: ImportGround,
  edits: readonly Edit[],
): Promise<KeptComments> => {
  const kept = new Map<string, ImportLink['kept']['comments']>()
  const gone: string[] = []
  const rows = edits.flatMap(({ moved: { task, link }, change }) => {
    if (task === null || !change.has('comments')) return []
    const before = link.kept.comments
    const own = commentsOf(ground, task, call)
    const after = Object.entries(own.kept).map(([ref, { id, at }]) => {
      const known = before[ref]
      return [ref, { id: known?.id ?? id, at, made: id }] as const
    })
    const ids = new Map(after.map(([, { id, made }]) => [made, id]))
    kept.set(link.taskId, Object.fromEntries(after.map(([ref, { id, at }]) => [ref, { id, at }])))
    gone.push(
      ...Object.entries(before).flatMap(([ref, { id }]) => (own.kept[ref] === undefined ? id : [])),
    )
    return own.rows.map((row) => ({ ...row, id: ids.get(row.id) ?? row.id }))
  })
  await Promise.all([imports.putComments(rows), imports.removeComments(gone)])
  return kept
}

type Outcome = Readonly<{
  comments: KeptComments
  edges: EdgePlan
  versions: ReadonlyMap<string, number>
}>

const linkAfter = (
  { moved, standing }: Edit,
  { comments, edges, versions }: Outcome,
): ImportLink => {
  const { link, task, prints, fingerprint } = moved
  const { kept } = link
  // A task that somebody touched stays touched, whatever the import adds to it.
  const untouched = standing.version === kept.version
  const names = task?.values.comments.flatMap(({ placeholder }) => placeholder ?? []) ?? []
  return {
    ...link,
    fingerprint,
    kept: {
      prints,
      version: untouched ? (versions.get(link.taskId) ?? kept.version) : kept.version,
      comments: comments.get(link.taskId) ?? kept.comments,
      edges: edges.kept.get(link.taskId) ?? kept.edges,
      placeholders: [...new Set([...kept.placeholders, ...names])],
      unmapped: task?.unmapped ?? kept.unmapped,
    },
  }
}

const keptProblems = ({ moved: { link, task }, kept }: Edit): ImportProblem[] =>
  kept.map((field) => {
    const at = { line: task?.line ?? null, file: task?.file ?? null }
    const text = `Changed here and in the source; ours stays.`
    const place = { externalId: link.externalId, at }
    return problemOf('warning', place, { code: 'import.ours_kept', field, text })
  })

/** Tasks of other projects may wait for what the source closed or opened again. */
const closeOutside = async (
  { imports, counters }: Needs,
  projectId: string,
  changes: readonly TaskChange[],
): Promise<readonly Shift[]> => {
  const flips = new Map(
    changes.flatMap(({ edit: { standing }, after }): [string, number][] => {
      const by = Number(isClosed(standing.category)) - Number(isClosed(after.category))
      return by === 0 ? [] : [[standing.id, by]]
    }),
  )
  if (flips.size === 0) return []
  const waiters = await imports.outsideWaiters(projectId, [...flips.keys()])
  const sums = new Map<string, number>()
  for (const { taskId, toId } of waiters) {
    sums.set(taskId, (sums.get(taskId) ?? 0) + (flips.get(toId) ?? 0))
  }
  return counters.blockers([...sums].map(([taskId, by]) => ({ taskId, by })))
}
