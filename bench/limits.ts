import { z } from 'zod'
import type { Actor } from '../src/kernel/actor.ts'
import { operation } from '../src/kernel/operation.ts'
import { openLimits } from '../src/platform/limits/limits.ts'
import { type Finding, median, round } from './result.ts'

const CALLS = 200_000
const ROUNDS = 9
const ACTORS = 200
const BUDGET_NS = 1_000
// Raised so that nothing is refused: what is measured is a call that passes.
const FACTOR = 400

const OPERATION = operation()({
  name: 'work.try_limit',
  about: 'Stand for any operation.',
  input: z.strictObject({}),
  output: z.object({}),
  access: null,
  effect: 'read',
  http: null,
  mcp: null,
  run: async () => ({}),
})
const SEARCH = { ...OPERATION, limit: 'search' as const }

const ORG = '01890000-0000-7000-8000-000000000001'
const actors = Array.from(
  { length: ACTORS },
  (_, index): Actor => ({
    orgId: ORG,
    id: `01890000-0000-7000-8000-1${String(index).padStart(11, '0')}`,
    kind: 'agent',
    handle: `dev-${index}`,
    scopes: null,
    projects: null,
    epoch: 0,
  }),
)

/** Times calls in rounds; gives nanoseconds for one. */
const nsOf = (body: (index: number) => unknown): number => {
  const rounds: number[] = []
  let kept = 0
  for (let turn = 0; turn < ROUNDS; turn++) {
    const started = process.hrtime.bigint()
    for (let index = 0; index < CALLS; index++) if (body(index) !== null) kept += 1
    rounds.push(Number(process.hrtime.bigint() - started) / CALLS)
  }
  if (kept !== ROUNDS * CALLS) throw new Error('A call gave nothing back.')
  return median(rounds)
}

/** Measures what counting a call costs, beside what every counter needs: a look into a map. */
export const bench = async (): Promise<Finding> => {
  let now = Date.now()
  const limits = openLimits({ now: () => (now += 0.05), factor: FACTOR })
  const counts = new Map<string, { count: number }>()
  const plain = (index: number) => {
    const id = actors[index % ACTORS]?.id ?? ''
    const count = (counts.get(id)?.count ?? 0) + 1
    counts.set(id, { count })
    return count
  }
  const call = (index: number, of = OPERATION) => {
    const actor = actors[index % ACTORS]
    return actor ? limits.take(actor, of) : null
  }
  const baselineValue = round(nsOf(plain), 0)
  const value = round(
    nsOf((index) => call(index)),
    0,
  )
  const withClass = round(
    nsOf((index) => call(index, SEARCH)),
    0,
  )
  const address = round(
    nsOf((index) => limits.admit(`192.0.2.${index % ACTORS}`)),
    0,
  )
  const v6 = round(
    nsOf((index) => limits.admit(`2001:db8:${index % ACTORS}::1`)),
    0,
  )
  return {
    name: 'limits',
    value,
    unit: 'ns for one counted call (principal and organisation)',
    baseline: 'a bare counter in a map, ns',
    baselineValue,
    ratio: round(value / baselineValue),
    budget: `<= ${BUDGET_NS} ns`,
    met: value <= BUDGET_NS,
    also: [
      { what: 'with a class of its own, ns', value: withClass },
      { what: 'an IPv4 address without a key, ns', value: address },
      { what: 'an IPv6 address without a key, ns', value: v6 },
    ],
  }
}
