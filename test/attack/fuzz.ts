import { isRecord } from '../../src/interface/http/input.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { type Case, httpCase, type Making } from './fuzz-cases.ts'
import { type Chance, chanceOf } from './fuzz-chance.ts'
import { judge } from './fuzz-judge.ts'
import { mcpCase } from './fuzz-mcp.ts'
import type { Heard, Wire, Wished } from './wire.ts'

/** Who calls in a run of the fuzzer: keys, and what they have. */
export type Callers = Readonly<{ keys: readonly string[]; own: readonly (string | number)[] }>

/** What a run goes through. */
export type Fuzzing = Readonly<{
  seed: number
  wire: Wire
  operations: readonly AnyOperation[]
  /** Makes callers; asked again when the old ones were signed out by what they called. */
  callers(): Promise<Callers>
  /** Waits until a limit lets go. */
  wait(seconds: number): Promise<void> | void
  /** Ends the run: by count or by time, whichever comes first. */
  until: Readonly<{ calls: number; ms: number }>
  /** Gives what the log says about the last bug, where it can be read. */
  lastBug?: () => string | undefined
}>

/** What came of a run. */
export type Fuzzed = Readonly<{
  calls: number
  /** Answers by door and status. */
  statuses: Readonly<Record<string, number>>
  /** Operations that answered with success at least once. */
  succeeded: ReadonlySet<string>
  faults: readonly string[]
}>

const FAULTS_MAX = 15
const SHRINKS_MAX = 120
const SHRINK_MS = 15_000
const ALONE = 4

/** Sends one odd request after the other, and tells of every answer that should not be. */
export const fuzz = async (fuzzing: Fuzzing): Promise<Fuzzed> => {
  const { until } = fuzzing
  const state: State = {
    calls: 0,
    statuses: {},
    succeeded: new Set(),
    faults: new Map(),
    callers: await fuzzing.callers(),
    signedOut: 0,
  }
  const end = performance.now() + until.ms
  const isOver = () => state.calls >= until.calls || performance.now() > end
  for (let round = 0; !isOver() && state.faults.size < FAULTS_MAX; round++) {
    const chances = Array.from({ length: ALONE }, (_, lane) =>
      chanceOf(fuzzing.seed * 1_000_003 + round * ALONE + lane),
    )
    await Promise.all(chances.map((chance) => once(fuzzing, state, chance)))
    if (state.signedOut > 20) {
      state.callers = await fuzzing.callers()
      state.signedOut = 0
    }
  }
  const { calls, statuses, succeeded, faults } = state
  return { calls, statuses, succeeded, faults: [...faults.values()] }
}

type State = {
  calls: number
  statuses: Record<string, number>
  succeeded: Set<string>
  faults: Map<string, string>
  callers: Callers
  signedOut: number
}

const once = async (fuzzing: Fuzzing, state: State, chance: Chance): Promise<void> => {
  const { keys, own } = state.callers
  const key = chance.some(keys) ?? ''
  const making: Making = { chance, operations: fuzzing.operations, key, own }
  const one = chance.maybe(0.6) ? httpCase(making) : mcpCase(making)
  if (one === null) return
  const { fault, heard } = await tried(fuzzing, one)
  state.calls += 1
  note(state, one, heard)
  const isLimited = heard?.status === 429 || heard?.text.includes('platform.too_many_calls')
  if (isLimited === true) await fuzzing.wait(Number(heard?.headers['retry-after'] ?? 1))
  if (fault === null) return
  // One report for each cause: a bug by the place that threw, anything else by what was done.
  const bug = fault.includes('bug') || fault.includes('50') ? fuzzing.lastBug?.() : undefined
  const place = `${fault} ${bug?.slice(0, 300) ?? one.how}`
  if (state.faults.has(place)) return
  state.faults.set(place, fault)
  const small = await shrunk(fuzzing, one, fault)
  state.faults.set(place, told(fuzzing, { one, small, fault, bug }))
}

