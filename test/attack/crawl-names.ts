import { randomBytes } from 'node:crypto'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { fits, type Source, type Spot } from './samples.ts'

// What things are called in a crawl: in the two organisations, and in the inputs of operations.

/** Names that a stranger may know of an organisation, and the mark of all it must not know. */
export type Names = Readonly<{
  /** Stands in every text of the organisation. */
  mark: string
  project: string
  handle: string
  branch: string
  /** A server of tools; most of what else has a name is called like the agent. */
  server: string
  text(): string
}>

/** Makes names that nobody else has. */
export const freshNames = (): Names => {
  const chance = randomBytes(6).toString('hex')
  const mark = `canary-${chance}`
  let count = 0
  const letters = [...chance.slice(0, 6)].map((digit) => String.fromCharCode(70 + parseHex(digit)))
  return {
    mark,
    project: `B${letters.join('')}`,
    handle: `bait-${chance}`,
    branch: `bait-branch-${chance}`,
    server: `lure-${chance.slice(0, 8)}`,
    text: () => `${mark}-${++count}`,
  }
}

const parseHex = (digit: string): number => Number.parseInt(digit, 16)

/** Values of an organisation's own by which operations find things. */
export type Values = Readonly<Record<string, readonly (string | number)[]>>

/** Names what an organisation seeded like this has under the shared names. */
export const valuesOf = (names: Names, more: Readonly<{ lease: string }>): Values => ({
  lease: [more.lease],
  task: ['GH-1'],
  letters: ['Q-1', 'D-1', 'O-1', 'AP-1', 'TC-1'],
  project: ['GH'],
  place: ['GH/main'],
  handle: [names.handle],
  server: [names.server],
  number: [1],
})

// Names of fields behind which something is that has an owner.
const ID_WORDS: ReadonlySet<string> = new Set(
  (
    'id ids key keys handle principal owner assignee delegate ' +
    'project projects task tasks branch parent agent agents person ' +
    'team session cursor lease grant holder member subject connection ' +
    'secret client server namespace org slug tag before after resource ' +
    'at to from sprint depends_on blocked_by except places invitation ' +
    'challenge device credential provider checkpoint request consent organisation actor object'
  ).split(' '),
)

/** Tells whether a field's name says that something stands behind it. */
export const isIdName = (name: string): boolean =>
  ID_WORDS.has(name) || /[a-z](Ids?|Key|Handle)$|_(ids?|key)$/.test(name)

const BEAD = { id: 'bd-1', title: 'A bead', status: 'open', priority: 2, issue_type: 'task' }
const TIMES = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' }

/** What a schema cannot say of a place: by operation and path, only where a look-up comes later. */
const KNOWN: Readonly<Record<string, unknown>> = {
  'work.move_task to': 'Todo',
  'work.import_beads text': `${JSON.stringify({ ...BEAD, ...TIMES })}\n`,
  'context.save_objective title': 'An objective',
  'identity.give_grant role': 'developer',
}

/** Names the members of an operation's input without which nothing is looked up. */
export const knownNames = ({ name }: Pick<AnyOperation, 'name'>): readonly string[] =>
  Object.keys(KNOWN).flatMap((place) =>
    place.startsWith(`${name} `) ? [place.slice(name.length + 1)] : [],
  )

/** Gives what is known of the places of one operation, then what a source gives. */
export const knownOf =
  (operation: Pick<AnyOperation, 'name'>, source: Source): Source =>
  (spot) =>
    KNOWN[`${operation.name} ${spot.path}`] ?? source(spot)

/** Fills the places of an input that name something with what the organisation has itself. */
export const ownSource =
  (values: Values): Source =>
  (spot) => {
    const { name, schema } = spot
    if (name === 'role') return 'member'
    if (!isIdName(name) || schema['type'] === 'object') return undefined
    return preferred(spot, values).find((value) => fits(schema, value))
  }

const preferred = ({ name }: Spot, values: Values): readonly (string | number)[] => {
  if (name === 'cursor' || name === 'before' || name === 'after') return []
  const named = values[name.replace(/s$/, '')] ?? []
  return [...named, ...Object.values(values).flat()]
}
