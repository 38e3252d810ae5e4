// Reads a Backlog.md folder: one Markdown file with front matter a task, and the project's config.
import { cleanLine } from '../domain/import-fit.ts'
import type {
  ImportColumn,
  ImportEdge,
  ImportProblem,
  ImportRow,
  ImportSource,
} from '../domain/import-row.ts'
import { problemOf } from '../domain/import-row.ts'
import { isClosed } from '../domain/words.ts'
import { type Board, boardOf, type Place, placeOf } from './backlog-md-board.ts'
import { partBody } from './backlog-md-body.ts'
import { readYaml, splitFrontMatter } from './backlog-md-front-matter.ts'
import {
  complain,
  numberOf,
  type SourceFields,
  textOf,
  textsOf,
  timeOf,
  unmappedOf,
} from './source-fields.ts'

const FILE_CHARS_MAX = 4_194_304

const MAPPED = new Set(
  `id title status type priority assignee labels milestone dependencies parent_task_id ordinal
   references documentation modified_files created_date updated_date completed_date`.split(/\s+/),
)

const TYPES = new Map<string, ImportRow['type']>([
  ['task', 'task'],
  ['bug', 'bug'],
  ['chore', 'chore'],
  ['feature', 'story'],
  ['enhancement', 'story'],
  ['story', 'story'],
  ['epic', 'epic'],
])

const PRIORITIES = new Map([
  ['critical', 1],
  ['urgent', 1],
  ['high', 2],
  ['medium', 3],
  ['low', 4],
  ['none', 5],
  ['', 5],
])

/** Says how a folder is read: the project's time zone, for dates without a time. */
export type BacklogMdOptions = Readonly<{ zone?: string }>

type Reading = Readonly<{ zone: string; board: Board; prefix: string; problems: ImportProblem[] }>
type Sorted = Readonly<{ row: ImportRow; number: readonly number[] }>

/** Reads the files of a Backlog.md folder, given by relative path; good files survive bad ones. */
export function readBacklogMd(
  files: ReadonlyMap<string, string>,
  options: BacklogMdOptions = {},
): ImportSource {
  const problems: ImportProblem[] = []
  const config = readConfig(files, problems)
  const statuses = textsOf(config, 'statuses')
  const reading: Reading = {
    zone: options.zone ?? 'UTC',
    board: boardOf(statuses),
    prefix: (cleanLine(textOf(config, 'task_prefix')).slice(0, 40) || 'task').toUpperCase(),
    problems,
  }
  const found: Sorted[] = []
  let ignored = 0
  for (const path of [...files.keys()].toSorted()) {
    const place = placeOf(path)
    if (place === null) ignored += 1
    else found.push(...readFile(reading, { path, place, text: files.get(path) ?? '' }))
  }
  const rows = withStems(found.toSorted(byNumber).map(({ row }) => row))
  const columns: readonly ImportColumn[] = reading.board.columns
  return { source: 'backlog-md', rows, skipped: [], problems, columns, ignored }
}

function readConfig(files: ReadonlyMap<string, string>, problems: ImportProblem[]): SourceFields {
  const paths = [...files.keys()].filter((path) => /(^|\/)(backlog\.)?config\.ya?ml$/.test(path))
  const [path] = paths.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))
  const row = { externalId: null, at: { line: null, file: path ?? null } }
  const read = path === undefined ? null : readYaml((files.get(path) ?? '').replace(/\r\n?/g, '\n'))
  if (read && !read.ok) {
    const text = `The configuration cannot be read (${read.why}); usual statuses are assumed.`
    problems.push(problemOf('warning', row, { code: 'import.bad_config', text }))
  }
  return { record: read?.ok ? read.record : {}, row, zone: 'UTC', problems }
}

type File = Readonly<{ path: string; place: Place; text: string }>

function readFile(reading: Reading, { path, place, text }: File): Sorted[] {
  const { problems } = reading
  const row = { externalId: null, at: { line: null, file: path } }
  const split =
    text.length <= FILE_CHARS_MAX ? splitFrontMatter(text.replace(/\r\n?/g, '\n')) : null
  if (split === null) {
    // A readme among the tasks is no broken task, so it does not count as an error.
    const level = /(^|\/)[a-z]+-\d[^/]*$/i.test(path) ? 'error' : 'warning'
    const why = text.length > FILE_CHARS_MAX ? 'The file is too large.' : 'It has no front matter.'
    problems.push(problemOf(level, row, { code: 'import.no_front_matter', text: why }))
    return []
  }
  const read = readYaml(split.yaml)
  if (!read.ok) {
    // The YAML begins on the second line of the file.
    const at = { line: read.line === null ? null : read.line + 1, file: path }
    const why = `The front matter cannot be read (${read.why}).`
    problems.push(problemOf('error', { ...row, at }, { code: 'import.bad_yaml', text: why }))
    return []
  }
  const fields: SourceFields = { record: read.record, row, zone: reading.zone, problems }
  for (const field of ['id', 'title']) {
    if (textOf({ ...fields, problems: [] }, field).trim() === '') {
      const why = `The ${field} is missing or no text.`
      problems.push(problemOf('error', row, { code: 'import.bad_field', field, text: why }))
      return []
    }
  }
  const externalId = nameOf(textOf(fields, 'id'), reading.prefix)
  const named: SourceFields = { ...fields, row: { ...row, externalId } }
  return [{ row: readTask({ ...reading, place }, named, split.body), number: numberIn(externalId) }]
}

