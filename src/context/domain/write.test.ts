import { expect, test } from 'vitest'
import type { JsonObject } from './json.ts'
import { type ContextNode, emptyNode } from './node.ts'
import { decideWrite, refuseForeignWrite } from './write.ts'

const global = (data: JsonObject): ContextNode => ({ ...emptyNode('global', 'global'), data })
const task = emptyNode('task', 'GH-12')
const refusal = (code: string) => expect.objectContaining({ code })

test('each leaf remembers who wrote it in which version', () => {
  const first = decideWrite(task, [], { path: '', data: { a: 1, b: 1 }, by: 'ana' })
  const second = decideWrite(first.node, [], { path: 'b', data: 2, version: 1, by: 'dev-2' })
  expect(second.changed).toEqual(['b'])
  expect(second.node).toMatchObject({
    version: 2,
    data: { a: 1, b: 2 },
    stamps: { a: { version: 1, by: 'ana' }, b: { version: 2, by: 'dev-2' } },
  })
})

test('a write that says nothing new changes nothing', () => {
  const { node } = decideWrite(task, [], { path: 'a', data: { y: 1, x: 2 }, by: 'ana' })
  const again = decideWrite(node, [], { path: '', data: { a: { x: 2, y: 1 } }, by: 'dev-2' })
  expect(again).toEqual({ node, changed: [] })
})

test('a write on an old version is refused', () => {
  const write = { path: 'a', data: 1, version: 4, by: 'ana' }
  expect(() => decideWrite(task, [], write)).toThrow(refusal('context.node_changed'))
})

test.each([
  ['the key', 'a', 2],
  ['below it', 'a.b', 2],
  ['its removal', 'a', null],
  ['an addition to it', 'a+', ['x']],
])('C3: a lock above refuses a write of %s', (_, path, data) => {
  const uppers = [global({ a: ['y'], $lock: ['a'] })]
  expect(() => decideWrite(task, uppers, { path, data, by: 'ana' })).toThrow(
    refusal('context.locked'),
  )
})

test('a lock that came later does not refuse writes beside it', () => {
  const { node } = decideWrite(task, [], { path: 'a', data: 1, by: 'ana' })
  const written = decideWrite(node, [global({ $lock: ['a'] })], { path: 'b', data: 1, by: 'ana' })
  expect(written.node.data).toEqual({ a: 1, b: 1 })
})

test('C4: adding to an inherited text is refused', () => {
  const write = { path: 'a+', data: ['x'], by: 'ana' }
  expect(() => decideWrite(task, [global({ a: 'text' })], write)).toThrow(
    refusal('context.not_a_list'),
  )
})

test('C7: a write may not grow the resolved context above its limit, but may shrink it', () => {
  const half = 'x'.repeat(31 * 1024)
  const uppers = [global({ a: half }), { ...emptyNode('project', 'GH'), data: { b: half } }]
  const grow = { path: 'c', data: 'x'.repeat(4 * 1024), by: 'ana' }
  expect(() => decideWrite(task, uppers, grow)).toThrow(refusal('context.too_large'))
  const over = { ...task, data: { c: 'x'.repeat(8 * 1024) } }
  expect(decideWrite(over, uppers, grow).changed).toEqual(['c'])
})

test('C8: agents write tasks they hold and branches assigned to them, nothing above', () => {
  const agent = {
    kind: 'agent',
    holds: new Set(['GH-12']),
    assigned: new Set(['GH/main']),
  } as const
  refuseForeignWrite(agent, { tier: 'task', at: 'GH-12' })
  refuseForeignWrite(agent, { tier: 'branch', at: 'GH/main' })
  for (const target of [
    { tier: 'task', at: 'GH-13' },
    { tier: 'branch', at: 'GH/other' },
    { tier: 'project', at: 'GH' },
    { tier: 'global', at: 'global' },
  ] as const) {
    expect(() => refuseForeignWrite(agent, target)).toThrow(refusal('context.not_yours'))
    refuseForeignWrite({ ...agent, kind: 'person' }, target)
  }
})
