// The neutral form of a foreign backlog: every source reader ends here, every plan starts here.
// Readers only translate words; whether a row fits our limits is decided once, by `fitRow`.

import type { Category, DependencyKind, TaskType } from './words.ts'

/** Says where in the source something stands: a line of one file, or a file of many. */
export type ImportPlace = Readonly<{ line: number | null; file: string | null }>

/** Describes one thing that could not be taken over as it was; an error means the row stays out. */
export type ImportProblem = Readonly<{
  level: 'error' | 'warning'
  /** Stable for ever; counts are kept by it. */
  code: `import.${string}`
  line: number | null
  file: string | null
  externalId: string | null
  field: string | null
  text: string
}>

/** Describes a column that a new project gets from the source, in board order. */
export type ImportColumn = Readonly<{
  name: string
  category: Category
  role: 'review' | null
}>

/** Points from a row to another row; for `blocks` the row waits for `to`. */
export type ImportEdge = Readonly<{ kind: DependencyKind; to: string; field: string }>

/** Holds one comment; `ref` tells it from the others of its row when the import runs again. */
export type ImportComment = Readonly<{
  ref: string
  author: string | null
  at: string | null
  text: string
}>

/** Holds one acceptance item. */
export type ImportAccept = Readonly<{ text: string; done: boolean }>

/** Holds one task of a foreign backlog in our words; times are UTC in ISO form. */
export type ImportRow = Readonly<{
  externalId: string
  at: ImportPlace
  /** The source's own words, for the mapping table of a dry run. */
  from: Readonly<{ status: string; type: string; priority: string; open: boolean }>
  title: string
  body: string
  type: TaskType
  category: Category
  columnName: string
  /** 1 urgent, 2 high, 3 medium, 4 low, 5 none. */
  priority: number
  /** Integer hundredths of a point. */
  estimate: number | null
  labels: readonly string[]
  /** Why the task is flagged as blocked, or null. */
  flag: string | null
  archived: boolean
  /** Wanted parents, best first: the first that exists is taken, the others become `relates`. */
  parents: readonly string[]
  edges: readonly ImportEdge[]
  accept: readonly ImportAccept[]
  comments: readonly ImportComment[]
  /** Handles or addresses without `@`: the first may become the assignee, the rest are labels. */
  assignees: readonly string[]
  createdAt: string | null
  startedAt: string | null
  closedAt: string | null
  /** The source's own order, where it has one; lower comes first. */
  rank: number | null
  /** Fields without a home here, kept in the import link. */
  unmapped: Readonly<Record<string, unknown>>
}>

/** Names a row that was left out on purpose; `gone` ones are cancelled if we know them. */
export type ImportSkipped = Readonly<{
  externalId: string
  at: ImportPlace
  edges: number
  gone: boolean
}>

/** Holds all that a reader found in a source. */
export type ImportSource = Readonly<{
  source: 'beads' | 'backlog-md'
  rows: readonly ImportRow[]
  skipped: readonly ImportSkipped[]
  problems: readonly ImportProblem[]
  columns: readonly ImportColumn[]
  /** Files that were seen but hold no tasks. */
  ignored: number
}>

/** Bounds the tasks of one import: as many as the memory budget is made for. */
export const IMPORT_ROWS_MAX = 100_000
/** Bounds the characters of a foreign id, which is part of a key. */
export const EXTERNAL_ID_CHARS_MAX = 200

type Found = Pick<ImportProblem, 'code' | 'text'> & { readonly field?: string }

/** Makes a problem that names the row, its place in the source, and the field. */
export const problemOf = (
  level: ImportProblem['level'],
  row: Readonly<{ externalId: string | null; at: ImportPlace }>,
  found: Found,
): ImportProblem => ({
  level,
  code: found.code,
  line: row.at.line,
  file: row.at.file,
  externalId: row.externalId,
  field: found.field ?? null,
  text: found.text,
})
