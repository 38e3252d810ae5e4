import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Balance, Candidate } from './balance.ts'
import { balance } from './balance.ts'

const idle = (weights: Readonly<Record<string, number>>): Candidate[] =>
  Object.entries(weights).map(([id, weight]) => ({ id, weight, inFlight: 0 }))

const picks = (spread: Balance, candidates: readonly Candidate[], count: number): string =>
  Array.from({ length: count }, () => spread.pick(candidates, 'k')).join('')

const countOf = (said: string, id: string): number => said.split(id).length - 1

const anyWeights = fc
  .array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 16 })
  .map((weights) => weights.map((weight, at) => ({ id: `r${at}`, weight, inFlight: 0 })))

test('round robin takes one after the other, and a newcomer first', () => {
  const spread = balance('round_robin')
  expect(picks(spread, idle({ a: 1, b: 9, c: 1 }), 7)).toBe('abcabca')
  expect(picks(spread, idle({ a: 1, b: 9, c: 1, d: 1 }), 5)).toBe('dbcad')
})

test('in round robin nobody is ever more than one call ahead', () => {
  fc.assert(
    fc.property(anyWeights, fc.nat(200), (candidates, count) => {
      const spread = balance('round_robin')
      const counts = new Map(candidates.map(({ id }) => [id, 0]))
      for (let made = 0; made < count; made += 1) {
        const id = spread.pick(candidates, 'k') ?? ''
        counts.set(id, (counts.get(id) ?? 0) + 1)
        const all = [...counts.values()]
        expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('who has least to do for its weight is taken, and of equals who waited longest', () => {
  const spread = balance()
  const busy = (a: number, b: number, c: number): Candidate[] => [
    { id: 'a', weight: 1, inFlight: a },
    { id: 'b', weight: 1, inFlight: b },
    { id: 'c', weight: 4, inFlight: c },
  ]
  expect(spread.pick(busy(1, 0, 3), 'k')).toBe('b')
  expect(spread.pick(busy(1, 1, 3), 'k')).toBe('c')
  expect(picks(spread, busy(0, 0, 0), 6)).toBe('abcabc')
})

test('calls that stay open are spread evenly over replicas of equal weight', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), fc.nat(100), (replicas, count) => {
      const spread = balance('least_connections')
      const open = new Map(Array.from({ length: replicas }, (_, at) => [`r${at}`, 0]))
      for (let made = 0; made < count; made += 1) {
        const now = [...open].map(([id, inFlight]) => ({ id, weight: 1, inFlight }))
        const id = spread.pick(now, 'k') ?? ''
        open.set(id, (open.get(id) ?? 0) + 1)
      }
      expect(Math.max(...open.values()) - Math.min(...open.values())).toBeLessThanOrEqual(1)
    }),
  )
})

test('weights are served smoothly: the heavy one is not served in a row', () => {
  expect(picks(balance('weighted'), idle({ a: 5, b: 1, c: 1 }), 7)).toBe('aabacaa')
})

test('over one round each replica is taken exactly as often as it weighs', () => {
  fc.assert(
    fc.property(anyWeights, (candidates) => {
      const spread = balance('weighted')
      const total = candidates.reduce((sum, { weight }) => sum + weight, 0)
      const counts = new Map<string, number>()
      for (let made = 1; made <= total; made += 1) {
        const id = spread.pick(candidates, 'k') ?? ''
        counts.set(id, (counts.get(id) ?? 0) + 1)
        for (const { id, weight } of candidates) {
          const due = (made * weight) / total
          expect(Math.abs((counts.get(id) ?? 0) - due)).toBeLessThan(candidates.length)
        }
      }
      for (const { id, weight } of candidates) expect(counts.get(id)).toBe(weight)
    }),
    { numRuns: 40 },
  )
})

test('a replica that was away is not flooded when it comes back', () => {
  const spread = balance('weighted')
  const all = idle({ a: 1, b: 1, c: 1 })
  picks(spread, all, 30)
  picks(spread, all.slice(0, 2), 500)
  const said = picks(spread, all, 30)
  expect(countOf(said, 'c')).toBeGreaterThanOrEqual(9)
  expect(countOf(said, 'c')).toBeLessThanOrEqual(11)
})

test('a key stays with its replica, and moves only when that one goes', () => {
  fc.assert(
    fc.property(anyWeights, fc.array(fc.string(), { maxLength: 30 }), (candidates, keys) => {
      const spread = balance('hash')
      const away = candidates[0]?.id
      const rest = candidates.slice(1)
      for (const key of keys) {
        const first = spread.pick(candidates, key)
        expect(spread.pick(candidates.toReversed(), key)).toBe(first)
        if (first !== away) expect(spread.pick(rest, key)).toBe(first)
      }
    }),
  )
})

test('keys are spread over replicas by their weights', () => {
  const spread = balance('hash')
  const candidates = idle({ a: 1, b: 1, c: 2 })
  const said = Array.from({ length: 8_000 }, (_, at) => spread.pick(candidates, `key ${at}`)).join(
    '',
  )
  const shares = ['a', 'b', 'c'].map((id) => countOf(said, id) / 8_000)
  expect(Math.abs((shares[0] ?? 0) - 0.25)).toBeLessThan(0.02)
  expect(Math.abs((shares[1] ?? 0) - 0.25)).toBeLessThan(0.02)
  expect(Math.abs((shares[2] ?? 0) - 0.5)).toBeLessThan(0.02)
})

test('a key and a name are not run together: "a" + "bc" is not "ab" + "c"', () => {
  const spread = balance('hash')
  const one = ['bc', 'bx', 'by', 'bz'].map((id) => ({ id, weight: 1, inFlight: 0 }))
  const other = ['c', 'x', 'y', 'z'].map((id) => ({ id, weight: 1, inFlight: 0 }))
  const places = (candidates: Candidate[], add: string) =>
    Array.from({ length: 64 }, (_, at) => {
      const id = spread.pick(candidates, `${at}a${add}`)
      return candidates.findIndex((candidate) => candidate.id === id)
    })
  expect(places(one, '')).not.toEqual(places(other, 'b'))
})

test.each(['round_robin', 'least_connections', 'weighted', 'hash'] as const)(
  '%s gives nothing for no candidate, and the same for the same history',
  (how) => {
    const [one, other] = [balance(how), balance(how)]
    expect(one.pick([], 'k')).toBeNull()
    const candidates = idle({ a: 3, b: 2, c: 7 })
    expect(picks(one, candidates, 40)).toBe(picks(other, candidates, 40))
    one.keep(new Set())
    one.use('round_robin')
    expect(picks(one, candidates, 3)).toBe('abc')
  },
)
