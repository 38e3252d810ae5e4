import type { Happened } from '../../kernel/event.ts'
import type { Words } from '../../kernel/operation.ts'
import { TaskImported } from '../events.ts'
import { type CountedTask, countTasks } from '../domain/import-counters.ts'
import type { ImportPlan, PlannedTask } from '../domain/import-plan.ts'
import { type BoardColumn, columnFor, comparable, printed } from '../domain/import-values.ts'
import { taskKey } from '../domain/key.ts'
import { rankAfter } from '../domain/rank.ts'
import { type Edge, storedEdge } from '../domain/task-link.ts'
import { isClosed, priorityWord } from '../domain/words.ts'
import type { Person } from './ports.ts'
import type { CardFacts } from './save-ports.ts'
import type {
  ImportBoard,
  ImportedComment,
  ImportedTask,
  ImportLink,
  Recounted,
  TransferNeeds,
} from './transfer-ports.ts'

/** What writing needs to know of an import under way. */
export type ImportGround = Readonly<{
  plan: ImportPlan
  board: ImportBoard
  /** The id of every task of the plan, known or new, by its foreign id. */
  ids: ReadonlyMap<string, string>
  /** The foreign id of every task that this source ever brought, by our id. */
  names: ReadonlyMap<string, string>
  /** How the project spells its labels, by lower case. */
  labels: ReadonlyMap<string, string>
  authors: ReadonlyMap<string, Person>
}>

/** Turns new tasks of a plan into rows: ids, numbers, ranks, columns and counters. */
export const freshRows = (
  ground: ImportGround,
  fresh: readonly PlannedTask[],
  now: number,
): readonly ImportedTask[] => {
  const { board, ids } = ground
  const ranks = ranksFor(fresh, board.lastRank)
  const columns = fresh.map((task) => columnFor(task.values, board.columns))
  const counters = countTasks(counted(ground, fresh, columns))
  return fresh.map(({ externalId, values, depth }, index): ImportedTask => {
    const column = columns[index] ?? columnFor(values, board.columns)
    const counts = counters[index] ?? { openBlockers: 0, heldAbove: 0, openChildren: 0 }
    const createdAt = momentOf(values.createdAt) ?? now
    const closedAt = momentOf(values.closedAt) ?? now
    return {
      ...counts,
      id: idOf(ground, externalId),
      number: board.nextNumber + index,
      parentId: values.parent === null ? null : (ids.get(values.parent) ?? null),
      depth: depth - 1,
      type: values.type,
      title: values.title,
      body: values.body,
      columnId: column.id,
      category: column.category,
      priority: values.priority,
      rank: ranks.get(externalId) ?? rankAfter(board.lastRank),
      estimate: values.estimate,
      assigneeId: values.assignee,
      labels: spelled(ground, values.labels),
      accept: values.accept,
      flag: values.flag,
      createdAt,
      startedAt: momentOf(values.startedAt),
      completedAt: isClosed(column.category) ? closedAt : null,
      archivedAt: values.archived ? closedAt : null,
    }
  })
}

/** Gives the id that the import has for a task of the plan. */
export const idOf = ({ ids }: Pick<ImportGround, 'ids'>, externalId: string): string =>
  ids.get(externalId) ?? ''

/** Reads a moment of a plan. */
export const momentOf = (text: string | null): number | null =>
  text === null ? null : Date.parse(text)

/** Spells labels as the project does. */
export const spelled = (
  { labels }: Pick<ImportGround, 'labels'>,
  names: readonly string[],
): readonly string[] => names.map((name) => labels.get(name.toLowerCase()) ?? name)

const ranksFor = (
  fresh: readonly PlannedTask[],
  lastRank: string | null,
): ReadonlyMap<string, string> => {
  let last = lastRank
  const ordered = fresh.toSorted((a, b) => a.rank - b.rank)
  return new Map(
    ordered.map(({ externalId }) => {
      last = rankAfter(last)
      return [externalId, last]
    }),
  )
}

/** Looks at new tasks as the counters do; what is known already is counted by the tables. */
const counted = (
  { plan }: ImportGround,
  fresh: readonly PlannedTask[],
  columns: readonly BoardColumn[],
): readonly CountedTask[] => {
  const places = new Map(fresh.map(({ externalId }, index) => [externalId, index]))
  const gates = plan.edges.filter(({ kind }) => kind === 'blocks')
  const blockers = Map.groupBy(gates, ({ from }) => from)
  return fresh.map(({ externalId, values }, index) => ({
    closed: isClosed(columns[index]?.category ?? 'unstarted'),
    flagged: values.flag !== null,
    parent: values.parent === null ? null : (places.get(values.parent) ?? null),
    blockers: (blockers.get(externalId) ?? []).flatMap(({ to }) => places.get(to) ?? []),
  }))
}

