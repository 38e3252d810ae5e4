import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const write = 'context.write_context'
const read = 'context.read_context'

test('a task inherits what the tiers above it say, and each leaf knows its origin', async () => {
  const { given, run } = await bench()
  await given.project()
  await given.tasks([{ title: 'First' }])
  await run(write, { at: 'global', data: { lang: 'en', test: { command: 'npm test' } } })
  await run(write, { at: 'GH', path: 'test.command', data: 'npm run check' })
  await run(write, { at: 'GH/main', data: { 'tags+': ['api'] } })
  await run(write, { at: 'GH-1', path: 'lang', data: null })
  expect(await run(read, { at: 'GH-1' })).toMatchObject({
    at: 'GH-1',
    tier: 'task',
    version: 1,
    own: { lang: null },
    value: { test: { command: 'npm run check' }, tags: ['api'] },
    provenance: {
      'test.command': {
        ...{ tier: 'project', from: 'GH', version: 1, by: 'owner' },
        overrides: [{ tier: 'global', from: 'global', version: 1 }],
      },
      tags: { tier: 'branch', from: 'GH/main' },
    },
    removed: { lang: { tier: 'task', from: 'GH-1' } },
  })
})

test('a subtask inherits the task tier of its ancestors', async () => {
  const { given, run } = await bench()
  await given.project()
  await given.tasks([{ title: 'Parent' }])
  await given.tasks([{ title: 'Child', parent: 'GH-1' }])
  await run(write, { at: 'GH-1', data: { a: 1, b: 1 } })
  await run(write, { at: 'GH-2', data: { b: 2 } })
  expect(await run(read, { at: 'GH-2' })).toMatchObject({ value: { a: 1, b: 2 } })
  expect(await run(read, { at: 'GH-1' })).toMatchObject({ value: { a: 1, b: 1 } })
})

test('agents read few words, and fewer when they name the digest they have', async () => {
  const { given, run, say } = await bench()
  await given.project()
  expect(await say(write, { at: 'GH', data: { test: 'npm test', lint: 'oxlint' } })).toBe(
    'GH context v1: test lint',
  )
  const { digest } = await run(read, { at: 'GH' })
  const whole = `Context @${digest}\nlint: oxlint\ntest: npm test`
  expect(await say(read, { at: 'GH' })).toBe(whole)
  expect(await say(read, { at: 'GH', have: `@${digest}` })).toBe(`Context @${digest} unchanged`)
  expect(await say(read, { at: 'GH', have: digest, path: 'lint' })).toBe(
    `Context @${digest}\nlint: oxlint`,
  )
})

test('a write leaves one event; one that says nothing new leaves none', async () => {
  const { given, run, say, ledger, verify } = await bench()
  await given.project()
  await run(write, { at: 'GH', data: { ratio: 0.5, old: 1 } })
  await run(write, { at: 'GH', data: { old: null } })
  expect(await say(write, { at: 'GH', path: 'ratio', data: 0.5 })).toBe(
    'GH context v2, nothing new',
  )
  const events = (await ledger()).filter(({ name }) => name === 'context.node_written')
  expect(events).toMatchObject([
    {
      data: { tier: 'project', at: 'GH', version: 1 },
      parts: { content: { set: { ratio: 0.5 } } },
    },
    { data: { version: 2 }, parts: { content: { set: {}, gone: ['old'] } } },
  ])
  expect(events[0]?.data['projectId']).toBe(events[0]?.data['atId'])
  expect(await verify()).toMatchObject({ ok: true })
})

test('a write on a version that is no longer is refused', async () => {
  const { given, run, refused } = await bench()
  await given.project()
  await run(write, { at: 'GH', data: { a: 1 }, version: 0 })
  expect(await refused(write, { at: 'GH', data: { a: 2 }, version: 0 })).toMatchObject({
    ...{ kind: 'conflict', code: 'context.node_changed', details: { current: 1 } },
  })
})

