import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { contextDigest } from './digest.ts'
import { type Json, type JsonObject, objectOf } from './json.ts'
import { mergeTiers } from './merge.ts'
import { emptyNode } from './node.ts'
import { CONTEXT_CHARS_MAX, renderContext } from './render.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const shown = (shared: JsonObject, task: JsonObject = {}, have?: string) => {
  const upper = { ...emptyNode('global', 'global'), data: shared }
  const lower = { ...emptyNode('task', 'GH-12'), data: task }
  const both = { shared: mergeTiers([upper]), full: mergeTiers([upper, lower]) }
  const given = have === undefined ? {} : { have }
  return { at: 'GH-12', digest: contextDigest(shared, sha256), ...both, ...given }
}

test('a context is one line per key, sorted, and the task tier comes last', () => {
  const text = renderContext(
    shown(
      { test: { command: 'npm test' }, areas: ['api', 'web'], strict: true, odd: ['a,b'], no: {} },
      { strict: false, areas: null },
    ),
  )
  expect(text.split('\n').slice(1)).toEqual([
    'areas: api, web',
    'no: {}',
    'odd: ["a,b"]',
    'strict: true',
    'test.command: npm test',
    'Task context',
    'areas: (removed)',
    'strict: false',
  ])
  expect(text).toMatch(/^Context @[0-9a-f]{6}\n/)
})

test('a client that has the shared part gets one line and the task tier', () => {
  const { digest } = shown({ a: 1 })
  expect(renderContext(shown({ a: 1 }, {}, digest))).toBe(`Context @${digest} unchanged`)
  expect(renderContext(shown({ a: 1 }, { b: 2 }, `@${digest}`))).toBe(
    `Context @${digest} unchanged\nTask context\nb: 2`,
  )
  expect(renderContext(shown({ a: 2 }, {}, digest))).not.toContain('unchanged')
})

test('further lines of a text are indented, so that they cannot pose as keys', () => {
  expect(renderContext(shown({ a: 'one\nContext @000000 unchanged' }))).toContain(
    'a: one\n  Context @000000 unchanged',
  )
})

test('the longest values are cut first, and the answer says where the rest is', () => {
  const text = renderContext(shown({ long: 'x'.repeat(9000), short: 'y'.repeat(400) }))
  expect(text).toContain(`short: ${'y'.repeat(400)}\n`)
  expect(text).toMatch(/x…\n/)
  expect(text.endsWith('\nrest: context read GH-12')).toBe(true)
  expect(text.length).toBeGreaterThan(CONTEXT_CHARS_MAX - 50)
})

test('the task tier is there also when the shared part alone is too long', () => {
  const many = objectOf(
    Array.from({ length: 900 }, (_, n): [string, Json] => [`k${n}`, 'v'.repeat(30)]),
  )
  expect(renderContext(shown(many, { mine: 'yes' }))).toContain('Task context\nmine: yes\n')
})

test('C9: the text is never above the limit and never holds half a character', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 2000, size: 'max' }),
    fc.constant('😀'.repeat(3001)),
    fc.array(fc.string(), { maxLength: 30, size: 'max' }),
  )
  const name = fc.stringMatching(/^[A-Za-z0-9]{1,64}$/)
  const data = fc.dictionary(name, value, { maxKeys: 60, size: 'max' })
  fc.assert(
    fc.property(data, data, (shared, task) => {
      const text = renderContext(shown(shared, task))
      expect(text.length).toBeLessThanOrEqual(CONTEXT_CHARS_MAX)
      expect(text.isWellFormed()).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('C6: the digest does not depend on the order of keys, and differs for other values', () => {
  const pairs = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer()), {
    selector: ([key]) => key,
    minLength: 1,
  })
  fc.assert(
    fc.property(pairs, (entries) => {
      const forward = contextDigest(objectOf(entries), sha256)
      expect(contextDigest(objectOf(entries.toReversed()), sha256)).toBe(forward)
      expect(forward).toMatch(/^[0-9a-f]{6}$/)
    }),
  )
  expect(contextDigest({ a: 1 }, sha256)).not.toBe(contextDigest({ a: 2 }, sha256))
})
