import { refuse } from '../../kernel/refusal.ts'
import { findClosingEdges, type GateEdge } from '../domain/import-cycles.ts'
import type { OwnKind, OwnRow } from './transfer-ports.ts'

/** Problems of a file that a refusal names. */
const PROBLEMS_MAX = 100
const FORMAT_VERSION = 1

/** A line of a file: its row without `k` and `v`, and where it stands. */
export type OwnLine = Readonly<{ line: number; row: OwnRow }>

/** The lines of a file by their kind, each checked by itself and against those it names. */
export type OwnFile = ReadonlyMap<string, readonly OwnLine[]>

type Problem = Readonly<{ line: number; message: string }>

/** Reads a file in Guildhall's own format; refuses all of it where one line is wrong. */
export const readOwnFormat = (text: string, kinds: readonly OwnKind[]): OwnFile => {
  const known = new Map(kinds.map((kind) => [kind.kind, kind]))
  const file = new Map<string, OwnLine[]>([['principal', []]])
  const problems: Problem[] = []
  let line = 0
  for (const written of lines(text)) {
    line += 1
    const read = readLine(written)
    const problem = line === 1 ? headProblem(read) : placeLine({ file, known }, read, line)
    if (problem !== null) problems.push({ line, message: problem })
    if (problems.length >= PROBLEMS_MAX) break
  }
  if (line === 0) problems.push({ line: 1, message: 'the file is empty' })
  if (problems.length === 0) problems.push(...linkProblems(file, kinds))
  if (problems.length === 0) problems.push(...circleProblems(file))
  const [first] = problems
  if (first) {
    const message = `Line ${first.line}: ${first.message}; nothing was imported.`
    const details = { line: first.line, problems: problems.slice(0, PROBLEMS_MAX) }
    throw refuse('invalid', 'work.import_not_valid', message, details)
  }
  return file
}

function* lines(text: string): Generator<string> {
  const end = text.endsWith('\n') ? text.length - 1 : text.length
  for (let from = 0; from < end; ) {
    const next = text.indexOf('\n', from)
    const to = next === -1 ? end : Math.min(next, end)
    yield text.slice(from, to)
    from = to + 1
  }
}

type Read = Readonly<{ k: unknown; v: unknown; row: OwnRow }> | null

const readLine = (written: string): Read => {
  let isPlain = true
  const check = (text: string) => {
    if (text.includes('\u0000') || !text.isWellFormed()) isPlain = false
  }
  try {
    const value: unknown = JSON.parse(written, (key, inner: unknown) => {
      check(key)
      if (typeof inner === 'string') check(inner)
      return inner
    })
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !isPlain) return null
    const { k, v, ...row } = { k: undefined, v: undefined, ...value }
    return { k, v, row }
  } catch {
    return null
  }
}

const NO_OBJECT = 'this is no JSON object that can be stored'

const headProblem = (read: Read): string | null => {
  if (read === null) return NO_OBJECT
  if (read.k !== 'guildhall') return 'the first line must be {"k":"guildhall","v":1}'
  return read.v === FORMAT_VERSION ? null : `version ${JSON.stringify(read.v)} is not known here`
}

type Reading = Readonly<{ file: Map<string, OwnLine[]>; known: ReadonlyMap<string, OwnKind> }>

const placeLine = ({ file, known }: Reading, read: Read, line: number): string | null => {
  if (read === null) return NO_OBJECT
  const { k, v, row } = read
  if (typeof k !== 'string' || (k !== 'principal' && !known.has(k))) {
    return `the kind ${JSON.stringify(k)?.slice(0, 60) ?? 'of nothing'} is not known here`
  }
  if (v !== FORMAT_VERSION) return `version ${JSON.stringify(v)} of ${k} is not known here`
  const placed = file.get(k) ?? []
  file.set(k, placed)
  const parsed = known.get(k)?.shape.safeParse(row)
  if (parsed && !parsed.success) {
    const [issue] = parsed.error.issues
    return `${k} ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit'}`
  }
  placed.push({ line, row: parsed ? parsed.data : row })
  return null
}

/** Finds lines that name what the file does not tell, and ids told twice. */
const linkProblems = (file: OwnFile, kinds: readonly OwnKind[]): readonly Problem[] => {
  const problems: Problem[] = []
  const told = new Map<string, Set<unknown>>()
  for (const [kind, entries] of file) {
    const ids = new Set<unknown>()
    told.set(kind, ids)
    for (const { line, row } of entries) {
      const { id } = row
      if (id !== undefined && ids.has(id)) {
        problems.push({ line, message: `the id of this ${kind} stood before` })
      }
      ids.add(id)
    }
  }
  for (const { kind, links } of kinds) {
    for (const { line, row } of file.get(kind) ?? []) {
      const gone = links.find(({ field, to }) => {
        const value = row[field]
        return value !== null && value !== undefined && !told.get(to)?.has(value)
      })
      if (gone) problems.push({ line, message: `${kind} ${gone.field} leads nowhere` })
    }
  }
  return problems
}

/** Finds what would wait for itself: no such task could ever be finished. */
const circleProblems = (file: OwnFile): readonly Problem[] => {
  const tasks = file.get('task') ?? []
  const places = new Map(tasks.map(({ row }, index) => [row['id'], index]))
  const gates: (GateEdge & { line: number })[] = []
  const add = (kind: GateEdge['kind'], ends: readonly [unknown, unknown], line: number) => {
    const [from, to] = [places.get(ends[0]), places.get(ends[1])]
    if (from !== undefined && to !== undefined) gates.push({ kind, from, to, line })
  }
  for (const { line, row } of tasks) add('parent', [row['id'], row['parent']], line)
  for (const { line, row } of file.get('dependency') ?? []) {
    if (row['kind'] === 'blocks') add('blocks', [row['task'], row['to']], line)
  }
  return findClosingEdges(tasks.length, gates).map(({ index }) => ({
    line: gates[index]?.line ?? 1,
    message: 'this closes a circle of tasks that wait for each other',
  }))
}
