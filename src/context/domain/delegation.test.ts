import { expect, test } from 'vitest'
import {
  countUp,
  decideDelegation,
  type Decision,
  DELEGATION_NEXT,
  DELEGATION_TTL_MS,
  expireDelegation,
  learnedWishes,
  openDelegation,
  readLearned,
  sameProposal,
  type Wish,
} from './delegation.ts'
import type { JsonObject } from './json.ts'
import { type ContextNode, emptyNode } from './node.ts'

const NOW = 1_000_000
const project = (data: JsonObject, version = 1): ContextNode => ({
  ...emptyNode('project', 'GH'),
  data,
  version,
})
const from = { tier: 'task', at: 'GH-12' } as const
const wish: Wish = { from, path: 'test.command', data: 'npm test', reason: 'found it', by: 'dev-2' }
const decision = (more: Partial<Decision> = {}): Decision => ({
  event: 'accept',
  by: { kind: 'person', id: 'ana' },
  now: NOW,
  ...more,
})
const refusal = (code: string) => expect.objectContaining({ code })

test('C10: what is decided stays decided', () => {
  for (const [state, row] of Object.entries(DELEGATION_NEXT)) {
    const moves = Object.values(row).filter((next) => next !== 'refuse')
    expect(moves).toHaveLength(state === 'pending' ? 4 : 0)
  }
  const open = openDelegation(wish, project({}), NOW)
  const { delegation } = decideDelegation(open, project({}), decision({ event: 'reject' }))
  expect(() => decideDelegation(delegation, project({}), decision())).toThrow(
    refusal('context.delegation_closed'),
  )
})

test('an accepted proposal gives the write to make', () => {
  const open = openDelegation(wish, project({}), NOW)
  const { delegation, write } = decideDelegation(open, project({}), decision())
  expect(delegation).toMatchObject({ state: 'accepted', decidedBy: 'ana', decidedAt: NOW })
  expect(write).toEqual({ path: 'test.command', data: 'npm test', version: 1, by: 'ana' })
})

test('an edited proposal writes what the person said, a rejected one writes nothing', () => {
  const open = openDelegation(wish, project({}), NOW)
  const edited = decideDelegation(open, project({}), decision({ event: 'edit', data: 'npm t' }))
  expect(edited).toMatchObject({ delegation: { state: 'edited' }, write: { data: 'npm t' } })
  const rejected = decideDelegation(open, project({}), decision({ event: 'reject' }))
  expect(rejected.write).toBeNull()
  expect(() => decideDelegation(open, project({}), decision({ event: 'edit' }))).toThrow(
    refusal('context.edit_needs_data'),
  )
})

test('C11: a target that changed at the path shows the conflict before it is overwritten', () => {
  const open = openDelegation(wish, project({ test: { command: 'make' } }), NOW)
  const changed = project({ test: { command: 'just' } }, 2)
  expect(() => decideDelegation(open, changed, decision())).toThrow(
    expect.objectContaining({
      code: 'context.delegation_conflict',
      details: { version: 2, before: 'make', now: 'just', proposed: 'npm test' },
    }),
  )
  expect(decideDelegation(open, changed, decision({ version: 2 })).write?.version).toBe(2)
})

test('a target that changed elsewhere is no conflict', () => {
  const open = openDelegation(wish, project({}), NOW)
  expect(decideDelegation(open, project({ other: 1 }, 5), decision()).write?.version).toBe(5)
})

test('only a person decides', () => {
  const open = openDelegation(wish, project({}), NOW)
  const by = { kind: 'agent', id: 'dev-2' } as const
  expect(() => decideDelegation(open, project({}), decision({ by }))).toThrow(
    refusal('context.person_decides'),
  )
})

test('a proposal expires after 30 days, to the millisecond, and then cannot be decided', () => {
  const open = openDelegation(wish, project({}), NOW)
  const end = NOW + DELEGATION_TTL_MS
  expect(expireDelegation(open, end - 1).state).toBe('pending')
  expect(expireDelegation(open, end).state).toBe('expired')
  expect(() => decideDelegation(open, project({}), decision({ now: end }))).toThrow(
    refusal('context.delegation_closed'),
  )
})

test('a proposal goes upward, with data the target could hold', () => {
  const up = { ...wish, from: { tier: 'project', at: 'GH' } } as const
  expect(() => openDelegation(up, project({}), NOW)).toThrow(refusal('context.not_upward'))
  const deep = { ...wish, data: { a: { b: { c: { d: { e: 1 } } } } } }
  expect(() => openDelegation(deep, project({}), NOW)).toThrow(refusal('context.too_deep'))
})

test('lessons are few, short, and each said once', () => {
  expect(readLearned([' a  b', 'a b', '', 'c'])).toEqual(['a b', 'c'])
  expect(() => readLearned(['1', '2', '3', '4', '5', '6'])).toThrow(
    refusal('context.too_many_lessons'),
  )
  expect(readLearned(['x'.repeat(300)])).toHaveLength(1)
  expect(() => readLearned(['x'.repeat(301)])).toThrow(refusal('context.lesson_too_long'))
})

test('an equal lesson of another task only counts up', () => {
  const lessons = (at: string) =>
    learnedWishes(['run npm ci first'], { tier: 'task', at }, 'dev-2').map((one) =>
      openDelegation(one, project({}), NOW),
    )
  const [first] = lessons('GH-1')
  const [second] = lessons('GH-2')
  if (first === undefined || second === undefined) throw new Error('no lesson was opened')
  expect(sameProposal(first, second)).toBe(true)
  expect(countUp(first)).toEqual({ ...first, count: 2 })
})

test('two accepted lessons stand beside each other, without a conflict', () => {
  const [lesson] = learnedWishes(['second'], from, 'dev-2')
  if (lesson === undefined) throw new Error('no lesson was made')
  const open = openDelegation(lesson, project({}), NOW)
  const { write } = decideDelegation(open, project({ 'learned+': ['first'] }, 2), decision())
  expect(write).toMatchObject({ path: 'learned+', data: ['first', 'second'], version: 2 })
})