const note = (state: State, { door, operation }: Case, heard: Heard | null): void => {
  const name = `${door} ${heard?.status ?? 'cut'}`
  state.statuses[name] = (state.statuses[name] ?? 0) + 1
  const isDone = heard?.status === 200 && !/"isError":true|"error":\{/.test(heard.text)
  if (isDone && operation !== null) state.succeeded.add(operation.name)
  state.signedOut = heard?.status === 401 && !isOddly401(heard) ? state.signedOut + 1 : 0
}

// Odd credentials are refused by their form; a key that died is refused as unknown.
const isOddly401 = ({ text }: Heard): boolean => /malformed|missing/.test(text)

type Tried = Readonly<{ fault: string | null; heard: Heard | null }>

const tried = async ({ wire }: Fuzzing, one: Case): Promise<Tried> => {
  try {
    const heard = await wire.send(one.mayCut ? alone(one.wished) : one.wished)
    const secrets = secretsOf(one.wished)
    return { heard, fault: judge(one, heard, secrets) }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    if (one.mayCut && !said.includes('No answer')) return { heard: null, fault: null }
    return { heard: null, fault: `no answer: ${said}` }
  }
}

const alone = (wished: Wished): Wished => ({
  ...wished,
  headers: { ...wished.headers, connection: 'close' },
})

/** The keys that a request carried: no answer may repeat them. */
const secretsOf = ({ headers = {} }: Wished): readonly string[] =>
  [headers['authorization'], headers['x-api-key']].flatMap((value) => {
    const key = /guild_\w{40,}/.exec(String(value ?? ''))?.[0]
    return key === undefined ? [] : [key]
  })

/** Takes away what the fault does not need, one thing at a time. */
const shrunk = async (fuzzing: Fuzzing, one: Case, fault: string): Promise<Case> => {
  let small = one
  let tries = 0
  const end = performance.now() + SHRINK_MS
  for (let isSmaller = true; isSmaller && tries < SHRINKS_MAX; ) {
    isSmaller = false
    for (const wished of smallerOf(small.wished)) {
      if (++tries > SHRINKS_MAX || performance.now() > end) return small
      const candidate = { ...small, wished }
      if ((await tried(fuzzing, candidate)).fault !== fault) continue
      small = candidate
      isSmaller = true
      break
    }
  }
  return small
}

const KEPT_HEADERS = new Set(['authorization', 'content-type'])

function* smallerOf(wished: Wished): Generator<Wished> {
  const { headers = {}, body, path } = wished
  for (const name of Object.keys(headers)) {
    if (KEPT_HEADERS.has(name)) continue
    const { [name]: _, ...rest } = headers
    yield { ...wished, headers: rest }
  }
  if (typeof body === 'string') {
    for (const value of smallerValues(parsed(body))) {
      yield { ...wished, body: JSON.stringify(value) }
    }
  }
  const [bare = '', query = ''] = path.split('?')
  const params = query === '' ? [] : query.split('&')
  for (const [at] of params.entries()) {
    const rest = params.filter((_, other) => other !== at)
    yield { ...wished, path: [bare, ...(rest.length > 0 ? [rest.join('&')] : [])].join('?') }
  }
}

function* smallerValues(value: unknown): Generator {
  if (typeof value === 'string' && value.length > 8) yield value.slice(0, value.length / 2)
  if (Array.isArray(value)) {
    if (value.length > 1) yield value.slice(0, 1)
    for (const [at, item] of value.slice(0, 5).entries()) {
      for (const less of smallerValues(item)) yield value.with(at, less)
    }
  }
  if (!isRecord(value)) return
  for (const name of Object.keys(value)) {
    const { [name]: own, ...rest } = value
    yield rest
    for (const less of smallerValues(own)) yield { ...value, [name]: less }
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Finding = Readonly<{ one: Case; small: Case; fault: string; bug: string | undefined }>

const told = ({ seed }: Fuzzing, { one, small, fault, bug }: Finding): string => {
  const { method, path, headers = {}, body } = small.wished
  const { authorization: _, ...shown } = headers
  return [
    `${fault} (seed ${seed}, ${one.operation?.name ?? 'no operation'}, ${one.door}, ${one.how})`,
    `  ${method} ${path.slice(0, 500)} ${JSON.stringify(shown).slice(0, 400)}`,
    `  ${String(body ?? '').slice(0, 800)}`,
    ...(bug === undefined ? [] : [`  ${bug.slice(0, 900)}`]),
  ].join('\n')
}
