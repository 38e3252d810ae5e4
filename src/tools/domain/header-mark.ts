import { type Json, own } from './json.ts'
import { mapSchema, pointerOf, subschemas } from './schema-walk.ts'

// A server may mark arguments with `x-mcp-header`: they then travel in `Mcp-Param-<name>` as well,
// for whatever stands between (revision 2026-07-28). A mark that breaks the rules makes the tool
// unusable, because every careful client drops it.

/** The member of a schema that marks an argument. */
export const HEADER_MARK = 'x-mcp-header'

/** A marked argument: its header's name after `Mcp-Param-`, and the fields that lead to it. */
export type HeaderMark = Readonly<{
  header: string
  path: readonly string[]
  type: 'string' | 'integer' | 'boolean'
}>

/** The marks of a schema, or why they make the tool unusable. */
export type HeaderMarks =
  | Readonly<{ kind: 'valid'; marks: readonly HeaderMark[] }>
  | Readonly<{ kind: 'invalid'; at: string; say: string }>

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

// A schema that calls are made by is the same object for all of them.
const known = new WeakMap<Json, HeaderMarks>()

/** Reads the marks of a schema of arguments. The schema is within its limits. */
export const headerMarks = (schema: Json): HeaderMarks => {
  const read = known.get(schema) ?? readMarks(schema)
  known.set(schema, read)
  return read
}

const readMarks = (schema: Json): HeaderMarks => {
  const marks: HeaderMark[] = []
  const fault = collect({ schema, at: '', path: [] }, marks)
  return fault ?? { kind: 'valid', marks }
}

/** Takes the marks out of a schema: clients of the hub do not see them. */
export const withoutHeaderMarks = (schema: Json): Json =>
  mapSchema(schema, (one) =>
    Object.hasOwn(one, HEADER_MARK)
      ? Object.fromEntries(Object.entries(one).filter(([key]) => key !== HEADER_MARK))
      : one,
  )

// `path` is null where no chain of properties leads to: a header could not name the value.
type Place = Readonly<{ schema: Json; at: string; path: readonly string[] | null }>
type Invalid = Extract<HeaderMarks, { kind: 'invalid' }>

const collect = ({ schema, at, path }: Place, marks: HeaderMark[]): Invalid | undefined => {
  if (Object.hasOwn(schema, HEADER_MARK)) {
    const mark = read({ schema, at, path }, marks)
    if ('kind' in mark) return mark
    marks.push(mark)
  }
  for (const sub of subschemas(schema)) {
    const field = sub.keyword === 'properties' ? sub.name : null
    const inner = path === null || field === null ? null : [...path, field]
    const fault = collect({ schema: sub.schema, at: pointerOf(at, sub), path: inner }, marks)
    if (fault !== undefined) return fault
  }
  return undefined
}

const read = ({ schema, at, path }: Place, marks: readonly HeaderMark[]): HeaderMark | Invalid => {
  const invalid = (say: string): Invalid => ({ kind: 'invalid', at, say })
  const header = own(schema, HEADER_MARK)
  const type = own(schema, 'type')
  if (path === null || path.length === 0) return invalid('only a named field can be a header')
  if (typeof header !== 'string' || !TOKEN.test(header)) return invalid('is no name of a header')
  if (type !== 'string' && type !== 'integer' && type !== 'boolean') {
    return invalid('only a text, a whole number or yes and no can be a header')
  }
  const lower = header.toLowerCase()
  if (marks.some((mark) => mark.header.toLowerCase() === lower)) {
    return invalid(`the header ${header} is there twice`)
  }
  return { header, path, type }
}
