import { expect, test } from 'vitest'
import { z } from 'zod'
import { Refusal } from '../../kernel/refusal.ts'
import { parseInput } from './input.ts'

const Item = z.strictObject({
  title: z.string().max(10),
  depends_on: z.array(z.string()).optional(),
  accept: z
    .array(z.strictObject({ text: z.string(), done: z.boolean().default(false) }))
    .optional(),
})
const Shape = z.strictObject({
  project: z.string().regex(/^[A-Z]+$/, { error: 'is a project key such as GH' }),
  items: z.array(Item).max(2).optional(),
  options: z.strictObject({ dryRun: z.boolean() }).default({ dryRun: false }),
})

const refused = (input: unknown): Refusal => {
  try {
    parseInput(Shape, input)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error('Nothing was refused.')
}

test('an input that fits comes back parsed', () => {
  expect(parseInput(Shape, { project: 'GH' })).toEqual({
    project: 'GH',
    options: { dryRun: false },
  })
})

test.each<[object, string, string]>([
  [
    { projekt: 'GH', project: 'GH' },
    'projekt',
    '"projekt" is not known here. Did you mean "project"?',
  ],
  [
    { project: 'GH', items: [{ title: 'a' }, { titel: 'b', title: 'b' }] },
    'titel',
    'items[1]: "titel" is not known here. Did you mean "title"?',
  ],
  [
    { project: 'GH', items: [{ title: 'a', accept: [{ text: 'x', dune: true }] }] },
    'dune',
    'items[0].accept[0]: "dune" is not known here. Did you mean "done"?',
  ],
  [
    { project: 'GH', options: { dryrun: true, dryRun: true } },
    'dryrun',
    'options: "dryrun" is not known here. Did you mean "dryRun"?',
  ],
  [{ project: 'GH', zzzzzz: 1 }, 'zzzzzz', '"zzzzzz" is not known here. Leave it out.'],
])('an unknown field in %j is refused by name', (input, field, said) => {
  const refusal = refused(input)
  expect(refusal).toMatchObject({ kind: 'invalid', code: 'platform.input_not_valid' })
  expect(refusal.message).toBe(said)
  expect(refusal.details['field']).toBe(field)
})

test.each<[unknown, string]>([
  [{ project: 'gh' }, 'project'],
  [{ project: 'GH', items: [{ title: 7 }] }, 'items[0].title'],
  [{ project: 'GH', items: [{ title: 'far too long a title' }] }, 'items[0].title'],
  [{ project: 'GH', items: [{ title: 'a', depends_on: ['x', null] }] }, 'items[0].depends_on[1]'],
  [{ project: 'GH', items: [{ title: 'a' }, { title: 'b' }, { title: 'c' }] }, 'items'],
  [{}, 'project'],
])('what does not fit in %j is refused with its place', (input, field) => {
  const refusal = refused(input)
  expect(refusal.details['field']).toBe(field)
  expect(refusal.message.startsWith(`${field}: `)).toBe(true)
  expect(refusal.message).toMatch(/[^.]\.$/)
})

test.each([null, undefined, 'text', 7, [], true])('%j is no input', (input) => {
  expect(refused(input)).toMatchObject({ kind: 'invalid', code: 'platform.input_not_valid' })
})

test('a refusal names ten problems at most', () => {
  const depends_on = Array.from({ length: 50 }, () => 7)
  const items = [{ title: 'a', depends_on }]
  expect(refused({ project: 'GH', items }).details['problems']).toHaveLength(10)
})

test.each<[object, string]>([
  [{}, 'project: is missing.'],
  [{ project: 7 }, 'project: has to be a text.'],
  [{ project: 'GH', kind: 'c' }, 'kind: has to be a or b.'],
  [{ project: 'GH', limit: 101 }, 'limit: can be at most 100.'],
  [{ project: 'GH', limit: 1.5 }, 'limit: has to be a whole number.'],
  [{ project: 'GH', ids: [] }, 'ids: has to be at least 1 item long.'],
])('what is wrong in %j is said in words', (input, said) => {
  const shape = z.strictObject({
    project: z.string(),
    kind: z.enum(['a', 'b']).optional(),
    limit: z.int().max(100).optional(),
    ids: z.array(z.string()).min(1).optional(),
  })
  expect(() => parseInput(shape, input)).toThrow(said)
})
