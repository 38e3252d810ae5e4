import { randomUUID } from 'node:crypto'
import { inputSchema, isRecord, type JsonSchema } from '../../src/interface/http/input.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { cursorOf } from '../../src/kernel/page.ts'
import { type Caller, type Door, routeOf } from './crawl-doors.ts'
import {
  isIdName,
  knownNames,
  knownOf,
  type Names,
  ownSource,
  type Values,
  valuesOf,
} from './crawl-names.ts'
import { toolOf } from './crawl-tools.ts'
import type { Seeded } from './crawl-world.ts'
import { fits, type Making, type Source, type Spot, sampleOf, spotsOf } from './samples.ts'

/** A value found in an answer: the name it stood behind, and the operation that gave it. */
export type Found = Readonly<{ value: string | number; field: string; origin: string }>

/** Everything an organisation's own answers hold. */
export type Book = Readonly<{ found: readonly Found[]; texts: readonly string[] }>

const schemas = new WeakMap<AnyOperation, JsonSchema>()

/** Gives the schema of an operation's input, made once. */
export const schemaOf = (operation: AnyOperation): JsonSchema => {
  const known = schemas.get(operation)
  if (known !== undefined) return known
  const schema = inputSchema(operation.input)
  schemas.set(operation, schema)
  return schema
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const LETTER = /^([A-Z]|AP|TC)-([1-9][0-9]*)$/

/** Places that sound as if they named something and do not, with the reason. */
const EXEMPT: Readonly<Record<string, string>> = {
  'identity.set_allow_list keys.*': 'Networks from which keys may be used.',
  'identity.set_provider key': 'Names a new issuer, or one of the own organisation.',
  'identity.set_provider clientId': 'What the issuer calls us.',
  'identity.list_sign_in_ways organisation': 'Anyone may see the buttons of a sign-in page.',
  'identity.start_external_sign_in organisation': 'Anyone may begin to sign in where they belong.',
  'identity.finish_external_sign_in agent': 'What a browser calls itself.',
  'identity.sign_in agent': 'What a browser calls itself.',
  'identity.sign_in device': 'A word of chance that a browser keeps.',
  'identity.sign_in_with_passkey agent': 'What a browser calls itself.',
  'identity.set_up_owner agent': 'What a browser calls itself.',
  'identity.accept_invitation agent': 'What a browser calls itself.',
  'identity.use_sign_in_link agent': 'What a browser calls itself.',
  'identity.get_consent uid': 'A word of chance of one browser; oauth-consent.test.ts asks for it.',
  'identity.give_consent uid': 'A word of chance of one browser, likewise.',
  'identity.refuse_consent uid': 'A word of chance of one browser, likewise.',
  'tools.add_tool entry': 'Names an entry of the catalogue that all have.',
}

/** Lists the places of an operation's input that name something: all in its address do. */
export const idSpots = (operation: AnyOperation): readonly Spot[] => {
  const seen = new Set<string>()
  const { params } = routeOf(operation)
  return spotsOf(schemaOf(operation)).filter(({ path, name, schema }) => {
    const isChoice = schema['enum'] !== undefined || 'const' in schema
    const isId = isIdName(name) || schema['format'] === 'uuid' || params.includes(path)
    const isOther = isChoice || schema['type'] === undefined || !isId
    const isTaken = seen.has(path) || isOther || `${operation.name} ${path}` in EXEMPT
    if (!isTaken) seen.add(path)
    return !isTaken
  })
}

/** Reads everything that an organisation can read through a door, its own ids in every place. */
export const harvest = async (
  operations: readonly AnyOperation[],
  door: Door,
  { caller, values }: Readonly<{ caller: Caller; values: Values }>,
): Promise<Book> => {
  const found: Found[] = []
  const texts: string[] = []
  for (const operation of operations) {
    if (operation.effect !== 'read' || !door.offers(operation)) continue
    const source = calm(knownOf(operation, ownSource(values)))
    const isPaged = spotsOf(schemaOf(operation)).some(({ path }) => path === 'cursor')
    const page = { path: 'limit', value: 1 }
    const makings = [{}, { full: true }, ...(isPaged ? [{ at: page }] : [])]
    for (const making of makings) {
      const input = inputOf(operation, door, { source, ...making })
      const { status, text } = await door.call(caller, operation, input)
      if (status !== 200) continue
      texts.push(text)
      leavesOf(parsed(text), { field: '', origin: operation.name }, found)
    }
  }
  return { found, texts }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text.split('\n').map((line) => (line.startsWith('{') ? JSON.parse(line) : line))
  }
}

