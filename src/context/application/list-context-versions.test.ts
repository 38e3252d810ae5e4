import { expect, test } from 'vitest'
import { atPage } from '../../../test/approvals.ts'
import { bench } from '../../../test/bench.ts'

const write = 'context.write_context'
const replace = 'context.replace_context'
const versions = 'context.list_context_versions'
const version = 'context.get_context_version'
const tiers = 'context.list_context_tiers'
const preview = 'context.preview_context'

const withProject = async () => {
  const words = await bench()
  await words.given.project()
  return words
}

test('history says who changed what, newest first; every version is read again', async () => {
  const { run, say, house, given } = await withProject()
  const ana = await given.person('ana')
  await run(write, { at: 'GH', data: { test: { command: 'npm test' }, old: 1 } })
  await run(write, { at: 'GH', data: { old: null, 'tags+': ['api'] } }, ana)
  await run(write, { at: 'GH', path: 'lang', data: null })
  await house.settle()
  expect(await run(versions, { at: 'GH' })).toMatchObject({
    total: 3,
    next: null,
    items: [
      { version: 3, by: 'owner', changed: ['lang'], changes: 1, erased: false },
      { version: 2, by: 'ana', changed: ['tags+', 'old'] },
      { version: 1, by: 'owner', changed: ['old', 'test.command'] },
    ],
  })
  expect(await run(version, { at: 'GH', version: 1 })).toEqual({
    ...{ at: 'GH', version: 1, whole: true },
    data: { test: { command: 'npm test' }, old: 1 },
  })
  expect(await run(version, { at: 'GH', version: 3 })).toMatchObject({
    data: { test: { command: 'npm test' }, 'tags+': ['api'], lang: null },
  })
  expect(await say(versions, { at: 'GH' })).toMatch(/^v3 0s ago @owner lang\nv2 /)
})

test('pages of history follow each other without a gap', async () => {
  const { run, house } = await withProject()
  for (const path of ['a', 'b', 'c']) await run(write, { at: 'GH', path, data: 1 })
  await house.settle()
  const first = await run(versions, { at: 'GH', limit: 2 })
  const second = await run(versions, { at: 'GH', limit: 2, cursor: first.next })
  const found = [...first.items, ...second.items].map((one: { version: number }) => one.version)
  expect(found).toEqual([3, 2, 1])
  expect(second.next).toBeNull()
})

test('an old version is brought back by writing it, over the version that was read', async () => {
  const { run, refused, house, ledger } = await withProject()
  await run(write, { at: 'GH', data: { a: 1, b: { c: 2 } } })
  await run(write, { at: 'GH', data: { b: null, d: 3 } })
  await house.settle()
  const { data } = await run(version, { at: 'GH', version: 1 })
  expect(await refused(replace, { at: 'GH', data, version: 1 })).toMatchObject({
    ...{ kind: 'conflict', code: 'context.node_changed', details: { current: 2 } },
  })
  expect(await run(replace, { at: 'GH', data, version: 2 })).toMatchObject({ version: 3 })
  expect(await run(tiers, { at: 'GH' })).toMatchObject({
    items: [{ at: 'global' }, { at: 'GH', version: 3, data: { a: 1, b: { c: 2 } } }],
  })
  const last = (await ledger()).findLast(({ name }) => name === 'context.node_written')
  expect(last).toMatchObject({ parts: { content: { set: { 'b.c': 2 }, gone: ['d'] } } })
})

test('what was erased with its person is not told, nor called whole', async () => {
  const { run, house, given, owner, clock } = await withProject()
  const ana = await given.person('ana')
  await run(write, { at: 'GH', data: { kept: 1 } })
  await run(write, { at: 'GH', path: 'secret', data: 'by ana' }, ana)
  await run(write, { at: 'GH', path: 'secret', data: 'by owner' })
  await run(write, { at: 'GH', path: 'secret', data: 'once more' })
  await house.settle()
  const wanted = { handle: 'ana', confirm: 'ana', content: true }
  await run('identity.erase_subject', wanted, atPage(owner, clock.now()))
  await house.settle()
  expect(await run(versions, { at: 'GH' })).toMatchObject({
    items: [{ version: 4 }, { version: 3 }, { version: 2, erased: true }, { version: 1 }],
  })
  const told = await run(version, { at: 'GH', version: 2 })
  expect(told).toMatchObject({ data: { kept: 1 }, whole: false })
  expect(JSON.stringify(told)).not.toContain('by ana')
  expect(await run(version, { at: 'GH', version: 3 })).toMatchObject({
    ...{ data: { kept: 1, secret: 'by owner' }, whole: true },
  })
})

