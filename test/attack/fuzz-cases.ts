import { isRecord } from '../../src/interface/http/input.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { httpRequest, type Input, routeOf } from './crawl-doors.ts'
import { inputOf, schemaOf } from './crawl-plan.ts'
import { isIdName, knownOf } from './crawl-names.ts'
import { type Chance, hostileNumber, hostileText, hostileValue } from './fuzz-chance.ts'
import { fits, type Source, spotsOf } from './samples.ts'
import { SPOILS, spoiled } from './fuzz-spoils.ts'
import type { Wished } from './wire.ts'

/** One thing to send, and what is known about it. */
export type Case = Readonly<{
  door: 'http' | 'mcp'
  operation: AnyOperation | null
  wished: Wished
  /** What was done to it, for the report. */
  how: string
  /** The server may end the connection instead of answering: it was lied to about the body. */
  mayCut?: boolean
  /** The answer, where it is a success, is the output of the operation. */
  isPlain?: boolean
}>

/** What cases are made of. */
export type Making = Readonly<{
  chance: Chance
  operations: readonly AnyOperation[]
  key: string
  /** Values by which operations find things of the caller. */
  own: readonly (string | number)[]
}>

/** Makes an input: mostly of a valid form, with values at the edges of what may be. */
export const fuzzedInput = ({ chance, own }: Making, operation: AnyOperation): Input => {
  const source: Source = ({ name, schema }) => {
    const isId = isIdName(name)
    const candidates = isId ? own.filter((value) => fits(schema, value)) : []
    if (candidates.length > 0 && chance.maybe(0.8)) return chance.some(candidates)
    if (chance.maybe(0.6)) return undefined
    return schema['type'] === 'string' ? hostileText(chance) : hostileNumber(chance)
  }
  const share = chance.pick([0, 0.15, 0.4, 1])
  const taken = new Map<string, boolean>()
  const takes = (path: string): boolean => {
    const known = taken.get(path) ?? chance.maybe(share)
    taken.set(path, known)
    return known
  }
  const params = chance.maybe(0.95) ? routeOf(operation).params : []
  const spots = spotsOf(schemaOf(operation)).filter(() => chance.maybe(0.4))
  const spot = chance.maybe(0.5) ? chance.some(spots) : undefined
  const at = spot && { path: spot.path, value: source(spot) ?? hostileValue(chance, 2) }
  const making = { source: remembered(knownOf(operation, source)), takes, ...(at && { at }) }
  return calmed(operation, inputOf(operation, { needs: () => params }, making))
}

/** Gives one answer for each place: an input is made several times until its form is right. */
const remembered = (source: Source): Source => {
  const given = new Map<string, unknown>()
  return (spot) => {
    if (!given.has(spot.path)) given.set(spot.path, source(spot))
    return given.get(spot.path)
  }
}

/** Takes the waits out of an input: a long poll is not a hang. */
export const calmed = (operation: AnyOperation, input: Input): Input =>
  operation.waiting === undefined ? input : { ...input, wait_s: 0 }

/** Changes one place of an input, or adds or takes one away. */
export const mutated = (chance: Chance, input: Input): Input => {
  const copy: Record<string, unknown> = { ...input }
  const name = chance.some(Object.keys(copy))
  const kind = chance.below(6)
  if (kind === 0 || name === undefined) {
    const names = [
      'constructor',
      'extra',
      'toString',
      '',
      'id',
      'org_id',
      'actor',
      'ＫＥＹ',
      '$where',
    ]
    copy[chance.some(names) ?? 'extra'] = hostileValue(chance)
  } else if (kind === 1) delete copy[name]
  else if (kind === 2) copy[name] = [copy[name]]
  else if (kind === 3) copy[name] = { [name]: copy[name] }
  else if (kind === 4 && isRecord(copy[name])) copy[name] = mutated(chance, copy[name])
  else copy[name] = hostileValue(chance)
  return copy
}

const bodyOf = ({ body }: Wished): string => (typeof body === 'string' ? body : '{}')

/** Makes one case for the HTTP door. */
export const httpCase = (making: Making): Case | null => {
  const { chance, key } = making
  const operation = chance.some(making.operations.filter(({ http }) => http !== null))
  if (operation === undefined) return null
  const isStranger = chance.maybe(operation.open === undefined ? 0.02 : 0.5)
  const signed = isStranger ? {} : { authorization: `Bearer ${key}` }
  const build = (input: Input, flat = false): Wished => {
    const wished = httpRequest(operation, input, flat)
    const type = wished.body === undefined ? {} : { 'content-type': 'application/json' }
    return { ...wished, headers: { ...signed, ...type } }
  }
  const input = fuzzedInput(making, operation)
  const base = { door: 'http' as const, operation }
  const kind = chance.below(10)
  if (kind < 4) return { ...base, wished: build(input), how: 'an input', isPlain: true }
  if (kind < 6) {
    const other = calmed(operation, mutated(chance, input))
    return { ...base, wished: build(other), how: 'a changed input', isPlain: true }
  }
  if (kind === 6)
    return { ...base, wished: build(input, true), how: 'an address instead of a body' }
  const wished = build(input)
  if (kind === 7 && wished.body !== undefined) {
    return {
      ...base,
      wished: { ...wished, body: spoiled(chance, bodyOf(wished)) },
      how: 'a spoiled body',
    }
  }
  const [how, spoil] = chance.some(Object.entries(SPOILS)) ?? ['', (same: Wished) => same]
  const { mayCut = false, ...sent }: Wished & { mayCut?: boolean } = spoil(wished, making)
  return { ...base, wished: sent, how: `an odd ${how}`, mayCut }
}
