import { zoneOf } from './rooms.ts'
import type { Source } from './scan.ts'
import { lineAt } from './scan.ts'
import { eventsOf, operationsOf, refusalsOf } from './spoken.ts'
import type { Report, Tree } from './tree.ts'
import { isTest } from './tree.ts'

const EMPTY_WORDS = new Set(
  'util utils helper helpers common manager managers service services base'.split(' '),
)
const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
const MIGRATION = /^\d{4}_[a-z0-9]+(_[a-z0-9]+)*\.sql$/
const PERMISSION = /^[a-z]+(_[a-z]+)*(:[a-z]+(_[a-z]+)*)?$/
const TOOL = /^[a-z]+(_[a-z]+)*( [a-z]+(_[a-z]+)*)?$/
const ROUTE = /^(GET|POST|PUT|PATCH|DELETE) (\/(:?[a-zA-Z0-9._-]+|\*))+$/
const PAST = new Set(
  [
    'begun bound bought broken brought built caught chosen cut done drawn fallen fed forgotten',
    'found frozen given gone grown held hidden hit hurt kept known laid left lent let lost made',
    'met overdue overridden paid put read redone risen run said seen sent set shown shut sold',
    'spent split spun stolen stuck sunk taken thrown told torn unbound undone understood',
    'withdrawn won worn written',
  ].flatMap((line) => line.split(' ')),
)

/** Checks the names of files and folders. */
export const checkFileNames = ({ texts }: Tree, report: Report): void => {
  for (const path of texts.keys()) {
    if (!/^(src|test|bench|scripts|bin|web)\//.test(path)) continue
    const steps = path.split('/')
    const file = steps.at(-1) ?? ''
    if (path.includes('/migrations/') && path.startsWith('src/')) {
      if (file.endsWith('.sql') && !MIGRATION.test(file)) {
        report('file-name', { file: path, line: 1 }, 'Number a migration: 0001_what_it_adds.sql.')
      }
    } else if (/\.(tsx?|mjs)$/.test(file) && !KEBAB.test(file)) {
      report('file-name', { file: path, line: 1 }, `Write the name ${file} in kebab-case.`)
    }
    const words = steps.flatMap((step) => step.replace(/\..*$/, '').split(/[-_]/))
    const empty = words.find((word) => EMPTY_WORDS.has(word.toLowerCase()))
    if (empty !== undefined) {
      const text = `"${empty}" says nothing; name what it does, or it is two things.`
      report('file-name', { file: path, line: 1 }, text)
    }
  }
}

/** Checks the names of operations with their routes and tools, of events, and of refusals. */
export const checkSpokenNames = ({ sources }: Tree, report: Report): void => {
  for (const source of sources) {
    if (!source.path.startsWith('src/') || isTest(source.path)) continue
    const zone = zoneOf(source.path)
    // The pipeline and the doors also refuse in the name of whoever asks.
    const room = zone?.room ?? '(?:platform|identity)'
    checkOperations(source, room, report)
    checkEvents(source, room, report)
    checkRefusals(source, room, report)
  }
}

function checkOperations(source: Source, room: string, report: Report): void {
  const rules: readonly (readonly [string, RegExp, string])[] = [
    ['name', nameIn(room, true), `an operation is called ${said(room)}.verb_noun.`],
    ['access', PERMISSION, 'a permission is noun:verb.'],
    ['mcp', TOOL, 'a tool is noun_verb, or a noun and its op.'],
    ['http', ROUTE, 'a route is METHOD /plural/:key/verb.'],
  ]
  for (const { fields } of operationsOf(source)) {
    for (const [field, pattern, sentence] of rules) {
      const piece = fields.get(field)
      if (piece === undefined || pattern.test(piece.text)) continue
      const place = { file: source.path, line: lineAt(source, piece.start) }
      report('name', place, `${piece.text}: ${sentence}`)
    }
  }
}

function checkEvents(source: Source, room: string, report: Report): void {
  for (const { piece } of eventsOf(source)) {
    const words = piece.text.split('.')[1]?.split('_') ?? []
    const isPast = words.some((word) => PAST.has(word) || /[a-z]ed$/.test(word))
    if (nameIn(room, true).test(piece.text) && isPast) continue
    const text = `${piece.text}: an event is called ${said(room)}.noun_past, for what happened.`
    report('name', { file: source.path, line: lineAt(source, piece.start) }, text)
  }
}

function checkRefusals(source: Source, room: string, report: Report): void {
  for (const piece of refusalsOf(source)) {
    if (nameIn(room, false).test(piece.text)) continue
    const text = `${piece.text}: a refusal's code is ${said(room)}.what_is_wrong.`
    report('name', { file: source.path, line: lineAt(source, piece.start) }, text)
  }
}

const said = (room: string): string => (room.startsWith('(') ? 'platform' : room)

const nameIn = (room: string, twoWords: boolean): RegExp =>
  new RegExp(`^${room}\\.[a-z0-9]+(_[a-z0-9]+)${twoWords ? '+' : '*'}$`)