const leavesOf = (value: unknown, at: Omit<Found, 'value'>, found: Found[]): void => {
  if (typeof value === 'string' || typeof value === 'number') found.push({ ...at, value })
  else if (Array.isArray(value)) for (const item of value) leavesOf(item, at, found)
  else if (isRecord(value)) {
    for (const [field, inner] of Object.entries(value)) leavesOf(inner, { ...at, field }, found)
  }
}

/** Never waits: a long poll of a crawl answers at once. */
const calm =
  (source: Source): Source =>
  (spot) =>
    spot.name.startsWith('wait') ? 0 : source(spot)

/** Values of many forms, for places whose form only the shape itself knows. */
const SPARES: readonly unknown[] = [
  ...['dev-1', 'GH', 'GH-1', 'main', 'Sample', 'sample', 'Europe/Berlin', 'c_WzFd', '192.0.2.0/24'],
  ...['2030-01-02T03:04:05.000Z', '2030-01-02', 'https://example.org/', 'a@example.org', '123456'],
  ...['0190a000-0000-7000-8000-00000000abcd', 'task:read', 'Sample text of some length, in words'],
  ...[1, 60, true],
]
const REPAIRS_MAX = 8

/**
 * Makes an input of an operation for a door; what the door needs and waits are always in it.
 * Where the shape wants more than its schema says, spare values are tried in the places it names.
 */
export const inputOf = (
  operation: AnyOperation,
  door: Pick<Door, 'needs'>,
  making: Making,
): Readonly<Record<string, unknown>> => {
  const waits = operation.waiting ? ['wait_s', 'wait'] : []
  const needed = new Set([...door.needs(operation), ...knownNames(operation), ...waits])
  const schema = schemaOf(operation)
  const spare = new Map<string, unknown>()
  const source: Source = (spot) => spare.get(spot.path) ?? making.source?.(spot)
  const made = () => sampleOf(schema, { ...making, source, needed })
  const faults = () =>
    (operation.input.safeParse(made()).error?.issues ?? []).map(({ path }) =>
      path.map((step) => (typeof step === 'number' ? '*' : String(step))).join('.'),
    )
  for (let tries = 0; tries < REPAIRS_MAX; tries++) {
    const fault = faults().find((path) => path !== making.at?.path && !spare.has(path))
    if (fault === undefined) break
    const fitting = SPARES.find((value) => {
      spare.set(fault, value)
      return !faults().includes(fault)
    })
    spare.set(fault, fitting)
  }
  const input = made()
  return isRecord(input) ? input : {}
}

/** One thing to ask: a place, what the other organisation has there, and what nobody has. */
export type Probe = Readonly<{
  spot: Spot
  foreign: string | number
  unknown: string | number
  /** Cursors say where to read on, not what: a made-up one is refused for its form. */
  compared: boolean
}>

const ANY_DOOR = { needs: (operation: AnyOperation) => routeOf(operation).params }
const UUIDS_MAX = 2
const OTHERS_MAX = 4

/** Picks foreign values for a place of an operation's input. */
export const probesOf = (
  operation: AnyOperation,
  spot: Spot,
  { theirs, book, source }: Readonly<{ theirs: Seeded; book: Book; source: Source }>,
): readonly Probe[] => {
  const { names } = theirs
  const fitting = baitsOf(theirs, book).filter((value) => fits(spot.schema, value))
  const isCursor = spot.name === 'cursor'
  const room = `${operation.name.split('.')[0]}.`
  const isUuid = (value: unknown) => typeof value === 'string' && UUID.test(value)
  const near = book.found.filter(({ value }) => isUuid(value) && fits(spot.schema, value))
  const uuids = isCursor ? [] : oneOfEach(near, room).slice(0, UUIDS_MAX)
  const same = book.found
    .filter(({ field, value }) => field === spot.name && fits(spot.schema, value))
    .map(({ value }) => value)
    .filter((value) => typeof value === 'string' && isTheirsAlone(value, names))
  const next = book.found.filter(
    ({ value, origin }) => origin === operation.name && /^c_[\w-]{4,}$/.test(String(value)),
  )
  // Where they have one page only, there is no cursor of theirs but one that names a row.
  const made = oneOfEach(near, room)
    .slice(0, 1)
    .map((id) => cursorOf([id]))
  const cursors = next.length > 0 ? next.map(({ value }) => value) : made
  const named = spot.name === 'name' ? [names.handle, toolOf(names)] : []
  const others = isCursor ? cursors : [...named, ...fitting, ...same.slice(-1)]
  const takes = (value: string | number) => {
    const at = { path: spot.path, value }
    return operation.input.safeParse(inputOf(operation, ANY_DOOR, { source, at })).success
  }
  const chosen = [
    ...new Set([...others.filter(takes).slice(0, OTHERS_MAX), ...uuids.filter(takes)]),
  ]
  return chosen.map((foreign) => {
    const twin = twinsFor(foreign, names).find(takes) ?? foreign
    const unknown = isCursor ? foreign : twin
    return { spot, foreign, unknown, compared: unknown !== foreign }
  })
}