/** Writes new tasks with their comments and links; their edges come when all tasks are there. */
export const writeFresh = async (
  { imports, call }: TransferNeeds & Words,
  ground: ImportGround,
  fresh: readonly PlannedTask[],
): Promise<readonly ImportedTask[]> => {
  const { board, plan } = ground
  const { projectId, branch } = board
  const { now } = call
  const rows = freshRows(ground, fresh, now)
  const place = { projectId, branchId: branch.id, me: call.actor.id, now }
  await imports.addTasks(place, rows)
  const comments: ImportedComment[] = []
  const links: ImportLink[] = []
  for (const task of fresh) {
    const own = commentsOf(ground, task, call)
    comments.push(...own.rows)
    const { prints, fingerprint } = printed(
      comparable(task.values, columnFor(task.values, board.columns)),
    )
    const kept = {
      prints,
      version: 1,
      comments: own.kept,
      edges: task.values.edges,
      placeholders: own.placeholders,
      unmapped: task.unmapped,
    }
    const { externalId } = task
    links.push({ externalId, taskId: idOf(ground, externalId), fingerprint, kept })
  }
  await Promise.all([
    imports.putComments(comments),
    imports.keepLinks({ projectId, source: plan.source }, links),
    imports.take(projectId, rows.length),
  ])
  return rows
}

/** Turns the comments of a planned task into rows, and into what the import remembers of them. */
export const commentsOf = (
  { authors, ...ground }: ImportGround,
  { externalId, values }: Pick<PlannedTask, 'externalId' | 'values'>,
  { newId, now }: Pick<Words['call'], 'newId' | 'now'>,
) => {
  const kept: Record<string, { id: string; at: string | null }> = {}
  const rows = values.comments.map(({ ref, by, placeholder, at, text }): ImportedComment => {
    const id = newId()
    kept[ref] = { id, at }
    const author = placeholder === null ? undefined : authors.get(placeholder)
    return {
      id,
      taskId: idOf(ground, externalId),
      authorId: by ?? author?.id ?? null,
      body: text,
      createdAt: momentOf(at) ?? now,
    }
  })
  const names = values.comments.flatMap(({ placeholder }) => placeholder ?? [])
  return { rows, kept, placeholders: [...new Set(names)] }
}

/** Turns the edges that start at planned tasks into rows. */
export const edgesOf = (ground: ImportGround, tasks: readonly PlannedTask[]): readonly Edge[] =>
  tasks.flatMap(({ externalId, values }) =>
    values.edges.map(({ kind, to }) =>
      storedEdge({ taskId: idOf(ground, externalId), kind, toId: idOf(ground, to) }),
    ),
  )

/** Tells of a new task; `counters` are what a recount added to those it was written with. */
export const importedEvent = (
  { board, plan }: ImportGround,
  row: ImportedTask,
  known: Readonly<{ keyOf: (id: string) => string | null; counters: Recounted | undefined }>,
): Happened => {
  const { counters, keyOf } = known
  const openBlockers = row.openBlockers + (counters?.blockers ?? 0)
  const heldAbove = row.heldAbove + (counters?.above ?? 0)
  const openChildren = row.openChildren + (counters?.children ?? 0)
  const isFree = openBlockers + heldAbove + openChildren === 0 && row.flag === null
  const ready = isFree && row.category === 'unstarted' && row.archivedAt === null
  const card: CardFacts = {
    branch: board.branch.name,
    type: row.type,
    column: board.columns.find(({ id }) => id === row.columnId)?.name ?? '',
    category: row.category,
    priority: priorityWord(row.priority),
    rank: row.rank,
    estimate: row.estimate,
    assignee: row.assigneeId,
    delegate: null,
    holder: null,
    labels: row.labels,
    sprint: null,
    parent: row.parentId === null ? null : keyOf(row.parentId),
    blocked: row.flag !== null,
    openBlockers,
    heldAbove,
    openChildren,
    ready,
    progress: row.category === 'completed' ? 100 : 0,
    archived: row.archivedAt !== null,
  }
  return TaskImported(
    {
      taskId: row.id,
      key: taskKey(board.key, row.number),
      projectId: board.projectId,
      version: 1,
      card,
      source: plan.source,
      times: {
        createdAt: row.createdAt,
        startedAt: row.startedAt,
        completedAt: row.completedAt,
      },
      ...(ready && { readied: 1 }),
    },
    { content: { title: row.title, body: row.body } },
  )
}
