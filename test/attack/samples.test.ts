import { expect, test } from 'vitest'
import { z } from 'zod'
import { inputSchema } from '../../src/interface/http/input.ts'
import { rooms } from '../../src/main/rooms.ts'
import { inputOf, sourceOf } from './crawl-plan.ts'
import { routeOf } from './crawl-doors.ts'
import { freshNames } from './crawl-names.ts'
import { fits, sampleOf, spotsOf } from './samples.ts'

const operations = rooms().flatMap((room) => room.operations)
const ours = { names: freshNames(), lease: 'GH-1#1' }

test('every operation of the house gets an input of a valid form', () => {
  const door = { needs: (one: (typeof operations)[number]) => routeOf(one).params }
  const unfit = operations.flatMap((operation) => {
    const input = inputOf(operation, door, { source: sourceOf(operation, ours) })
    const { success, error } = operation.input.safeParse(input)
    return success ? [] : [`${operation.name} ${JSON.stringify(input)}: ${error?.message}`]
  })
  expect(unfit).toEqual([])
})

const Shape = z.strictObject({
  key: z.string().regex(/^[A-Z]{2}-[1-9][0-9]{0,3}$/),
  kind: z.enum(['one', 'two']),
  at: z.iso.datetime({ offset: true }),
  size: z.int().min(5).max(9),
  owner: z.email().nullable().optional(),
  parts: z.array(z.union([z.strictObject({ id: z.uuid() }), z.string().min(3)])).min(2),
  tree: z.strictObject({ leaf: z.string().max(4).optional() }).optional(),
})

test('a sample has what is required, and with "full" all that there is', () => {
  const schema = inputSchema(Shape)
  const least = Shape.parse(sampleOf(schema))
  expect(Object.keys(least).toSorted()).toEqual(['at', 'key', 'kind', 'parts', 'size'])
  const all = Shape.parse(sampleOf(schema, { full: true }))
  expect(Object.keys(all).length).toBe(7)
})

test('a sample takes one value to a place that is named, however deep it lies', () => {
  const schema = inputSchema(Shape)
  const paths = spotsOf(schema).map(({ path }) => path)
  expect(paths).toContain('tree.leaf')
  expect(paths).toContain('parts.*.id')
  expect(sampleOf(schema, { at: { path: 'tree.leaf', value: 7 } })).toMatchObject({
    tree: { leaf: 7 },
  })
  expect(sampleOf(schema, { at: { path: 'parts.*.id', value: 'x' } })).toMatchObject({
    parts: [{ id: 'x' }, { id: 'x' }],
  })
})

test('a source is asked for every place, and what does not fit is not taken from it', () => {
  const schema = inputSchema(Shape)
  const source = ({ name }: Readonly<{ name: string }>) => (name === 'key' ? 'GH-7' : 'no')
  expect(sampleOf(schema, { source })).toMatchObject({ key: 'GH-7', kind: 'one', size: 5 })
  expect(fits({ type: 'string', pattern: '^a+$', maxLength: 3 }, 'aaaa')).toBe(false)
  expect(fits({ anyOf: [{ type: 'null' }, { type: 'integer' }] }, 4)).toBe(true)
})
