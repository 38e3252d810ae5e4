// Turns what a reader found into a plan that can be written without another thought:
// every row keeps the limits, every edge has both ends, nothing waits in a circle.
import { refuse } from '../../kernel/refusal.ts'
import { type ImportCounts, tallyPlan } from './import-counts.ts'
import { type Joined, joinRows, parentsFirst } from './import-edges.ts'
import { type Prints, printOf, printsOf } from './import-fingerprint.ts'
import { cleanLine, endBody, fitRow } from './import-fit.ts'
import {
  IMPORT_ROWS_MAX,
  type ImportColumn,
  type ImportProblem,
  type ImportRow,
  type ImportSkipped,
  type ImportSource,
  problemOf,
} from './import-row.ts'
import type { DependencyKind } from './words.ts'

/** Holds a comment whose author is a principal we know, or a placeholder by name. */
export type PlannedComment = Readonly<{
  ref: string
  by: string | null
  placeholder: string | null
  at: string | null
  text: string
}>

/** Holds the values that a task gets; exactly these are compared when the import runs again. */
export type PlannedValues = Readonly<
  Pick<
    ImportRow,
    | 'title'
    | 'body'
    | 'type'
    | 'category'
    | 'columnName'
    | 'priority'
    | 'estimate'
    | 'labels'
    | 'flag'
    | 'archived'
    | 'accept'
    | 'createdAt'
    | 'startedAt'
    | 'closedAt'
  > & {
    /** The foreign id of the parent; it stands before this task in the plan. */
    parent: string | null
    assignee: string | null
    comments: readonly PlannedComment[]
    /** The edges that start here, `relates` included, in a fixed order. */
    edges: readonly Readonly<{ kind: DependencyKind; to: string }>[]
  }
>

/** Holds one task of a plan; tasks stand in the order in which they get their numbers. */
export type PlannedTask = Readonly<{
  externalId: string
  line: number | null
  file: string | null
  values: PlannedValues
  /** 1 for the first task of the source's own order, without gaps. */
  rank: number
  depth: number
  unmapped: ImportRow['unmapped']
  prints: Prints
  /** One print over all of `prints`: equal means that the source changed nothing. */
  fingerprint: string
}>

/** Joins two tasks by foreign id; for `blocks`, `from` waits for `to`. */
export type PlannedEdge = Readonly<{ kind: DependencyKind; from: string; to: string }>

/** Holds all that an import will do. */
export type ImportPlan = Readonly<{
  source: ImportSource['source']
  columns: readonly ImportColumn[]
  labels: readonly string[]
  /** Names of authors that nobody here bears. */
  placeholders: readonly string[]
  tasks: readonly PlannedTask[]
  /** Ordered by their later end, so that they can be written batch by batch. */
  edges: readonly PlannedEdge[]
  /** Deleted in the source: cancel and archive them if we know them. */
  gone: readonly ImportSkipped[]
  problems: readonly ImportProblem[]
  counts: ImportCounts
}>

/** Finds a principal by handle or e-mail address in lower case. */
export type KnownPeople = ReadonlyMap<string, string>

/** Makes the plan of an import; the same source and people always give the same plan. */
export function planImport(source: ImportSource, people: KnownPeople): ImportPlan {
  if (source.rows.length > IMPORT_ROWS_MAX) {
    const message = `An import takes at most ${IMPORT_ROWS_MAX} tasks; split the source.`
    throw refuse('too_many', 'work.import_too_large', message, { limit: IMPORT_ROWS_MAX })
  }
  const problems = [...source.problems]
  const skipped = new Set(source.skipped.map(({ externalId }) => externalId))
  const found = chooseRows(source.rows, problems)
  const { rows, joined } = parentsFirst(found, joinRows(found, skipped))
  problems.push(...joined.problems)
  const named = nameLabels(rows.map((row) => assign(row, people)))
  const edges = edgesOf(rows, joined)
  const tasks = planTasks(named, joined, { edges, people, source: source.source })
  const authors = tasks.flatMap(({ values }) => values.comments.map((one) => one.placeholder))
  const chosen = new Set(rows.map(({ externalId }) => externalId))
  return {
    source: source.source,
    columns: source.columns,
    labels: [...new Set(tasks.flatMap(({ values }) => values.labels))].toSorted(),
    placeholders: [...new Set(authors)].filter((name) => name !== null).toSorted(),
    tasks,
    edges,
    gone: source.skipped.filter(({ gone, externalId }) => gone && !chosen.has(externalId)),
    problems: problems.toSorted(byPlace).map(cleanProblem),
    counts: tallyPlan({ source, rows, joined, problems }),
  }
}

function chooseRows(rows: readonly ImportRow[], problems: ImportProblem[]): ImportRow[] {
  const seen = new Set<string>()
  return rows.flatMap((raw) => {
    const fitted = fitRow(raw)
    problems.push(...fitted.problems)
    if (!fitted.row) return []
    if (seen.has(fitted.row.externalId)) {
      const text = 'This id stood before; only its first task is taken.'
      const found = { code: 'import.duplicate_id', field: 'id', text } as const
      problems.push(problemOf('error', raw, found))
      return []
    }
    seen.add(fitted.row.externalId)
    return [fitted.row]
  })
}

