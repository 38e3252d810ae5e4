import type { House } from '../../src/main/compose.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import type { Caller, Door } from './crawl-doors.ts'
import { freshNames, type Names } from './crawl-names.ts'
import {
  type Book,
  carries,
  idSpots,
  inputOf,
  masked,
  type Probe,
  probesOf,
  sourceOf,
} from './crawl-plan.ts'
import type { Watch } from './crawl-watch.ts'
import { type Seeded, seed } from './crawl-world.ts'
import type { Source } from './samples.ts'
import type { Heard } from './wire.ts'

/** What a crawl walks through, and what it looks for. */
export type Crawling = Readonly<{
  house: House
  doors: readonly Door[]
  operations: readonly AnyOperation[]
  theirs: Seeded
  book: Book
  watch: Watch
}>

/** What came of a crawl. */
export type Crawled = Readonly<{
  calls: number
  faults: readonly string[]
  /** Places that name something and were asked with something foreign, per operation and door. */
  asked: ReadonlySet<string>
  /** How each of these places was answered, over all doors and callers. */
  answers: ReadonlyMap<string, ReadonlySet<string>>
  /** The organisations from which was asked. */
  askers: readonly Seeded[]
}>

type State = {
  calls: number
  faults: string[]
  asked: Set<string>
  answers: Map<string, Set<string>>
  askers: Seeded[]
  ours: Seeded
  /** Set when something foreign was taken for a name of something new. */
  isStale: boolean
}

const FAULTS_MAX = 4

/** Calls every operation through every door as everybody, with what another organisation has. */
export const crawl = async (crawling: Crawling, ours: Seeded): Promise<Crawled> => {
  const state: State = {
    calls: 0,
    faults: [...ours.broken],
    asked: new Set(),
    answers: new Map(),
    askers: [ours],
    ours,
    isStale: false,
  }
  for (const operation of crawling.operations) {
    await crawlOperation(crawling, state, operation)
    if (state.isStale || !(await isWell(crawling, state))) await renew(crawling, state)
  }
  return state
}

/** Looks whether everybody can still call: an operation may have signed its caller out. */
const isWell = async ({ house }: Crawling, { ours }: State): Promise<boolean> => {
  try {
    for (const key of Object.values(ours.keys)) await house.hall.authenticate(key)
    return true
  } catch {
    return false
  }
}

const renew = async ({ house }: Crawling, state: State): Promise<void> => {
  state.ours = await seed(house, freshNames(), false)
  state.askers.push(state.ours)
  state.isStale = false
}

const crawlOperation = async (crawling: Crawling, state: State, operation: AnyOperation) => {
  const spots = idSpots(operation)
  const source = sourceOf(operation, state.ours)
  const probes = spots.flatMap((spot) => probesOf(operation, spot, { ...crawling, source }))
  for (const door of crawling.doors) {
    if (!door.offers(operation)) continue
    for (const caller of callersOf(state, operation)) {
      const asking = { crawling, state, operation, door, caller, probes }
      if (spots.length === 0 || operation.effect === 'read') await askOwn(asking)
      for (const probe of probes) {
        if (carries(door, operation, probe.spot)) await askBoth(asking, probe)
      }
      if (spots.length > 1) await askAll(asking)
    }
  }
}

const callersOf = ({ ours }: State, operation: AnyOperation): readonly Caller[] => {
  const known = Object.entries(ours.keys).map(([name, key]) => ({ name, key }))
  return operation.open === undefined ? known : [...known, { name: 'stranger', key: '' }]
}

type Asking = Readonly<{
  crawling: Crawling
  state: State
  operation: AnyOperation
  door: Door
  caller: Caller
  probes: readonly Probe[]
}>

/** Asks with nothing foreign: what has the same name on both sides must not be mixed up. */
const askOwn = async (asking: Asking): Promise<void> => {
  const { state, operation, door } = asking
  const source = sourceOf(operation, state.ours)
  const input = inputOf(operation, door, { source })
  judgeLeak(asking, await ask(asking, input), input)
  state.asked.add(`${operation.name} ${door.name}`)
}

/** Asks with everything foreign at once: what no single place lets through may pass together. */
const askAll = async (asking: Asking): Promise<void> => {
  const { state, operation, door, probes } = asking
  const own = sourceOf(operation, state.ours)
  const foreign = new Map(probes.map(({ spot, foreign: value }) => [spot.path, value]))
  const source: Source = (spot) => foreign.get(spot.path) ?? own(spot)
  const input = inputOf(operation, door, { source, full: true })
  judgeLeak(asking, await ask(asking, input), input)
}

const askBoth = async (asking: Asking, probe: Probe): Promise<void> => {
  const { state, operation, door } = asking
  const first = await askPair(asking, probe)
  // What was met by chance, a limit or a minute that turned, is not met twice.
  const fault = first === null ? null : await askPair(asking, probe)
  if (fault !== null) note(asking, fault)
  state.asked.add(`${operation.name} ${door.name} ${probe.spot.path}`)
}

