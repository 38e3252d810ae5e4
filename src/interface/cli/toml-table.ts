import { tomlValue } from '../agent-clients.ts'

// Puts one table into a TOML file without rewriting the rest. Only as much TOML is understood as is
// needed to know for certain where statements begin and end; whatever looks odd is refused.

/** A mistake in a TOML file: where, and what. */
export type TomlFault = Readonly<{ line: number; why: string }>

/** A statement of a TOML file, with the text it stands in. */
type Statement = Readonly<{
  kind: 'blank' | 'table' | 'tables' | 'pair'
  /** The parts of its key: of the header, or of the left side. */
  key: readonly string[]
  from: number
  to: number
}>

type Scan = Readonly<{ statements: readonly Statement[]; fault: TomlFault | null }>

type Result =
  | Readonly<{ kind: 'text'; text: string }>
  | Readonly<{ kind: 'fault'; fault: TomlFault }>

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** Puts `[path]` with these values into a TOML text, replacing the table where it is. */
export const withTable = (
  text: string,
  path: readonly string[],
  values: Readonly<Record<string, unknown>>,
): Result => {
  const { statements, fault } = scan(text)
  if (fault) return { kind: 'fault', fault }
  const blocked = otherForm(statements, path)
  if (blocked) {
    const why = 'our entry is written in another form there'
    return { kind: 'fault', fault: { line: lineAt(text, blocked.from), why } }
  }
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const body = Object.entries(values).map(([name, value]) => `${name} = ${tomlValue(value)}`)
  const table = [`[${path.map(tomlKey).join('.')}]`, ...body].join(eol) + eol
  const at = statements.findIndex((one) => one.kind === 'table' && isSame(one.key, path))
  if (at < 0) return { kind: 'text', text: appended(text, table, eol) }
  const from = statements[at]?.from ?? 0
  return { kind: 'text', text: text.slice(0, from) + table + text.slice(endOf(statements, at)) }
}

/** Tells whether a TOML text has the table. */
export const hasTable = (text: string, path: readonly string[]): boolean =>
  scan(text).statements.some(({ kind, key }) => kind === 'table' && isSame(key, path))

const appended = (text: string, table: string, eol: string): string => {
  if (text.trim() === '') return text.startsWith('\ufeff') ? `\ufeff${table}` : table
  return `${text}${text.endsWith('\n') ? '' : eol}${eol}${table}`
}

