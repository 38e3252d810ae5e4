import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advancePin, isCallable, latestOf, type Pin, type PinStep, propose } from './pin.ts'

const BODY = { said: 'before' }
const OTHER = { said: 'after' }
const steps = {
  same: { kind: 'listed', hash: 'h1', body: BODY },
  other: { kind: 'listed', hash: 'h2', body: OTHER },
  missing: { kind: 'missing' },
  approve1: { kind: 'approve', hash: 'h1' },
  approve2: { kind: 'approve', hash: 'h2' },
  reject: { kind: 'reject' },
} as const satisfies Record<string, PinStep>
type Name = keyof typeof steps

const after = (...names: readonly Name[]): Pin =>
  names.reduce((pin: Pin, name) => advancePin(pin, steps[name]), propose('h1', BODY))

test.each<[string, readonly Name[], string, boolean]>([
  ['new', [], 'proposed', false],
  ['listed again', ['same'], 'proposed', false],
  ['listed differently before anybody looked', ['other'], 'proposed', false],
  ['approved', ['approve1'], 'approved', true],
  ['approved and listed again', ['approve1', 'same', 'same'], 'approved', true],
  ['approved and changed', ['approve1', 'other'], 'changed', false],
  ['changed and changed back', ['approve1', 'other', 'same'], 'changed', false],
  ['changed and missing', ['approve1', 'other', 'missing'], 'changed', false],
  ['changed, missing and back', ['approve1', 'other', 'missing', 'same'], 'changed', false],
  ['changed and approved', ['approve1', 'other', 'approve2'], 'approved', true],
  ['changed back and approved', ['approve1', 'other', 'same', 'approve1'], 'approved', true],
  ['changed and rejected', ['approve1', 'other', 'reject'], 'rejected', false],
  ['rejected', ['reject'], 'rejected', false],
  ['rejected and listed again', ['reject', 'same'], 'rejected', false],
  ['rejected and changed', ['reject', 'other'], 'rejected', false],
  ['rejected and missing', ['reject', 'missing', 'same'], 'rejected', false],
  ['rejected, then approved after all', ['reject', 'approve1'], 'approved', true],
  ['approval taken back', ['approve1', 'reject'], 'rejected', false],
  ['missing', ['approve1', 'missing'], 'gone', false],
  ['back as it was', ['approve1', 'missing', 'same'], 'approved', true],
  ['missing for long and back', ['approve1', 'missing', 'missing', 'same'], 'approved', true],
  ['back as something else', ['approve1', 'missing', 'other'], 'changed', false],
  ['missing before anybody looked', ['missing'], 'gone', false],
  ['back before anybody looked', ['missing', 'same'], 'proposed', false],
  ['back, and never looked at', ['missing', 'missing', 'other'], 'proposed', false],
])('a definition that is %s', (_, names, state, mayCall) => {
  const pin = after(...names)
  expect(pin.state).toBe(state)
  expect(isCallable(pin)).toBe(mayCall)
})

test.each<[string, readonly Name[], Name, string]>([
  ['what is approved', ['approve1'], 'approve1', 'tools.definition_not_waiting'],
  ['what is gone', ['missing'], 'approve1', 'tools.definition_not_waiting'],
  ['a text that has moved on', ['other'], 'approve1', 'tools.definition_moved_on'],
  ['the old text of a changed one', ['approve1', 'other'], 'approve1', 'tools.definition_moved_on'],
  ['what was never said', [], 'approve2', 'tools.definition_moved_on'],
])('nobody approves %s', (_, names, step, code) => {
  expect(() => after(...names, step)).toThrow(expect.objectContaining({ code }))
})

test('what a person decides about is what the server says last', () => {
  expect(latestOf(after('approve1', 'other'))).toEqual({ hash: 'h2', body: OTHER })
  expect(after('approve1', 'other')).toMatchObject({ hash: 'h1', body: BODY })
  expect(after('approve1', 'other', 'approve2')).toMatchObject({
    ...{ hash: 'h2', body: OTHER, nextHash: null, nextBody: null },
  })
})

test('what else a row holds is kept', () => {
  const row = { ...propose('h1', BODY), id: 'x', version: 3 }
  expect(advancePin(row, steps.approve1)).toMatchObject({ id: 'x', version: 3, state: 'approved' })
})

test('whatever servers do, only what a person approved is ever callable, and in its words', () => {
  const step = fc.constantFrom(...Object.values<PinStep>(steps))
  const all = fc.array(step, { maxLength: 30 })
  fc.assert(
    fc.property(all, (happening) => {
      let pin = propose('h1', BODY)
      let approved: string | null = null
      for (const next of happening) {
        try {
          pin = advancePin(pin, next)
        } catch {
          continue
        }
        if (next.kind === 'approve') approved = next.hash
        if (next.kind === 'reject') approved = null
        if (isCallable(pin)) {
          expect(pin.hash).toBe(approved)
          expect(pin.body).toBe(pin.hash === 'h1' ? BODY : OTHER)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})