test('a place without writes has no versions, and none is found there', async () => {
  const { run, refused } = await withProject()
  expect(await run(versions, { at: 'GH/main' })).toMatchObject({ items: [], total: 0 })
  expect(await refused(version, { at: 'GH', version: 1 })).toMatchObject({ kind: 'not_found' })
})

test('history of a project is hidden from who may not see the project', async () => {
  const { run, refused, given } = await withProject()
  await given.project('ZZ')
  await run(write, { at: 'GH', data: { a: 1 } })
  const other = await given.agent('dev-2', ['ZZ'])
  for (const name of [versions, tiers, preview]) {
    expect(await refused(name, { at: 'GH' }, other)).toMatchObject({ kind: 'not_found' })
  }
  expect(await refused(version, { at: 'GH', version: 1 }, other)).toMatchObject({
    kind: 'not_found',
  })
  expect(await refused(replace, { at: 'GH', data: {}, version: 1 }, other)).toMatchObject({
    kind: 'not_found',
  })
})

test('tiers are listed outermost first, each ancestor of a task with its own', async () => {
  const { run, given } = await withProject()
  await given.tasks([{ title: 'Parent' }])
  await given.tasks([{ title: 'Child', parent: 'GH-1' }])
  await run(write, { at: 'GH-1', data: { a: 1 } })
  expect(await run(tiers, { at: 'GH-2' })).toEqual({
    at: 'GH-2',
    items: [
      ...[{ tier: 'global', at: 'global', title: 'The organisation', version: 0, data: {} }],
      ...[{ tier: 'project', at: 'GH', title: 'Project GH', version: 0, data: {} }],
      ...[{ tier: 'branch', at: 'GH/main', title: 'main', version: 0, data: {} }],
      ...[{ tier: 'task', at: 'GH-1', title: 'Parent', version: 1, data: { a: 1 } }],
      ...[{ tier: 'task', at: 'GH-2', title: 'Child', version: 0, data: {} }],
    ].map((tier) => ({ ...tier, writable: true, decides: true })),
  })
})

test('tiers say where the reader may write: agents in their hands only', async () => {
  const { run, given } = await withProject()
  await given.tasks([{ title: 'First' }])
  const dev = await given.agent('dev-1', ['GH'])
  const vera = await given.person('vera', 'viewer')
  await run('work.next_task', {}, dev)
  const { items } = await run(tiers, { at: 'GH-1' }, dev)
  const writable = items.map((one: { writable: boolean }) => one.writable)
  expect(writable).toEqual([false, false, false, true])
  const seen = await run(tiers, { at: 'GH-1' }, vera)
  expect(seen.items).toMatchObject(
    Array.from({ length: 4 }, () => ({ writable: false, decides: false })),
  )
})

test('C8: an agent replaces nothing outside its hands; locks bind everybody', async () => {
  const { run, refused, given } = await withProject()
  const dev = await given.agent('dev-1', ['GH'])
  expect(await refused(replace, { at: 'GH', data: {}, version: 0 }, dev)).toMatchObject({
    code: 'context.not_yours',
  })
  await run(write, { at: 'global', data: { a: 1, $lock: ['a'] } })
  expect(await refused(replace, { at: 'GH', data: { a: 2 }, version: 0 })).toMatchObject({
    code: 'context.locked',
  })
})

test('the preview is what an agent reads, with what was cut', async () => {
  const { run } = await withProject()
  await run(write, { at: 'GH', data: { long: 'word '.repeat(2_000), short: 'x' } })
  const shown = await run(preview, { at: 'GH' })
  const read = await run('context.read_context', { at: 'GH' })
  expect(shown).toMatchObject({ cut: ['long'], left: [], tokens: 1_500, tokensMax: 1_500 })
  expect(shown.text).toBe(read.text)
  expect(shown.digest).toBe(read.digest)
})