/** Marks a task that was somebody's who cannot claim it here. */
const FOR_SOMEONE = 'for:someone'
const NAMES_TOLD_MAX = 50

/**
 * Gives the first assignee the task if known; of others the body tells, or nobody could claim.
 * Labels are public and stay in the ledger for ever, so a name is never one.
 */
function assign(row: ImportRow, people: KnownPeople) {
  const [first] = row.assignees
  const assignee = first === undefined ? null : (people.get(first.toLowerCase()) ?? null)
  const others = assignee === null ? row.assignees : row.assignees.slice(1)
  if (others.length === 0) return { row, assignee, labels: row.labels }
  const body = endBody(row.body, `For: ${others.slice(0, NAMES_TOLD_MAX).join(', ')}`)
  return { row: { ...row, body }, assignee, labels: [...row.labels, FOR_SOMEONE] }
}

type Assigned = ReturnType<typeof assign>

/** Spells every label as it was first spelled: labels are the same in any case. */
function nameLabels(rows: readonly Assigned[]): Assigned[] {
  const spelled = new Map<string, string>()
  for (const label of rows.flatMap(({ labels }) => labels)) {
    if (!spelled.has(label.toLowerCase())) spelled.set(label.toLowerCase(), label)
  }
  return rows.map((one) => {
    const labels = one.labels.map((label) => spelled.get(label.toLowerCase()) ?? label)
    return { ...one, labels: [...new Set(labels)].toSorted() }
  })
}

function edgesOf(rows: readonly ImportRow[], { edges }: Joined): PlannedEdge[] {
  const later = ({ from, to }: { from: number; to: number }) => Math.max(from, to)
  const name = (index: number) => rows[index]?.externalId ?? ''
  return [...edges]
    .toSorted((a, b) => later(a) - later(b))
    .map(({ kind, from, to }) => ({ kind, from: name(from), to: name(to) }))
}

type Ground = Readonly<{ edges: readonly PlannedEdge[]; people: KnownPeople; source: string }>

function planTasks(named: readonly Assigned[], joined: Joined, ground: Ground): PlannedTask[] {
  const ranks = ranksOf(named.map(({ row }) => row))
  const depths: number[] = []
  const edgesFrom = Map.groupBy(ground.edges, ({ from }) => from)
  return named.map(({ row, assignee, labels }, index) => {
    const up = joined.parents[index] ?? null
    const depth = up === null ? 1 : (depths[up] ?? 0) + 1
    depths.push(depth)
    const own = edgesFrom.get(row.externalId) ?? []
    const values: PlannedValues = {
      title: row.title,
      body: row.body,
      type: row.type,
      category: row.category,
      columnName: row.columnName,
      priority: row.priority,
      estimate: row.estimate,
      labels,
      flag: row.flag,
      archived: row.archived,
      accept: row.accept,
      createdAt: row.createdAt,
      startedAt: row.startedAt,
      closedAt: row.closedAt,
      parent: up === null ? null : (named[up]?.row.externalId ?? null),
      assignee,
      comments: row.comments.map((comment) => signComment(comment, ground)),
      edges: own.map(({ kind, to }) => ({ kind, to })).toSorted(byKindAndEnd),
    }
    const prints = printsOf(values)
    return {
      externalId: row.externalId,
      line: row.at.line,
      file: row.at.file,
      values,
      rank: ranks.get(row) ?? index + 1,
      depth,
      unmapped: row.unmapped,
      prints,
      fingerprint: printOf(prints),
    }
  })
}

function signComment(comment: ImportRow['comments'][number], { people, source }: Ground) {
  const { ref, author, at, text } = comment
  const by = author === null ? null : (people.get(author.toLowerCase()) ?? null)
  // Nobody signed: the source itself is named, so that no person is credited with it.
  return { ref, by, placeholder: by === null ? (author ?? source) : null, at, text }
}

function ranksOf(rows: readonly ImportRow[]): Map<ImportRow, number> {
  const order = (row: ImportRow) => row.rank ?? Number.MAX_VALUE
  const sorted = [...rows].toSorted((a, b) => order(a) - order(b))
  return new Map(sorted.map((row, index) => [row, index + 1]))
}

/** Keeps what a source smuggles into names out of terminals and answers. */
const cleanProblem = (problem: ImportProblem): ImportProblem => ({
  ...problem,
  externalId: problem.externalId === null ? null : cleanLine(problem.externalId),
  file: problem.file === null ? null : cleanLine(problem.file),
  text: cleanLine(problem.text),
})

const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)

const byKindAndEnd = (a: { kind: string; to: string }, b: { kind: string; to: string }) =>
  compare(a.kind, b.kind) || compare(a.to, b.to)

const byPlace = (a: ImportProblem, b: ImportProblem) =>
  compare(a.file ?? '', b.file ?? '') || compare(a.line ?? 0, b.line ?? 0)
