import type { Joined } from './import-edges.ts'
import type { ImportProblem, ImportRow, ImportSource } from './import-row.ts'
import { playWaves } from './import-waves.ts'
import { type Category, type DependencyKind, priorityWord, type TaskType } from './words.ts'

/** Says how many of the source's words became which of ours. */
export type MappingLine = Readonly<{ field: string; from: string; to: string; count: number }>

/** Holds the numbers that a dry run shows. */
export type ImportCounts = Readonly<{
  tasks: number
  parents: number
  edges: Readonly<Record<DependencyKind, number>>
  categories: Readonly<Record<Category, number>>
  types: Readonly<Record<TaskType, number>>
  /** Tasks that the source does not call done; running and put-off ones included. */
  openInSource: number
  /** Tasks that are neither completed nor canceled once imported. */
  open: number
  /** Open tasks in the queue, ready or waiting. */
  queued: number
  ready: number
  /** Queued tasks that can be finished one after another, and in how many waves. */
  finishable: number
  waves: readonly number[]
  /** Open tasks outside the queue that queued ones wait for. */
  waiting: readonly Readonly<{ externalId: string; count: number }>[]
  flagged: number
  archived: number
  accept: number
  comments: number
  skipped: number
  skippedEdges: number
  ignored: number
  errors: number
  warnings: number
  problems: Readonly<Record<string, number>>
  mapping: readonly MappingLine[]
}>

type Ground = Readonly<{
  source: ImportSource
  rows: readonly ImportRow[]
  joined: Joined
  problems: readonly ImportProblem[]
}>

/** Counts a plan for the eyes of those who decide whether to run it. */
export function tallyPlan({ source, rows, joined, problems }: Ground): ImportCounts {
  const blockers = Map.groupBy(
    joined.edges.filter(({ kind }) => kind === 'blocks'),
    ({ from }) => from,
  )
  const played = playWaves(
    rows.map((row, index) => ({
      category: row.category,
      flagged: row.flag !== null,
      archived: row.archived,
      parent: joined.parents[index] ?? null,
      blockers: (blockers.get(index) ?? []).map(({ to }) => to),
    })),
  )
  const sum = (sizeOf: (row: ImportRow) => number) =>
    rows.reduce((total, row) => total + sizeOf(row), 0)
  const edgesOfSkipped = source.skipped.reduce((total, { edges }) => total + edges, 0)
  return {
    tasks: rows.length,
    parents: joined.parents.filter((parent) => parent !== null).length,
    edges: { ...NO_EDGES, ...tally(joined.edges.map(({ kind }) => kind)) },
    categories: { ...NO_CATEGORIES, ...tally(rows.map(({ category }) => category)) },
    types: { ...NO_TYPES, ...tally(rows.map(({ type }) => type)) },
    openInSource: sum((row) => (row.from.open ? 1 : 0)),
    open: played.open,
    queued: played.queued,
    ready: played.ready,
    finishable: played.finished,
    waves: played.sizes,
    waiting: played.waiting.map(({ task, count }) => ({
      externalId: rows[task]?.externalId ?? '',
      count,
    })),
    flagged: sum((row) => (row.flag === null ? 0 : 1)),
    archived: sum((row) => (row.archived ? 1 : 0)),
    accept: sum((row) => row.accept.length),
    comments: sum((row) => row.comments.length),
    skipped: source.skipped.length,
    skippedEdges: joined.droppedEdges + edgesOfSkipped,
    ignored: source.ignored,
    errors: problems.filter(({ level }) => level === 'error').length,
    warnings: problems.filter(({ level }) => level === 'warning').length,
    problems: tally(problems.map(({ code }) => code)),
    mapping: mappingOf(rows),
  }
}

const NO_EDGES = { blocks: 0, relates: 0, duplicates: 0, supersedes: 0, discovered_from: 0 }
const NO_CATEGORIES = {
  triage: 0,
  backlog: 0,
  unstarted: 0,
  started: 0,
  completed: 0,
  canceled: 0,
}
const NO_TYPES = { epic: 0, story: 0, task: 0, bug: 0, chore: 0 }

function tally(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const NOTHING = '(nothing)'

function mappingOf(rows: readonly ImportRow[]): MappingLine[] {
  const lines = new Map<string, { field: string; from: string; to: string; count: number }>()
  const add = (field: string, from: string, to: string) => {
    const key = JSON.stringify([field, from, to])
    const line = lines.get(key) ?? { field, from, to, count: 0 }
    lines.set(key, { ...line, count: line.count + 1 })
  }
  for (const row of rows) {
    const flags = [row.flag === null ? '' : ', flagged', row.archived ? ', archived' : '']
    add(
      'status',
      row.from.status || NOTHING,
      `${row.columnName} (${row.category}${flags.join('')})`,
    )
    add('type', row.from.type || NOTHING, row.type)
    add('priority', row.from.priority || NOTHING, priorityWord(row.priority))
  }
  return [...lines.values()].toSorted(
    (a, b) => a.field.localeCompare(b.field, 'en') || b.count - a.count,
  )
}
