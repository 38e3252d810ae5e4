// Reads YAML as texts, lists and objects of texts: no dates, numbers or booleans are guessed.
import { parseDocument } from 'yaml'
import { isRecord } from './source-fields.ts'

const YAML_CHARS_MAX = 65_536
/** Front matter has no use for aliases; a few are let pass, a bomb needs many. */
const ALIASES_MAX = 16

/** Holds a record read from YAML, or why it could not be read. */
export type YamlRecord =
  | Readonly<{ ok: true; record: Record<string, unknown> }>
  | Readonly<{ ok: false; line: number | null; why: string }>

/** Parts a file into the YAML between its first two `---` lines and the rest; null without them. */
export function splitFrontMatter(text: string): Readonly<{ yaml: string; body: string }> | null {
  const match = /^\uFEFF?---[ \t]*\n(?:([\s\S]*?)\n)?---[ \t]*(?:\n|$)/.exec(text)
  return match ? { yaml: match[1] ?? '', body: text.slice(match[0].length) } : null
}

/** Reads a YAML object; a bare `@name`, which YAML forbids, is taken as a text. */
export function readYaml(text: string): YamlRecord {
  if (text.length > YAML_CHARS_MAX) {
    return { ok: false, line: null, why: `above ${YAML_CHARS_MAX} characters` }
  }
  const first = parseYaml(text)
  if (first.ok) return first
  const quoted = quoteNames(text)
  const second = quoted === text ? first : parseYaml(quoted)
  return second.ok ? second : first
}

function parseYaml(text: string): YamlRecord {
  try {
    const document = parseDocument(text, {
      schema: 'failsafe',
      customTags: ['null'],
      uniqueKeys: true,
      stringKeys: true,
      prettyErrors: true,
      logLevel: 'silent',
    })
    const [error] = document.errors
    if (error) return { ok: false, line: error.linePos?.[0].line ?? null, why: error.code }
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX })
    if (value === null || value === '') return { ok: true, record: {} }
    if (isRecord(value)) return { ok: true, record: value }
    return { ok: false, line: null, why: 'not an object' }
  } catch {
    // Too many aliases, aliases to nothing and endless nesting are thrown by the parser.
    return { ok: false, line: null, why: 'nested too deep or too many aliases' }
  }
}

function quoteNames(text: string): string {
  // Only spaces and tabs: a class that crosses lines would make hostile texts slow.
  const inLists = text.replace(
    /^([ \t]*(?:-[ \t]+)?[\w-]+:[ \t]*)(\[[^\]\n]*\])[ \t]*$/gm,
    (_, start: string, list: string) =>
      start + list.replace(/([[,]\s*)(@[^,\]\s]+)/g, (_all, before, name) => `${before}'${name}'`),
  )
  return inLists.replace(/^([ \t]*(?:-[ \t]+)?(?:[\w-]+:[ \t]+)?)(@[^\s'"#]+)[ \t]*$/gm, "$1'$2'")
}
