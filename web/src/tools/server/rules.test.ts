import { expect, test } from 'vitest'
import { draftOf, rulesIn, saidRules } from './rules.ts'

const ALL = {
  ...{ enabled: false, effect: 'destroy', reads: 'sensitive', untrusted: true, egress: 'external' },
  ...{ approval: 'always', needs: 2, projects: ['GH', 'OPS'], holders: ['ada', 'dev-1'] },
  ...{ kinds: ['agent'], perMinute: 30, resultBytesMax: 250_000, timeoutMs: 1_500 },
  retrySafe: false,
}

test('rules come out of their form as they went in', () => {
  expect(rulesIn(draftOf(ALL))).toEqual(ALL)
  expect(rulesIn(draftOf({}))).toEqual({})
})

test('handles are taken with and without their sign', () => {
  expect(rulesIn({ ...draftOf({}), holders: '@ada, dev-1  bot' })).toEqual({
    holders: ['ada', 'dev-1', 'bot'],
  })
})

test('every rule is said', () => {
  expect(saidRules(ALL)).toHaveLength(Object.keys(ALL).length)
  expect(saidRules({ holders: [] })).toEqual(['for nobody'])
})