/** Spells an id in one way: `task-7`, `BACK-7` and `7` are the same, `7.01` and `7.1` are not. */
function nameOf(id: string, prefix: string): string {
  const match = /^(?:([a-z][a-z0-9_-]*)-)?(\d+(?:\.\d+)*)$/i.exec(id.trim())
  if (!match) return id.trim()
  const own = match[1]?.toUpperCase() ?? prefix
  return `${own === 'TASK' ? prefix : own}-${match[2]}`
}

const numberIn = (id: string): number[] =>
  id
    .slice(id.lastIndexOf('-') + 1)
    .slice(0, 60)
    .split('.')
    .map(Number)

/** Gives dotted ids their stem as parent, where no parent is named and the stem exists. */
function withStems(rows: readonly ImportRow[]): ImportRow[] {
  const ids = new Set(rows.map(({ externalId }) => externalId))
  return rows.map((row) => {
    const stem = row.externalId.slice(0, Math.max(row.externalId.lastIndexOf('.'), 0))
    return row.parents.length === 0 && ids.has(stem) ? { ...row, parents: [stem] } : row
  })
}

function readTask(
  reading: Reading & { place: Place },
  fields: SourceFields,
  text: string,
): ImportRow {
  const { prefix, board, place, zone } = reading
  const externalId = fields.row.externalId ?? ''
  const status = textOf(fields, 'status').trim()
  const state = board.stateOf(place, status)
  if (state.isUnknown) {
    complain(fields, 'status', `Unknown status ${status.slice(0, 60)}; the task goes to triage.`)
  }
  const parent = textOf(fields, 'parent_task_id').trim()
  const parts = partBody(text, zone)
  const createdAt = timeOf(fields, 'created_date')
  const updatedAt = timeOf(fields, 'updated_date')
  const completedAt = timeOf(fields, 'completed_date')
  const isOpen = !isClosed(state.category)
  const type = textOf(fields, 'type').trim().toLowerCase()
  const priority = textOf(fields, 'priority').trim().toLowerCase()
  return {
    externalId,
    at: fields.row.at,
    from: { status: status.slice(0, 60), type: type.slice(0, 60), priority, open: isOpen },
    title: textOf(fields, 'title'),
    body: [parts.body, ...listsOf(fields)].filter((part) => part !== '').join('\n\n'),
    type: TYPES.get(type) ?? 'task',
    category: state.category,
    columnName: state.columnName,
    priority: priorityOf(fields, priority),
    estimate: null,
    labels: labelsOf(fields, type, state.running),
    flag: null,
    archived: place === 'archive',
    parents: parent === '' ? [] : [nameOf(parent, prefix)],
    edges: edgesOf(fields, prefix),
    accept: [...parts.accept, ...parts.done],
    comments: parts.comments,
    assignees: textsOf(fields, 'assignee'),
    createdAt,
    startedAt: null,
    closedAt: isOpen ? null : (completedAt ?? updatedAt ?? createdAt),
    rank: numberOf(fields, 'ordinal'),
    unmapped: unmappedOf(fields, MAPPED),
  }
}

function priorityOf(fields: SourceFields, priority: string): number {
  const known = PRIORITIES.get(priority)
  if (known === undefined) {
    complain(fields, 'priority', `Unknown priority ${priority.slice(0, 60)}; the task gets none.`)
  }
  return known ?? 5
}

function labelsOf(fields: SourceFields, type: string, running: string | null): string[] {
  const labels = [...textsOf(fields, 'labels'), ...textsOf(fields, 'milestone')]
  if (running !== null) labels.push(`backlog-md:${running}`)
  if (type !== '' && !TYPES.has(type)) labels.push(`backlog-md:${type}`)
  return labels
}

const edgesOf = (fields: SourceFields, prefix: string): ImportEdge[] =>
  textsOf(fields, 'dependencies').map((to, index) => ({
    kind: 'blocks',
    to: nameOf(to, prefix),
    field: `dependencies[${index}]`,
  }))

function listsOf(fields: SourceFields): string[] {
  const lists = [
    ['References', 'references'],
    ['Documentation', 'documentation'],
    ['Modified files', 'modified_files'],
  ] as const
  return lists.flatMap(([heading, field]) => {
    const items = textsOf(fields, field).map((item) => `- ${item.replace(/\s+/g, ' ')}`)
    return items.length === 0 ? [] : [[`## ${heading}`, '', ...items].join('\n')]
  })
}

function byNumber(a: Sorted, b: Sorted): number {
  const length = Math.max(a.number.length, b.number.length)
  for (let index = 0; index < length; index += 1) {
    const apart = (a.number[index] ?? -1) - (b.number[index] ?? -1)
    if (apart !== 0 && !Number.isNaN(apart)) return apart
  }
  return 0
}
