import type { Imports } from './imports.ts'
import { zoneOf } from './rooms.ts'
import type { Source } from './scan.ts'
import { closing, lineAt } from './scan.ts'
import type { Report, Tree } from './tree.ts'
import { isTest } from './tree.ts'

type Rule = Readonly<{
  rule: string
  pattern: RegExp
  sentence: string
  /** Where it holds; everywhere without it. */
  where?: (path: string) => boolean
}>

const inSrc = (path: string): boolean => path.startsWith('src/') && !isTest(path)
const inProduct = (path: string): boolean => inSrc(path) || path.startsWith('web/src/')
const noJsx = (path: string): boolean => !path.endsWith('x')
const isPure = (path: string): boolean =>
  inSrc(path) && ['domain', 'application', 'contract'].includes(zoneOf(path)?.kind ?? '')

const MACHINE_CALLS = [
  String.raw`\bDate\.now\b`,
  String.raw`\bnew Date\(\s*\)`,
  String.raw`\bMath\.random\b`,
  String.raw`\brandomUUID\b`,
  String.raw`\bperformance\.now\b`,
  String.raw`(?<![.\w$])set(?:Timeout|Interval)\s*\(`,
]

// Patterns run on code whose strings and comments are blank. In files with JSX the linter finds
// assertions instead, since a sentence between tags may say "as" and end with "!".
const RULES: readonly Rule[] = [
  {
    rule: 'any',
    pattern:
      /(?<=[:<,|&=(]\s*|\b(?:as|is|extends|keyof)\s+)\bany\b(?=\s*(?:[>,|&;)\]}{\n=]|\[\]|$))/g,
    sentence: 'Say which type it is, or unknown; never any.',
    where: noJsx,
  },
  {
    rule: 'non-null',
    pattern: /(?<=[\w$)\]}'"`>])!(?![=\w])/g,
    sentence: 'Check for the missing value; a ! only hides it.',
    where: noJsx,
  },
  {
    rule: 'cast',
    pattern: /(?<=[\w$)\]}'"`>]\s+)as\s+(?!const\b)(?=[\w${([])/g,
    sentence: 'Prove the type with a check or a shape; "as" only claims it.',
    where: noJsx,
  },
  {
    rule: 'enum',
    pattern: /^[ \t]*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w+/gm,
    sentence: 'Use a union of strings; an enum cannot be erased.',
  },
  {
    rule: 'namespace',
    pattern: /^[ \t]*(?:export\s+)?(?:declare\s+)?(?:namespace|module)\s+[\w.]+\s*\{/gm,
    sentence: 'Use a file; a namespace cannot be erased.',
  },
  {
    rule: 'parameter-property',
    pattern: /(?<=\bconstructor\s*\([^)]*)\b(?:public|private|protected|readonly)\s+\w+\s*[?:]/g,
    sentence: 'Assign the field in the constructor; parameter properties cannot be erased.',
  },
  {
    rule: 'environment',
    pattern: /\bprocess\.env\b|\bimport\.meta\.env\b/g,
    sentence: 'Read settings from the configuration; only src/platform/config.ts knows where from.',
  },
  {
    rule: 'console',
    pattern: /(?<![.\w$])console\s*\./g,
    sentence: 'Log through the one line of the call; only the command line prints.',
    where: inProduct,
  },
  {
    rule: 'machine',
    pattern: new RegExp(MACHINE_CALLS.join('|'), 'g'),
    sentence: 'Take time, ids and chance from the call; here nothing asks the machine.',
    where: isPure,
  },
]

/** Checks the language: what may be written where. */
export const checkLanguage = ({ sources }: Tree, imports: Imports, report: Report): void => {
  for (const source of sources) {
    const own = imports.get(source.path) ?? []
    const lists = [...source.code.matchAll(/^[ \t]*export\s+(?:type\s+)?\{[^}]*\}/gm)]
    const skipped = [
      ...own,
      ...lists.map((list) => ({ start: list.index, end: list.index + list[0].length })),
    ]
    for (const { rule, pattern, sentence, where } of RULES) {
      if (where !== undefined && !where(source.path)) continue
      for (const { index } of source.code.matchAll(pattern)) {
        if (skipped.some(({ start, end }) => index >= start && index < end)) continue
        if (rule === 'cast' && renamesKey(source.code, index)) continue
        report(rule, { file: source.path, line: lineAt(source, index) }, sentence)
      }
    }
    if (inSrc(source.path)) {
      checkClasses(source, report)
      checkDocs(source, report)
    }
  }
}

// `[K in keyof T as ...]` names a key, it claims nothing.
function renamesKey(code: string, at: number): boolean {
  const open = code.lastIndexOf('[', at)
  return open >= 0 && /^\[\s*\w+\s+in\b/.test(code.slice(open, at)) && closing(code, open) > at
}

function checkClasses(source: Source, report: Report): void {
  const { code, path } = source
  for (const match of code.matchAll(/\bclass\s+(\w+)([^{]*)\{/g)) {
    if (/\bextends\s+[\w.]*(Error|Refusal)\b/.test(match[2] ?? '')) continue
    const open = match.index + match[0].length - 1
    const body = code.slice(open, closing(code, open))
    if (/\bstart\s*[(=<]/.test(body) && /\bstop\s*[(=<]/.test(body)) continue
    const text = `${match[1]} is no error and has no start() and stop(); write functions.`
    report('class', { file: path, line: lineAt(source, match.index) }, text)
  }
}

const MODIFIERS = String.raw`(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?`
const KINDS = String.raw`(?:const|let|function\*?|type|class|interface)`

// An operation says its sentence in `about`. A further overload, and constants, shapes and types of
// one block (no empty line between) below a described one, are said once.
function checkDocs(source: Source, report: Report): void {
  const { code, path, text, comments } = source
  const ends = new Set(
    comments.filter((comment) => comment.text.startsWith('/**')).map(({ end }) => end),
  )
  const pattern = new RegExp(`^export\\s+${MODIFIERS}(${KINDS})\\s+([\\w$]+)`, 'gm')
  let before = ''
  let saidAt = -1
  for (const match of code.matchAll(pattern)) {
    const [all, kind = '', name = ''] = match
    const isSame = name === before
    before = name
    const rest = code.slice(match.index + all.length, match.index + all.length + 60)
    if (/^\s*=\s*operation\b/.test(rest)) continue
    const isPlain = kind === 'type' || isValue(kind, rest)
    const inBlock = saidAt >= 0 && !text.slice(saidAt, match.index).includes('\n\n')
    const isSaid = ends.has(text.slice(0, match.index).trimEnd().length)
    if (isSaid || isSame || (isPlain && inBlock)) {
      saidAt = match.index
      continue
    }
    const sentence = `Say in one sentence, starting with a verb, what ${name} is for.`
    report('docstring', { file: path, line: lineAt(source, match.index) }, sentence)
  }
}

const isValue = (kind: string, rest: string): boolean =>
  /^(const|let)$/.test(kind) && !/^[^=]*=\s*(async\s*)?[(<]/.test(rest)
