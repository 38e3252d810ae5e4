// Puts one entry into a configuration file that belongs to somebody else: everything around it
// stays byte for byte, and a file we cannot read for certain is refused.
import {
  findNodeAtLocation,
  type Node,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'
import { assert } from '../../kernel/assert.ts'
import { fail } from './failure.ts'
import type { Placed } from './client-entries.ts'

const PARSING = { allowTrailingComma: true, allowEmptyContent: false, disallowComments: false }

/** Reads JSON with comments; refuses what is not valid, and what is not an object. */
export const readJsonc = (text: string, file: string): Readonly<Record<string, unknown>> => {
  const content = withoutMark(text)
  if (content.trim() === '') return {}
  const errors: ParseError[] = []
  const value: unknown = parse(content, errors, PARSING)
  const [first] = errors
  if (first !== undefined) {
    const line = content.slice(0, first.offset).split('\n').length
    throw unreadable(file, line, printParseErrorCode(first.error))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(file, 1, 'it is not an object')
  }
  return Object.fromEntries(Object.entries(value))
}

/** Says that a file stays as it is because we cannot read it for certain. */
export const unreadable = (file: string, line: number, why: string) =>
  fail('conflict', `${file} line ${line} cannot be read (${why}); it was left as it is.`, {
    code: 'cli.config_not_readable',
    hint: 'run the command without --write and add the entry by hand',
  })

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text)

/** Puts values into JSON with comments, one after another; the rest stays byte for byte. */
export const withJsonc = (text: string, places: readonly Placed[], file: string): string => {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : ''
  const content = withoutMark(text)
  let result = content.trim() === '' ? '{}\n' : content
  for (const place of places) {
    refuseBlocked(readJsonc(result, file), place.at, file)
    result = withValue(result, place)
  }
  return `${mark}${result}`
}

type Form = Readonly<{ indent: string; eol: string }>

const formOf = (text: string): Form => ({
  indent: /^([\t ]+)\S/m.exec(text)?.[1] ?? '  ',
  eol: text.includes('\r\n') ? '\r\n' : '\n',
})

const withValue = (text: string, { at, value }: Placed): string => {
  const root = parseTree(text, [], PARSING)
  assert(root, 'the text was read before it is changed')
  const form = formOf(text)
  const there = findNodeAtLocation(root, [...at])
  if (there) {
    const before: unknown = JSON.parse(JSON.stringify(valueOf(text, there)))
    // An entry that says the same in another form is left in its owner's form.
    if (JSON.stringify(before) === JSON.stringify(value)) return text
    const pretty = prettyAt(value, lineIndent(text, there.offset), form)
    return text.slice(0, there.offset) + pretty + text.slice(there.offset + there.length)
  }
  let depth = at.length - 1
  let parent = findNodeAtLocation(root, at.slice(0, depth))
  for (; parent === undefined && depth > 0; parent = findNodeAtLocation(root, at.slice(0, depth))) {
    depth -= 1
  }
  const nested = at
    .slice(depth + 1)
    .reduceRight<unknown>((inner, step) => ({ [step]: inner }), value)
  return withMember(text, parent ?? root, { name: at[depth], value: nested, form })
}

const valueOf = (text: string, node: Node): unknown =>
  parse(text.slice(node.offset, node.offset + node.length), [], PARSING)

type Member = Readonly<{ name: string | number | undefined; value: unknown; form: Form }>

/** Adds a member behind the last one of an object or list. */
const withMember = (text: string, parent: Node, { name, value, form }: Member): string => {
  const outer = lineIndent(text, parent.offset)
  const inner = outer + form.indent
  const label = typeof name === 'string' ? `${JSON.stringify(name)}: ` : ''
  const member = label + prettyAt(value, inner, form)
  const last = parent.children?.at(-1)
  const end = parent.offset + parent.length - 1
  if (last === undefined) {
    const kept = text.slice(parent.offset + 1, end).trimEnd()
    const body = `${kept}${form.eol}${inner}${member}${form.eol}${outer}`
    return text.slice(0, parent.offset + 1) + body + text.slice(end)
  }
  const lastEnd = last.offset + last.length
  if (!text.slice(parent.offset, end).includes('\n')) {
    const flat = `${label}${JSON.stringify(value)}`
    return `${text.slice(0, lastEnd)}, ${flat}${text.slice(lastEnd)}`
  }
  const { comma, lineEnd } = tailOf(text, lastEnd)
  const first = comma ? text.slice(lastEnd, lineEnd) : `,${text.slice(lastEnd, lineEnd)}`
  const behind = `${form.eol}${inner}${member}${comma ? ',' : ''}`
  return text.slice(0, lastEnd) + first + behind + text.slice(lineEnd)
}

const TAIL = /[ \t]*(?:(?<comma>,)|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)/y

/** Reads what stands behind a member on its line: a comma, remarks. */
const tailOf = (text: string, from: number): { comma: boolean; lineEnd: number } => {
  let comma = false
  TAIL.lastIndex = from
  let lineEnd = from
  for (let found = TAIL.exec(text); found; found = TAIL.exec(text)) {
    comma ||= found.groups?.['comma'] !== undefined
    lineEnd = TAIL.lastIndex
  }
  return { comma, lineEnd }
}

const lineIndent = (text: string, offset: number): string =>
  /^[\t ]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? ''

const prettyAt = (value: unknown, indent: string, form: Form): string =>
  JSON.stringify(value, null, form.indent).replaceAll('\n', form.eol + indent)

// A parent that is not an object (`"mcpServers": []`) would be replaced and its content lost.
const refuseBlocked = (root: unknown, at: readonly (string | number)[], file: string): void => {
  let here: unknown = root
  for (const step of at.slice(0, -1)) {
    if (typeof here !== 'object' || here === null) break
    const next: unknown = Object.entries(here).find(([name]) => name === String(step))?.[1]
    if (next === undefined) return
    const isList = Array.isArray(next) && typeof at[at.indexOf(step) + 1] === 'number'
    if (typeof next !== 'object' || next === null || (Array.isArray(next) && !isList)) {
      throw unreadable(file, 1, `"${step}" is not what its program expects`)
    }
    here = next
  }
}
