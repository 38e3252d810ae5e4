import fc from 'fast-check'
import type { JsonSchema } from '../../src/interface/http/input.ts'
import { isRecord } from '../../src/interface/http/input.ts'

// Makes inputs out of JSON Schemas, so that a suite can call operations it has never heard of.

/** One place in an input: its path with `*` for elements, its own name, its schema. */
export type Spot = Readonly<{ path: string; name: string; schema: JsonSchema }>

/** Gives the value of a place; `undefined` leaves it to the schema. */
export type Source = (spot: Spot) => unknown

/** How an input is made. */
export type Making = Readonly<{
  source?: Source
  /** Optional members are made too. */
  full?: boolean
  /** Says of an optional member whether it is made. */
  takes?: (path: string) => boolean
  /** Names of members that are needed although the schema does not say so. */
  needed?: ReadonlySet<string>
  /** A place that has to be there, and the value it gets. */
  at?: Readonly<{ path: string; value: unknown }>
}>

const DEPTH_MAX = 12

/** Makes one input. */
export const sampleOf = (schema: JsonSchema, making: Making = {}): unknown =>
  build({ path: '', name: '', schema }, { making, root: schema })

type Work = Readonly<{ making: Making; root: JsonSchema }>

const build = (given: Spot, work: Work): unknown => {
  const spot = { ...given, schema: resolved(given.schema, work.root) }
  const { at, source } = work.making
  if (at?.path === spot.path) return at.value
  const isOnTheWay = at !== undefined && at.path.startsWith(`${spot.path}.`)
  const own = isOnTheWay ? undefined : source?.(spot)
  if (own !== undefined && fits(spot.schema, own)) return own
  const choice = choiceOf(spot, work, isOnTheWay)
  if (choice !== null) return build({ ...spot, schema: choice }, work)
  if (spot.path.split('.').length > DEPTH_MAX) return null
  return plain(spot, work)
}

/** Gives the part of a union that is to be made; `null` for a schema that is none. */
const choiceOf = ({ path, schema }: Spot, work: Work, isOnTheWay: boolean): JsonSchema | null => {
  const choices = branchesOf(schema)
  if (choices.length === 0) return null
  const real = choices.filter((one) => resolved(one, work.root)['type'] !== 'null')
  if (!isOnTheWay) return real[0] ?? choices[0] ?? null
  const wanted = work.making.at?.path
  const holding = real.find((one) =>
    spotsOf(one, { root: work.root, path }).some((spot) => spot.path === wanted),
  )
  return holding ?? real[0] ?? null
}

const plain = (spot: Spot, work: Work): unknown => {
  const { schema } = spot
  if ('const' in schema) return schema['const']
  const { enum: values } = schema
  if (Array.isArray(values)) return valueAt(values)
  const types = typesOf(schema)
  if (types.has('object') || isRecord(schema['properties'])) return objectOf(spot, work)
  if (types.has('array')) return listOf(spot, work)
  if (types.has('string')) return textOf(schema)
  if (types.has('integer') || types.has('number')) return numberOf(schema)
  if (types.has('boolean')) return true
  if (types.has('null')) return null
  return { note: 'Any value.' }
}

const valueAt = (values: readonly unknown[]): unknown => values[0]

const objectOf = ({ path, schema }: Spot, work: Work): Record<string, unknown> => {
  const { making } = work
  const { properties, required } = schema
  const needed = new Set(Array.isArray(required) ? required : [])
  const made: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(isRecord(properties) ? properties : {})) {
    if (!isRecord(field)) continue
    const place = below(path, name)
    const isAimed = making.at?.path === place || (making.at?.path.startsWith(`${place}.`) ?? false)
    const isWanted = needed.has(name) || (path === '' && (making.needed?.has(name) ?? false))
    const isTaken = making.full === true || making.takes?.(place) === true
    if (!isWanted && !isAimed && !isTaken) continue
    const value = build({ path: place, name, schema: field }, work)
    if (value !== undefined) made[name] = value
  }
  return made
}

