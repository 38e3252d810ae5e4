import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { HINT_CHARS_MAX, type HintFacts, HINTS_MAX, hintsFor } from './hints.ts'

const NOW = 1_000_000_000
const HOUR = 3_600_000
const base: HintFacts = { key: 'GH-12', now: NOW }
const heard = (facts: Partial<HintFacts>) => hintsFor({ ...base, ...facts }, [])

test.each<[string, Partial<HintFacts>, Partial<HintFacts>]>([
  ['due', { due: NOW + 24 * HOUR - 1 }, { due: NOW + 24 * HOUR }],
  ['budget', { budget: { spent: 80, limit: 100 } }, { budget: { spent: 79, limit: 100 } }],
  ['failed', { failures: 2 }, { failures: 1 }],
  ['subtasks', { subtasks: { total: 2, open: 0 } }, { subtasks: { total: 2, open: 1 } }],
  ['subtasks', { subtasks: { total: 1, open: 0 } }, { subtasks: { total: 0, open: 0 } }],
  ['blocker', { blockers: [{ key: 'GH-7', what: 'reopened' }] }, { blockers: [] }],
  ['blocker', { blockers: [{ key: 'GH-7', what: 'canceled' }] }, { blockers: [] }],
  ['frees', { frees: ['GH-15', 'GH-18'] }, { frees: ['GH-15'] }],
  ['review', { review: { used: 3, limit: 3 } }, { review: { used: 3, limit: null } }],
  ['note', { renewalsWithoutNote: 2 }, { renewalsWithoutNote: 1 }],
  ['objective', { withoutObjective: ['GH-40'] }, { withoutObjective: [] }],
])('the rule %s speaks for %j and not for %j', (id, loud, silent) => {
  expect(heard(loud)).toMatchObject({ told: [id], lines: [expect.stringMatching(/^[^!\s]/)] })
  expect(heard(silent)).toEqual({ told: [], lines: [] })
})

test('what finishing frees is said by key', () => {
  expect(heard({ frees: ['GH-15', 'GH-18'] }).lines).toEqual(['Finishing this frees GH-15 GH-18'])
})

test('a late task is called overdue', () => {
  expect(heard({ due: NOW - 3 * HOUR }).lines[0]).toContain('Overdue by 3h')
})

const keys = fc.array(fc.stringMatching(/^[A-Z]{2,10}-[1-9][0-9]{0,6}$/), { maxLength: 40 })
const count = fc.nat({ max: 1_000_000 })
const anyFacts: fc.Arbitrary<HintFacts> = fc
  .record(
    {
      due: fc.integer({ min: NOW - 9e11, max: NOW + 9e11 }),
      budget: fc.record({ spent: count, limit: count }),
      failures: count,
      subtasks: fc.record({ total: count, open: fc.nat({ max: 1 }) }),
      blockers: keys.map((all) => all.map((key) => ({ key, what: 'canceled' as const }))),
      frees: keys,
      review: fc.record({ used: count, limit: fc.option(count) }),
      renewalsWithoutNote: count,
      withoutObjective: keys,
    },
    { requiredKeys: [] },
  )
  .map((facts) => ({ ...base, ...facts }))

test('C14: at most two lines of 90 characters, and each rule once per lease', () => {
  fc.assert(
    fc.property(fc.array(anyFacts, { maxLength: 8 }), (answers) => {
      let told: readonly string[] = []
      for (const facts of answers) {
        const { lines, told: after } = hintsFor(facts, told)
        expect(lines.length).toBeLessThanOrEqual(HINTS_MAX)
        expect(after).toHaveLength(told.length + lines.length)
        expect(new Set(after).size).toBe(after.length)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(HINT_CHARS_MAX)
        told = after
      }
    }),
  )
})

test('what did not fit into an answer comes with the next one', () => {
  const facts = { ...base, due: NOW, failures: 2, renewalsWithoutNote: 2 }
  const first = hintsFor(facts, [])
  expect(first.told).toEqual(['due', 'failed'])
  expect(hintsFor(facts, first.told).told).toEqual(['due', 'failed', 'note'])
})

test('a reader who wants it short hears nothing, and nothing counts as told', () => {
  const told = ['note']
  expect(hintsFor({ ...base, due: NOW }, told, { concise: true })).toEqual({ lines: [], told })
})