test('of writers at the same moment none undoes another', async () => {
  const { given, run } = await bench()
  await given.project()
  await run(write, { at: 'GH', data: { start: true } })
  const names = Array.from({ length: 8 }, (_, index) => `k${index}`)
  await Promise.all(names.map((path) => run(write, { at: 'GH', path, data: path })))
  const { own, version } = await run(read, { at: 'GH' })
  expect(version).toBe(9)
  expect(Object.keys(own)).toEqual(expect.arrayContaining(names))
})

test('of first writers at the same moment one wins and the others are told', async () => {
  const { given, run } = await bench()
  await given.project()
  const writes = ['a', 'b', 'c'].map((path) => run(write, { at: 'GH', path, data: 1 }))
  const settled = await Promise.allSettled(writes)
  const lost = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  for (const reason of lost) expect(reason).toMatchObject({ code: 'context.node_changed' })
  const { own } = await run(read, { at: 'GH' })
  expect(Object.keys(own)).toHaveLength(3 - lost.length)
})

test('C8: an agent writes the task it holds, nothing beside it and nothing above', async () => {
  const { given, run, refused } = await bench()
  await given.project()
  await given.tasks([{ title: 'First' }, { title: 'Second' }])
  const dev = await given.agent('dev-1', ['GH'])
  await run('work.next_task', {}, dev)
  expect(await run(write, { at: 'GH-1', data: { found: 1 } }, dev)).toMatchObject({ version: 1 })
  for (const at of ['GH-2', 'GH/main', 'GH', 'global']) {
    expect(await refused(write, { at, data: { found: 1 } }, dev)).toMatchObject({
      ...{ kind: 'forbidden', code: 'context.not_yours' },
      said: expect.stringContaining('context share'),
    })
  }
})

test('the global context is for those whose right is the whole organisation', async () => {
  const { given, run, refused } = await bench()
  await given.project()
  const ana = await given.person('ana', 'member')
  const vera = await given.person('vera', 'viewer')
  expect(await run(write, { at: 'global', data: { a: 1 } }, ana)).toMatchObject({ version: 1 })
  expect(await refused(write, { at: 'global', data: { a: 2 } }, vera)).toMatchObject({
    kind: 'forbidden',
  })
  expect(await run(read, { at: 'global' }, vera)).toMatchObject({ value: { a: 1 } })
})

test('what is locked above is refused below, with the way to propose it', async () => {
  const { given, run, refused } = await bench()
  await given.project()
  await run(write, { at: 'global', data: { security: 'strict', $lock: ['security'] } })
  expect(await refused(write, { at: 'GH', path: 'security', data: 'lax' })).toMatchObject({
    ...{ kind: 'conflict', code: 'context.locked', details: { lockedBy: 'global' } },
  })
})

test("another organisation's places do not exist", async () => {
  const other = await bench()
  await other.given.project('OTHER')
  await other.given.tasks([{ title: 'Secret' }], 'OTHER')
  const { refused } = await bench()
  for (const at of ['OTHER', 'OTHER/main', 'OTHER-1']) {
    expect(await refused(read, { at })).toMatchObject({ kind: 'not_found' })
    expect(await refused(write, { at, data: { a: 1 } })).toMatchObject({ kind: 'not_found' })
  }
})

test.each([
  ['no place', { at: 'nowhere', data: {} }, 'platform.input_not_valid'],
  ['a branch that is not there', { at: 'GH/other', data: {} }, 'platform.not_found'],
  ['NUL in a text', { at: 'GH', data: { a: 'x\0y' } }, 'context.text_not_storable'],
  ['a key that is none', { at: 'GH', path: 'a b', data: 1 }, 'context.path_not_allowed'],
  ['too much', { at: 'GH', data: { a: 'x'.repeat(40_000) } }, 'context.node_too_large'],
  ['a whole node that is no object', { at: 'GH', data: 'text' }, 'context.not_an_object'],
  ['no data', { at: 'GH' }, 'platform.input_not_valid'],
])('%s is refused by name', async (_, input, code) => {
  const { given, refused } = await bench()
  await given.project()
  expect(await refused(write, input)).toMatchObject({ code })
})