/** Finds the end of a table's last pair; what stands between it and the next header stays. */
const endOf = (statements: readonly Statement[], at: number): number => {
  let end = statements[at]?.to ?? 0
  for (const one of statements.slice(at + 1)) {
    if (one.kind === 'table' || one.kind === 'tables') break
    if (one.kind === 'pair') end = one.to
  }
  return end
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((part, at) => part === b[at])

const startsWith = (whole: readonly string[], start: readonly string[]): boolean =>
  start.every((part, at) => part === whole[at])

// `mcp_servers = { .. }`, `guildhall = { .. }` below `[mcp_servers]`, dotted keys, a second table:
// all valid, all rare, and none can be changed safely by adding a table.
const otherForm = (
  statements: readonly Statement[],
  path: readonly string[],
): Statement | undefined => {
  let table: readonly string[] = []
  let seen = 0
  return statements.find((one) => {
    if (one.kind === 'tables') {
      table = one.key
      return startsWith(path, one.key)
    }
    if (one.kind === 'table') {
      table = one.key
      if (isSame(one.key, path)) seen += 1
      return seen > 1
    }
    if (one.kind === 'blank' || isSame(table, path)) return false
    const whole = [...table, ...one.key]
    return startsWith(path, whole) || (startsWith(whole, path) && !startsWith(table, path))
  })
}

/** Splits a TOML text into statements; stops at the first that cannot be understood. */
const scan = (text: string): Scan => {
  const statements: Statement[] = []
  let at = text.startsWith('\ufeff') ? 1 : 0
  while (at < text.length) {
    const found = statementAt(text, at)
    if (found === null) {
      const why = 'this line is not TOML that we understand'
      return { statements, fault: { line: lineAt(text, at), why } }
    }
    statements.push(found)
    at = found.to
  }
  return { statements, fault: null }
}

const KEY_PART = String.raw`(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')`
const KEY = String.raw`${KEY_PART}(?:[ \t]*\.[ \t]*${KEY_PART})*`
const END = String.raw`[ \t]*(?:#[^\n]*)?(?:\r?\n|$)`
const BLANK = new RegExp(END, 'y')
const TABLE = new RegExp(String.raw`[ \t]*\[[ \t]*(${KEY})[ \t]*\]${END}`, 'y')
const TABLES = new RegExp(String.raw`[ \t]*\[\[[ \t]*(${KEY})[ \t]*\]\]${END}`, 'y')
const PAIR = new RegExp(String.raw`[ \t]*(${KEY})[ \t]*=[ \t]*`, 'y')

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const statementAt = (text: string, from: number): Statement | null => {
  const blank = matchAt(BLANK, text, from)
  if (blank && blank[0] !== '') return { kind: 'blank', key: [], from, to: from + blank[0].length }
  const tables = matchAt(TABLES, text, from)
  const header = tables ?? matchAt(TABLE, text, from)
  if (header) {
    const kind = tables ? 'tables' : 'table'
    return { kind, key: keyParts(header[1] ?? ''), from, to: from + header[0].length }
  }
  const pair = matchAt(PAIR, text, from)
  if (pair === null) return null
  const behind = valueEnd(text, from + pair[0].length)
  const end = behind === null ? null : matchAt(BLANK, text, behind)
  if (behind === null || end === null) return null
  return { kind: 'pair', key: keyParts(pair[1] ?? ''), from, to: behind + end[0].length }
}

const keyParts = (key: string): readonly string[] =>
  [...key.matchAll(new RegExp(KEY_PART, 'g'))].map(([part]) => {
    if (part.startsWith("'")) return part.slice(1, -1)
    return part.startsWith('"') ? unescaped(part) : part
  })

// Escapes of TOML and JSON agree on all that a key is likely to hold; others stay as written.
const unescaped = (quoted: string): string => {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted
  }
}

const STRINGS = [
  /"""(?:[^\\]|\\[\s\S])*?"{3,5}(?!")/y,
  /'''[\s\S]*?'{3,5}(?!')/y,
  /"(?:[^"\\\n]|\\.)*"/y,
  /'[^'\n]*'/y,
] as const

const stringEnd = (text: string, at: number): number | null => {
  // A triple quote must not be read as an empty string with something behind it.
  const triple = text.startsWith('"""', at) || text.startsWith("'''", at)
  for (const pattern of triple ? STRINGS.slice(0, 2) : STRINGS.slice(2)) {
    const found = matchAt(pattern, text, at)
    if (found) return at + found[0].length
  }
  return null
}

const BARE = /[^\s,[\]{}#"'=]+(?: [0-9][^\s,[\]{}#"'=]*)?/y

/** Finds the end of a value: a string, a bare word, an array or an inline table. */
const valueEnd = (text: string, from: number): number | null => {
  const first = text[from]
  if (first === '"' || first === "'") return stringEnd(text, from)
  if (first !== '[' && first !== '{') {
    const bare = matchAt(BARE, text, from)
    return bare ? from + bare[0].length : null
  }
  return bracketEnd(text, from)
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' }

const bracketEnd = (text: string, from: number): number | null => {
  const open: string[] = []
  for (let at = from; at < text.length; ) {
    const char = text[at] ?? ''
    if (char === '"' || char === "'") {
      const end = stringEnd(text, at)
      if (end === null) return null
      at = end
      continue
    }
    if (char === '#') {
      const line = text.indexOf('\n', at)
      if (line < 0) return null
      at = line
      continue
    }
    const closing = CLOSING[char]
    if (closing !== undefined) open.push(closing)
    if ((char === ']' || char === '}') && open.pop() !== char) return null
    at += 1
    if (open.length === 0) return at
  }
  return null
}

const tomlKey = (part: string): string =>
  /^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part)