const listOf = (spot: Spot, work: Work): unknown[] => {
  const { items, minItems } = spot.schema
  if (!isRecord(items)) return []
  const count = Math.max(1, Math.min(5, typeof minItems === 'number' ? minItems : 1))
  return Array.from({ length: count }, () =>
    build({ path: below(spot.path, '*'), name: spot.name, schema: items }, work),
  )
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

const UUID = '0190a000-0000-7000-8000-00000000abcd'
const BY_FORMAT: Readonly<Record<string, string>> = {
  uuid: UUID,
  guid: UUID,
  email: 'someone@example.org',
  date: '2026-03-04',
  'date-time': '2026-03-04T05:06:07.000Z',
  time: '05:06:07',
  duration: 'P1D',
  uri: 'https://example.org/',
  url: 'https://example.org/',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  cidrv4: '192.0.2.0/24',
  cidrv6: '2001:db8::/32',
  hostname: 'example.org',
  base64: 'AAAA',
  base64url: 'AAAA',
}
const WORDS = ['Sample text', 'sample', 'SAMPLE', 'GH', 'GH-1', 'a', '1', 'AAAA']

const textOf = (schema: JsonSchema): string => {
  const { format, minLength } = schema
  const named = typeof format === 'string' ? BY_FORMAT[format] : undefined
  const least = typeof minLength === 'number' ? minLength : 0
  const found = [named, ...WORDS, 'x'.repeat(least)].find(
    (text) => text !== undefined && fits(schema, text),
  )
  return found ?? matching(schema) ?? 'x'.repeat(least)
}

const matching = ({ pattern, minLength, maxLength }: JsonSchema): string | undefined => {
  if (typeof pattern !== 'string') return undefined
  try {
    const texts = fc.sample(fc.stringMatching(new RegExp(pattern)), { seed: 7, numRuns: 50 })
    const least = typeof minLength === 'number' ? minLength : 0
    const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY
    return texts.find(({ length }) => length >= least && length <= most)
  } catch {
    return undefined // A look-around: only a source that knows the field can help.
  }
}

const numberOf = (schema: JsonSchema): number => {
  const { minimum, exclusiveMinimum, maximum } = schema
  const least = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : minimum
  const low = typeof least === 'number' ? least : 1
  return Math.min(Math.max(1, low), typeof maximum === 'number' ? maximum : 1_000_000)
}

/** Tells whether a scalar may stand where a schema is; what it does not name is allowed. */
export const fits = (schema: JsonSchema, value: unknown): boolean => {
  const choices = branchesOf(schema)
  if (choices.length > 0) return choices.some((choice) => fits(choice, value))
  if ('const' in schema) return schema['const'] === value
  const { enum: values } = schema
  if (Array.isArray(values)) return values.includes(value)
  const types = typesOf(schema)
  if (types.size === 0) return true
  if (typeof value === 'string') return types.has('string') && fitsText(schema, value)
  if (typeof value === 'number') return fitsNumber(schema, value)
  if (typeof value === 'boolean') return types.has('boolean')
  if (value === null) return types.has('null')
  return types.has(Array.isArray(value) ? 'array' : 'object')
}

const fitsText = ({ pattern, minLength, maxLength }: JsonSchema, text: string): boolean => {
  if (typeof minLength === 'number' && text.length < minLength) return false
  if (typeof maxLength === 'number' && text.length > maxLength) return false
  return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text)
}

const fitsNumber = (schema: JsonSchema, value: number): boolean => {
  const types = typesOf(schema)
  if (!types.has('number') && !(types.has('integer') && Number.isInteger(value))) return false
  const { minimum, maximum } = schema
  if (typeof minimum === 'number' && value < minimum) return false
  return typeof maximum !== 'number' || value <= maximum
}

const typesOf = ({ type }: JsonSchema): ReadonlySet<unknown> =>
  new Set(Array.isArray(type) ? type : type === undefined ? [] : [type])

const branchesOf = ({ anyOf, oneOf, allOf }: JsonSchema): readonly JsonSchema[] =>
  [anyOf, oneOf, allOf].flatMap((group) => (Array.isArray(group) ? group.filter(isRecord) : []))

const resolved = (schema: JsonSchema, root: JsonSchema): JsonSchema => {
  const ref = schema['$ref']
  if (typeof ref !== 'string') return schema
  if (ref === '#') return root
  const definitions = root['$defs']
  const found = isRecord(definitions) ? definitions[ref.replace('#/$defs/', '')] : undefined
  return isRecord(found) ? found : {}
}

type From = Readonly<{ root: JsonSchema; path?: string; name?: string; depth?: number }>

/** Lists every place of a schema that takes a scalar, unions and elements included. */
export const spotsOf = (schema: JsonSchema, from: Partial<From> = {}): readonly Spot[] => {
  const { root = schema, path = '', name = '', depth = 0 } = from
  if (depth > DEPTH_MAX) return []
  const here = resolved(schema, root)
  const branches = branchesOf(here)
  const next = { root, path, name, depth: depth + 1 }
  if (branches.length > 0) return branches.flatMap((branch) => spotsOf(branch, next))
  const { properties, items } = here
  if (isRecord(properties)) {
    return Object.entries(properties).flatMap(([field, inner]) =>
      isRecord(inner) ? spotsOf(inner, { ...next, path: below(path, field), name: field }) : [],
    )
  }
  if (isRecord(items)) return spotsOf(items, { ...next, path: below(path, '*') })
  const types = typesOf(here)
  const isScalar = types.has('string') || types.has('integer') || types.has('number')
  return isScalar || types.size === 0 ? [{ path, name, schema: here }] : []
}
