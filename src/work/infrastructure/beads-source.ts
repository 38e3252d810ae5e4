// Reads the JSON lines of beads: one issue a line, its dependencies and comments inside.
import type {
  ImportAccept,
  ImportColumn,
  ImportComment,
  ImportEdge,
  ImportProblem,
  ImportRow,
  ImportSkipped,
  ImportSource,
} from '../domain/import-row.ts'
import { EXTERNAL_ID_CHARS_MAX, problemOf } from '../domain/import-row.ts'
import { isClosed } from '../domain/words.ts'
import { readTime } from './import-time.ts'
import {
  complain,
  isRecord,
  numberOf,
  recordsOf,
  type SourceFields,
  textOf,
  textsOf,
  timeOf,
  unmappedOf,
} from './source-fields.ts'

const LINE_CHARS_MAX = 4_194_304

const COLUMNS: readonly ImportColumn[] = [
  { name: 'Triage', category: 'triage', role: null },
  { name: 'Deferred', category: 'backlog', role: null },
  { name: 'Open', category: 'unstarted', role: null },
  { name: 'In progress', category: 'started', role: null },
  { name: 'In review', category: 'started', role: 'review' },
  { name: 'Closed', category: 'completed', role: null },
  { name: 'Canceled', category: 'canceled', role: null },
]

const MAPPED = new Set(
  `id title description design notes acceptance_criteria status priority issue_type assignee labels
   dependencies comments created_at updated_at closed_at close_reason ephemeral`.split(/\s+/),
)

const TYPES = new Map<string, ImportRow['type']>([
  ['task', 'task'],
  ['bug', 'bug'],
  ['chore', 'chore'],
  ['feature', 'story'],
  ['story', 'story'],
  ['epic', 'epic'],
  ['molecule', 'epic'],
])

/** Types that are records of the tool itself, and no work for anybody. */
const NO_WORK = new Set(['event', 'message', 'agent', 'role', 'rig'])

const EDGE_KINDS = new Map<string, ImportEdge['kind']>([
  ['blocks', 'blocks'],
  ['conditional-blocks', 'blocks'],
  ['waits-for', 'blocks'],
  ['discovered-from', 'discovered_from'],
  ['duplicates', 'duplicates'],
  ['supersedes', 'supersedes'],
])

/** Says how a file is read: the project's time zone, and whether short-lived rows stay out. */
export type BeadsOptions = Readonly<{ zone?: string; skipEphemeral?: boolean }>

type Reading = Readonly<{
  zone: string
  skipEphemeral: boolean
  rows: ImportRow[]
  skipped: ImportSkipped[]
  problems: ImportProblem[]
}>

/** Reads the text of a beads export; good lines survive bad ones. */
export function readBeads(text: string, options: BeadsOptions = {}): ImportSource {
  const { zone = 'UTC', skipEphemeral = false } = options
  const reading: Reading = { zone, skipEphemeral, rows: [], skipped: [], problems: [] }
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() !== '') readLine(reading, line, index + 1)
  }
  const { rows, skipped, problems } = reading
  return { source: 'beads', rows, skipped, problems, columns: COLUMNS, ignored: 0 }
}

