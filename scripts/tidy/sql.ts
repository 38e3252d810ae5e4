import { zoneOf } from './rooms.ts'
import type { Source } from './scan.ts'
import { lineAt } from './scan.ts'
import type { Report, Tree } from './tree.ts'
import { isTest } from './tree.ts'

type SqlRule = readonly [pattern: RegExp, sentence: string]

const LOOKS_LIKE_SQL = /\b(select|insert|update|delete|merge|set|create|alter|notify|pg_notify)\b/i

const STATEMENT_RULES: readonly SqlRule[] = [
  [/\bmerge\s+into\b/i, 'Write insert ... on conflict; MERGE does not work everywhere.'],
  [
    /(?:^|;)\s*set\s+(?!local\b|transaction\b|constraints\b)\w|\bset_config\([^)]*,\s*false\s*\)/i,
    'Say set local; state of a session leaks into the next call.',
  ],
  [/\bcreate\s+(?:global\s+|local\s+)?temp(?:orary)?\b/i, 'A temporary table is session state.'],
]
const NOTIFY: SqlRule = [
  /(?:^|;)\s*notify\s+\w|\bpg_notify\s*\(/i,
  'Emit an event; only the sequencer sends hints, once per batch.',
]
const STORE_RULES: readonly SqlRule[] = [
  [
    /\bselect\s+(?:\w+\.)?\*\s+from\s+\w+\.\w|\breturning\s+(?:\w+\.)?\*/,
    'Name the columns; a star changes with the table.',
  ],
  [
    /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|RETURNING)\s/,
    'Write SQL in lower case, one clause per line.',
  ],
]
const MIGRATION_RULES: readonly SqlRule[] = [
  [/\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b/i, 'Emit an event; no triggers.'],
  [/\b(?:small|big)?serial[248]?\b/i, 'Ids are made by the program; no serial columns.'],
  [/\bgenerated\s+(?:always|by\s+default)\s+as\s+identity\b/i, 'Ids are made by the program.'],
  [/\bmerge\s+into\b/i, 'Write insert ... on conflict; MERGE does not work everywhere.'],
  [/(?:^|;)\s*notify\s+\w|\bpg_notify\s*\(/i, 'Emit an event; only the sequencer sends hints.'],
]

/** Checks statements in sources, and migrations. */
export const checkSql = (tree: Tree, report: Report): void => {
  for (const source of tree.sources) {
    if (source.path.startsWith('src/') && !isTest(source.path)) checkStatements(source, report)
  }
  const numbers = new Map<string, string>()
  for (const [path, text] of tree.texts) {
    if (!path.startsWith('src/') || !path.endsWith('.sql')) continue
    checkMigration(path, text, report)
    const number = path.replace(/[^/\d]*(?=\.sql$)|_[^/]*$/, '')
    const other = numbers.get(number)
    if (other !== undefined)
      report('sql', { file: path, line: 1 }, `${other} has the same number; take the next.`)
    numbers.set(number, path)
  }
}

function checkStatements(source: Source, report: Report): void {
  const { code, path, strings } = source
  const kind = zoneOf(path)?.kind ?? ''
  const isGround = kind === 'platform' || kind === 'infrastructure'
  const mayNotify = path.includes('sequencer') || path.endsWith('platform/hints.ts')
  for (const { start, text } of strings.values()) {
    const isTemplate = /\bsql\s*(?:<[^`;]*>)?\s*$/.test(code.slice(Math.max(0, start - 200), start))
    const isSql = code[start] === '`' && isTemplate
    const tell = ([pattern, sentence]: SqlRule): void => {
      const match = pattern.exec(text)
      if (match === null) return
      // The match may begin at the end of the line before.
      const skipped = /^[;\s]*/.exec(match[0])?.[0] ?? ''
      const before = text.slice(0, match.index) + skipped
      const line = lineAt(source, start) + before.split('\n').length - 1
      report('sql', { file: path, line }, sentence)
    }
    if (isSql && !isGround) {
      report(
        'sql',
        { file: path, line: lineAt(source, start) },
        'SQL lives in stores and in platform only.',
      )
    }
    if (isSql) for (const rule of STORE_RULES) tell(rule)
    if (!isGround || !LOOKS_LIKE_SQL.test(text)) continue
    for (const rule of STATEMENT_RULES) tell(rule)
    if (!mayNotify) tell(NOTIFY)
  }
}

function checkMigration(path: string, text: string, report: Report): void {
  const code = text
    .replaceAll(/--.*$/gm, (comment) => ' '.repeat(comment.length))
    .replaceAll(/'[^']*'/g, (quoted) => quoted.replaceAll(/[^\n]/g, ' '))
  const tell = (index: number, sentence: string): void =>
    report('sql', { file: path, line: code.slice(0, index).split('\n').length }, sentence)
  for (const [pattern, sentence] of MIGRATION_RULES) {
    const match = pattern.exec(code)
    if (match) tell(match.index + (/^[;\s]*/.exec(match[0])?.[0].length ?? 0), sentence)
  }
  const room = zoneOf(path)?.room ?? zoneOf(path)?.kind ?? ''
  for (const match of code.matchAll(/\breferences\s+"?(\w+)"?\s*\.\s*"?\w+/gi)) {
    if (match[1]?.toLowerCase() === room) continue
    tell(match.index, `Keep the id and react to the event; ${match[1]} is another room's schema.`)
  }
  const table = /\bcreate\s+table\b(?!.*\bpartition\s+of\b)/i.exec(code)
  if (
    table &&
    !/\b(tenant|reference|node-local)\b/i.test(text.replaceAll(/\breferences\b/gi, ''))
  ) {
    tell(table.index, 'Say of each table whether it is tenant, reference or node-local.')
  }
}