const askPair = async (asking: Asking, probe: Probe): Promise<string | null> => {
  const { crawling, operation, door, state } = asking
  const { names } = crawling.theirs
  const { spot, foreign, unknown } = probe
  const source = sourceOf(operation, state.ours)
  const made = (value: string | number) =>
    inputOf(operation, door, { source, at: { path: spot.path, value } })
  const [input, other] = [made(foreign), made(unknown)]
  const heard = await ask(asking, input)
  judgeLeak(asking, heard, input)
  const place = `${operation.name} ${spot.path}`
  state.answers.set(place, (state.answers.get(place) ?? new Set()).add(kindOf(heard)))
  if (heard.status === 200 && operation.effect === 'write') state.isStale = true
  if (!probe.compared) return null
  const said = sayingOf(heard, foreign, names)
  const expected = sayingOf(await ask(asking, other), unknown, names)
  if (said === expected) return null
  return `${spot.path} ${foreign}: ${said.slice(0, 300)}\n  unknown: ${expected.slice(0, 300)}`
}

/** Names an answer by its code, or by its status where it has none. */
const kindOf = ({ status, text }: Heard): string =>
  /\b[a-z]+\.[a-z]+(?:_[a-z]+)+(?=[":])/.exec(text.slice(0, 300))?.[0] ?? String(status)

const MASKED_HEADERS = ['content-type', 'cache-control', 'www-authenticate', 'location']

/** What an answer says without the value that was asked with; of a success, that it is one. */
const sayingOf = (heard: Heard, value: string | number, names: Names): string => {
  const { status, headers, text } = heard
  const isError = status >= 400 || text.includes('"isError":true') || text.includes('"error":')
  if (!isError) return `${status}`
  const told = MASKED_HEADERS.map((name) => String(headers[name] ?? '')).join(' ')
  return masked(`${status} ${told} ${text}`, value, names).replaceAll(/\bid: \S+/g, '')
}

const RETRIES_MAX = 5

/** Asks once; where a limit says to come back, the clock is turned until then. */
const ask = async (asking: Asking, input: Readonly<Record<string, unknown>>): Promise<Heard> => {
  const { state, operation, door, caller } = asking
  for (let tries = 1; ; tries++) {
    state.calls += 1
    const heard = await door.call(caller, operation, input)
    const isLimited = heard.status === 429 || heard.text.includes('too_many')
    if (!isLimited || tries > RETRIES_MAX) return heard
    state.ours.org.clock.turn(waitOf(heard) * 1_000)
  }
}

/** Reads how long a limit says to wait, in seconds: doors say it in their own ways. */
const waitOf = ({ headers, text }: Heard): number =>
  Number(headers['retry-after'] ?? /"retryAfterS\\?":(\d+)/.exec(text)?.[1] ?? 60)

const judgeLeak = (asking: Asking, heard: Heard, input: object): void => {
  const { watch } = asking.crawling
  const said = JSON.stringify(input)
  watch.hear(said)
  const leak = watch.find(`${heard.text} ${JSON.stringify(heard.headers)}`)
  if (leak !== null) note(asking, `shows ${leak} to ${said}: ${heard.text.slice(0, 300)}`)
  if (heard.status >= 500 || heard.text.includes('platform.unexpected')) {
    note(asking, `${heard.status} to ${said}: ${heard.text.slice(0, 300)}`)
  }
}

const note = ({ state, operation, door, caller }: Asking, what: string): void => {
  const head = `${operation.name} (`
  // More of the same say nothing new, and every operation gets its turn.
  if (state.faults.filter((fault) => fault.startsWith(head)).length >= FAULTS_MAX) return
  state.faults.push(`${head}${door.name}, ${caller.name}): ${what}`)
}

/** Names the places that should have been asked and were not. */
export const missedBy = (crawling: Crawling, { asked }: Pick<Crawled, 'asked'>): string[] =>
  crawling.operations.flatMap((operation) => {
    const spots = idSpots(operation)
    return crawling.doors.flatMap((door) => {
      if (!door.offers(operation)) return []
      const call = `${operation.name} ${door.name}`
      const wanted = spots
        .filter((spot) => carries(door, operation, spot))
        .map(({ path }) => `${call} ${path}`)
      return (spots.length === 0 ? [call] : wanted).filter((one) => !asked.has(one))
    })
  })

/** Answers that come before anything is looked up. */
const BEFORE: ReadonlySet<string> = new Set(['platform.input_not_valid'])

/** Names the places that were asked but never reached: their answers say nothing about a leak. */
export const unreachedBy = ({ answers }: Pick<Crawled, 'answers'>): string[] =>
  [...answers].flatMap(([place, kinds]) => {
    const isReached = [...kinds].some((kind) => !BEFORE.has(kind) && !kind.endsWith('not_allowed'))
    return isReached ? [] : [`${place}: ${[...kinds].join(', ')}`]
  })

/** Tells in one line how far a crawl went. */
export const sizeOf = ({ operations, doors }: Crawling, { calls, asked }: Crawled): string =>
  `Canary crawl: ${operations.length} operations x ${doors.length} doors x 3 actors, ` +
  `${asked.size} places = ${calls} calls.`