/** Tells whether a text can be one that only they have: counted things others count as well. */
const isTheirsAlone = (value: string, { mark }: Names): boolean =>
  !UUID.test(value) && !LETTER.test(value) && !/^GH(-|$)/.test(value) && !value.includes(mark)

const baitsOf = ({ names, lease }: Seeded, { found }: Book): readonly (string | number)[] => {
  const { project, branch, handle, server } = names
  const letters = new Map<string, number>()
  for (const { value } of found) {
    const [, letter, number] = LETTER.exec(String(value)) ?? []
    if (letter === undefined) continue
    letters.set(letter, Math.max(letters.get(letter) ?? 0, Number(number)))
  }
  const lettered = [...letters].map(([letter, number]) => `${letter}-${number}`)
  const slugs = found.filter(({ field }) => field === 'slug' || field === 'tag')
  const orgs = slugs.slice(0, 1).map(({ value }) => value)
  const places = [`${project}-1`, 'GH-12', project, `${project}/${branch}`]
  return [lease, ...orgs, ...lettered, ...places, handle, `${handle}-m`, branch, server, 12]
}

/** Takes one uuid of every field of every operation, the operation's own room first. */
const oneOfEach = (found: readonly Found[], room: string): readonly string[] => {
  const own = found.filter(({ origin }) => origin.startsWith(room))
  const kinds = new Map<string, string>()
  for (const { value, field, origin } of [...own, ...found]) {
    kinds.set(`${origin} ${field}`, String(value))
  }
  return [...new Set(kinds.values())]
}

/** Pairs the names of an organisation with names of the same form that nobody has. */
const twinsOf = ({
  project,
  branch,
  handle,
  server,
}: Names): readonly (readonly [string, string])[] => [
  [project, `Z${[...project.slice(1)].toReversed().join('')}`],
  [branch, branch.replace('bait', 'tiab')],
  [handle, handle.replace('bait', 'tiab')],
  [server, server.replace('lure', 'erul')],
]

/** Takes what was asked with out of an answer, so that equal sentences are equal. */
export const masked = (text: string, asked: string | number, names: Names): string => {
  if (typeof asked === 'number') return text.replaceAll(new RegExp(`\\b${asked}\\b`, 'g'), 'ID')
  const value = asked
  const spellings = [value, encodeURIComponent(value), ...twinsOf(names).flat()]
  return [...spellings, ...spellings.map((one) => one.toLowerCase())].reduce(
    (said, one) => said.replaceAll(one, 'ID'),
    text,
  )
}

/** Makes values of the same form that nobody has: the first that a place takes will do. */
const twinsFor = (value: string | number, names: Names): readonly (string | number)[] => {
  if (typeof value === 'number') return [value + 900]
  // The same beginning: a form may want a letter or a number there.
  if (UUID.test(value)) return [value.slice(0, 9) + randomUUID().slice(9)]
  const pairs = twinsOf(names)
  const renamed = pairs.reduce((text, [real, other]) => text.replaceAll(real, other), value)
  if (renamed !== value) return [renamed]
  // Some forms have no room for a longer number.
  const sameLength = value.replace(/[0-9]$/, (digit) => String((Number(digit) + 5) % 10))
  return [value.replace(/([0-9]+)$/, '90000$1'), sameLength]
}

/** Tells whether a door can carry a value at a place: addresses hold no objects. */
export const carries = (door: Door, operation: AnyOperation, { path }: Spot): boolean => {
  const { method } = routeOf(operation)
  const isAddress = door.name !== 'web' && !door.name.startsWith('mcp')
  const isNested = path.replace(/\.\*$/, '').includes('.')
  return !(isAddress && isNested && (method === 'GET' || method === 'DELETE'))
}

/** Makes the source of one side for an operation: its own ids, what is known, and no waits. */
export const sourceOf = (
  operation: AnyOperation,
  { names, lease }: Pick<Seeded, 'names' | 'lease'>,
): Source => calm(knownOf(operation, ownSource(valuesOf(names, { lease }))))