function readLine(reading: Reading, text: string, line: number): void {
  const place = { externalId: null, at: { line, file: null } }
  const reject = (code: ImportProblem['code'], why: string, field?: string) => {
    const found = { code, text: why, ...(field === undefined ? {} : { field }) }
    reading.problems.push(problemOf('error', place, found))
  }
  if (text.length > LINE_CHARS_MAX) {
    return reject('import.line_too_long', `The line is above ${LINE_CHARS_MAX} characters.`)
  }
  const record = parseLine(text)
  if (record === undefined) return reject('import.bad_json', 'The line is no JSON.')
  if (!isRecord(record)) return reject('import.bad_json', 'The line must hold a JSON object.')
  const { id, title } = record
  if (typeof id !== 'string' || id === '') {
    return reject('import.bad_field', 'The id is missing or no text.', 'id')
  }
  const row = { externalId: id.slice(0, EXTERNAL_ID_CHARS_MAX + 1), at: place.at }
  const fields: SourceFields = { record, row, zone: reading.zone, problems: reading.problems }
  const isGone = record['status'] === 'tombstone'
  if (isGone || (reading.skipEphemeral && record['ephemeral'] === true)) {
    const edges = recordsOf(fields, 'dependencies').length
    reading.skipped.push({ ...row, edges, gone: isGone })
  } else if (typeof title !== 'string') {
    const why = 'The title is missing or no text.'
    reading.problems.push(
      problemOf('error', row, { code: 'import.bad_field', field: 'title', text: why }),
    )
  } else reading.rows.push(readIssue(fields, row.externalId, title))
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readIssue(fields: SourceFields, externalId: string, title: string): ImportRow {
  const status = textOf(fields, 'status')
  const type = textOf(fields, 'issue_type')
  const state = stateOf(fields, status, type)
  const createdAt = timeOf(fields, 'created_at')
  const updatedAt = timeOf(fields, 'updated_at')
  const closedAt = timeOf(fields, 'closed_at') ?? updatedAt ?? createdAt
  const links = linksOf(fields, externalId)
  const rank = priorityOf(fields)
  return {
    externalId,
    at: fields.row.at,
    from: {
      status: status.slice(0, 60),
      type: type.slice(0, 60),
      priority: rank.from,
      open: status !== 'closed',
    },
    title,
    body: bodyOf(fields),
    type: TYPES.get(type) ?? 'task',
    ...state,
    priority: rank.priority,
    estimate: null,
    labels: labelsOf(fields, status, type),
    parents: links.parents,
    edges: links.edges,
    accept: acceptOf(textOf(fields, 'acceptance_criteria')),
    comments: commentsOf(fields, status === 'closed' ? closedAt : updatedAt),
    assignees: textsOf(fields, 'assignee'),
    createdAt,
    startedAt: null,
    closedAt: isClosed(state.category) ? closedAt : null,
    rank: null,
    unmapped: {
      ...unmappedOf(fields, MAPPED),
      ...(status === 'pinned' ? { status } : {}),
    },
  }
}

type State = Pick<ImportRow, 'category' | 'columnName' | 'flag' | 'archived'>

function stateOf(fields: SourceFields, status: string, type: string): State {
  const plain = { flag: null, archived: false }
  if (status === 'closed') {
    return { category: 'completed', columnName: 'Closed', flag: null, archived: NO_WORK.has(type) }
  }
  if (NO_WORK.has(type)) {
    return { category: 'canceled', columnName: 'Canceled', flag: null, archived: true }
  }
  // A gate opens by a happening outside; only a person can tell that it has happened.
  if (type === 'gate') return { category: 'triage', columnName: 'Triage', ...plain }
  switch (status) {
    case 'open':
    case 'in_progress':
    case 'hooked':
      return { category: 'unstarted', columnName: 'Open', ...plain }
    case 'blocked':
      return {
        category: 'unstarted',
        columnName: 'Open',
        flag: 'Blocked in beads',
        archived: false,
      }
    case 'deferred':
    case 'pinned':
      return { category: 'backlog', columnName: 'Deferred', ...plain }
    default:
      complain(fields, 'status', `Unknown status ${status.slice(0, 60)}; the task goes to triage.`)
      return { category: 'triage', columnName: 'Triage', ...plain }
  }
}

function priorityOf(fields: SourceFields): { priority: number; from: string } {
  const value = numberOf(fields, 'priority')
  if (value === null) return { priority: 5, from: '' }
  if (Number.isInteger(value) && value >= 0 && value <= 4) {
    return { priority: value + 1, from: String(value) }
  }
  complain(fields, 'priority', `Priority ${value} is not 0 to 4; the task gets none.`)
  return { priority: 5, from: String(value) }
}

function labelsOf(fields: SourceFields, status: string, type: string): string[] {
  const labels = textsOf(fields, 'labels')
  if (status === 'in_progress' || status === 'hooked') labels.push(`beads:${status}`)
  if (type !== '' && !TYPES.has(type)) labels.push(`beads:${type}`)
  if (fields.record['ephemeral'] === true) labels.push('beads:ephemeral')
  return labels
}

function bodyOf(fields: SourceFields): string {
  const parts = [textOf(fields, 'description')]
  for (const [heading, field] of [
    ['Design', 'design'],
    ['Notes', 'notes'],
  ] as const) {
    const text = textOf(fields, field)
    if (text.trim() !== '') parts.push(`## ${heading}\n\n${text}`)
  }
  return parts.filter((part) => part.trim() !== '').join('\n\n')
}

function acceptOf(text: string): ImportAccept[] {
  return text
    .split(/\r?\n/)
    .map((line) => /^\s*(?:(?:[-*+]|\d+[.)])\s+)?(?:\[([ xX])\]\s+)?([^]*)$/.exec(line))
    .map((match) => ({ text: match?.[2] ?? '', done: match?.[1]?.toLowerCase() === 'x' }))
    .filter((item) => item.text.trim() !== '')
}

function commentsOf(fields: SourceFields, closedAt: string | null): ImportComment[] {
  const comments = recordsOf(fields, 'comments').map(({ record }, index): ImportComment => {
    const inner: SourceFields = { ...fields, record }
    const id = record['id']
    const ref = typeof id === 'string' || typeof id === 'number' ? String(id) : `#${index + 1}`
    const author = textOf(inner, 'author')
    return {
      ref: ref.slice(0, EXTERNAL_ID_CHARS_MAX),
      author: author === '' ? null : author,
      at: timeOf(inner, 'created_at'),
      text: textOf(inner, 'text'),
    }
  })
  const reason = textOf(fields, 'close_reason')
  if (reason !== '')
    comments.push({ ref: 'close_reason', author: null, at: closedAt, text: reason })
  return comments
}

function linksOf(fields: SourceFields, externalId: string) {
  const edges: ImportEdge[] = []
  const parents: { to: string; since: string }[] = []
  for (const { record, name: field } of recordsOf(fields, 'dependencies')) {
    const { type, depends_on_id: to, issue_id: from = externalId, created_at: since } = record
    if (typeof to !== 'string' || to === '' || typeof type !== 'string' || from !== externalId) {
      const text = `${field} needs type and depends_on_id, and this issue's own issue_id.`
      complain(fields, field, text)
      continue
    }
    if (type === 'parent-child') {
      const time = typeof since === 'string' ? readTime(since, fields.zone) : null
      parents.push({ to, since: time ?? '' })
    } else edges.push({ kind: EDGE_KINDS.get(type) ?? 'relates', to, field })
  }
  return { edges, parents: orderParents(externalId, parents) }
}

/** Puts the dotted stem of the id first, then the oldest. */
function orderParents(externalId: string, parents: { to: string; since: string }[]): string[] {
  const stem = externalId.slice(0, Math.max(externalId.lastIndexOf('.'), 0))
  const age = ({ to, since }: { to: string; since: string }) => (to === stem ? '' : since || '~')
  const sorted = [...parents].toSorted((a, b) => (age(a) < age(b) ? -1 : age(a) > age(b) ? 1 : 0))
  return [...new Set(sorted.map(({ to }) => to))]
}
