import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { orgsWithOverdue } from '../infrastructure/delegation-store.ts'

const share = 'context.share_context'
const decide = 'context.decide_delegation'
const list = 'context.list_delegations'
const read = 'context.read_context'

const proposal = { at: 'GH', path: 'test.command', data: 'npm test', reason: 'found it' }

const withAgentAtWork = async () => {
  const words = await bench()
  await words.given.project()
  await words.given.tasks([{ title: 'First' }, { title: 'Second' }])
  const dev = await words.given.agent('dev-1', ['GH'])
  await words.run('work.next_task', {}, dev)
  return { ...words, dev }
}

test('what an agent shares waits, and is written when a person accepts', async () => {
  const { run, say, dev, ledger } = await withAgentAtWork()
  expect(await say(share, proposal, dev)).toBe('D-1 test.command -> GH pending')
  expect(await run(read, { at: 'GH' })).toMatchObject({ version: 0, value: {} })
  expect(await run(list, { state: 'pending' })).toMatchObject({
    total: 1,
    items: [{ id: 'D-1', from: 'GH-1', to: 'GH', openedBy: 'dev-1', data: 'npm test', count: 1 }],
  })
  expect(await say(decide, { id: 'D-1', decision: 'accept', note: 'thanks' })).toBe(
    'D-1 accepted, GH at version 1',
  )
  expect(await run(read, { at: 'GH-2' })).toMatchObject({
    value: { test: { command: 'npm test' } },
    provenance: { 'test.command': { from: 'GH', by: 'owner' } },
  })
  expect(await run(list, { state: 'accepted' })).toMatchObject({
    items: [{ decidedBy: 'owner', note: 'thanks', conflict: null }],
  })
  const names = (await ledger())
    .map(({ name }) => name)
    .filter((name) => name.startsWith('context'))
  expect(names.toSorted()).toEqual([
    'context.delegation_decided',
    'context.delegation_opened',
    'context.node_written',
  ])
})

test('equal proposals count up instead of waiting twice, also at the same moment', async () => {
  const { run, dev, verify } = await withAgentAtWork()
  await Promise.all([1, 2, 3, 4].map(() => run(share, proposal, dev)))
  expect(await run(list)).toMatchObject({ total: 1, items: [{ id: 'D-1', count: 4 }] })
  await run(share, { ...proposal, data: 'npm t' }, dev)
  expect(await run(list)).toMatchObject({ total: 2, items: [{ id: 'D-2' }, { id: 'D-1' }] })
  expect(await verify()).toMatchObject({ ok: true })
})

test('C10, C11: an agent cannot decide, and what is decided stays decided', async () => {
  const { run, refused, dev } = await withAgentAtWork()
  await run(share, proposal, dev)
  expect(await refused(decide, { id: 'D-1', decision: 'accept' }, dev)).toMatchObject({
    kind: 'forbidden',
  })
  await run(decide, { id: 'D-1', decision: 'reject' })
  expect(await refused(decide, { id: 'D-1', decision: 'accept' })).toMatchObject({
    code: 'context.delegation_closed',
  })
  expect(await run(read, { at: 'GH' })).toMatchObject({ version: 0 })
})

test('C11: a changed target shows the conflict to a person before it is written', async () => {
  const { run, refused, dev } = await withAgentAtWork()
  await run(share, proposal, dev)
  await run('context.write_context', { at: 'GH', path: 'test.command', data: 'make test' })
  const conflict = { version: 1, before: null, now: 'make test', proposed: 'npm test' }
  expect(await run(list)).toMatchObject({ items: [{ conflict }] })
  expect(await refused(decide, { id: 'D-1', decision: 'accept' })).toMatchObject({
    ...{ kind: 'conflict', code: 'context.delegation_conflict', details: conflict },
  })
  expect(await run(decide, { id: 'D-1', decision: 'accept', version: 1 })).toMatchObject({
    ...{ state: 'accepted', targetVersion: 2 },
  })
})

test('an edited proposal writes what the person said', async () => {
  const { run, dev } = await withAgentAtWork()
  await run(share, proposal, dev)
  await run(decide, { id: 'D-1', decision: 'edit', data: 'npm run check' })
  expect(await run(read, { at: 'GH' })).toMatchObject({
    own: { test: { command: 'npm run check' } },
  })
})

test('a proposal to the organisation is decided by who may for the organisation', async () => {
  const { run, refused, given, dev } = await withAgentAtWork()
  await run(share, { ...proposal, at: 'global' }, dev)
  const ana = await given.person('ana', 'member')
  expect(await refused(decide, { id: 'D-1', decision: 'accept' }, ana)).toMatchObject({
    kind: 'forbidden',
  })
  await run(decide, { id: 'D-1', decision: 'accept' })
  expect(await run(read, { at: 'global' })).toMatchObject({ version: 1 })
})

test('who holds nothing below says where the proposal comes from', async () => {
  const { run, refused } = await withAgentAtWork()
  expect(await refused(share, proposal)).toMatchObject({ code: 'context.from_needed' })
  expect(await refused(share, { ...proposal, from: 'GH' })).toMatchObject({
    code: 'context.not_upward',
  })
  expect(await run(share, { ...proposal, from: 'GH/main' })).toMatchObject({ id: 'D-1' })
})

test('proposals of a project are not shown to who may not see the project', async () => {
  const { run, given, refused, dev } = await withAgentAtWork()
  await given.project('ZZ')
  const other = await given.agent('dev-2', ['ZZ'])
  await run(share, proposal, dev)
  await run(share, { ...proposal, at: 'global' }, dev)
  expect(await run(list, {}, other)).toMatchObject({ total: 0, items: [] })
  expect(await run(list, {}, dev)).toMatchObject({ total: 2 })
  expect(await refused(list, { to: 'GH' }, other)).toMatchObject({ kind: 'not_found' })
  expect(await refused(share, { ...proposal, at: 'global', from: 'GH-1' }, other)).toMatchObject({
    kind: 'not_found',
  })
})

test('C10: a proposal that nobody decides on expires, and can then be made again', async () => {
  const { run, refused, dev, clock, ledger, database, orgId } = await withAgentAtWork()
  await run(share, proposal, dev)
  const due = () => database.system((sql) => orgsWithOverdue(sql, clock.now()))
  expect(await due()).not.toContain(orgId)
  clock.turn(31 * 24 * 60 * 60 * 1000)
  expect(await due()).toContain(orgId)
  expect(await run(list, { state: 'expired' })).toMatchObject({ total: 1 })
  expect(await refused(decide, { id: 'D-1', decision: 'accept' })).toMatchObject({
    code: 'context.delegation_closed',
  })
  expect(await run('context.expire_delegations')).toEqual({ expired: 1 })
  expect(await run('context.expire_delegations')).toEqual({ expired: 0 })
  const last = (await ledger()).findLast(({ name }) => name === 'context.delegation_decided')
  expect(last).toMatchObject({ orgId, data: { key: 'D-1', state: 'expired' } })
  expect(await due()).not.toContain(orgId)
  expect(await run(share, { ...proposal, from: 'GH-1' })).toMatchObject({ id: 'D-2', count: 1 })
})

test('pages of proposals follow each other without a gap', async () => {
  const { run, dev } = await withAgentAtWork()
  for (const path of ['a', 'b', 'c']) await run(share, { ...proposal, path }, dev)
  const first = await run(list, { limit: 2 })
  const second = await run(list, { limit: 2, cursor: first.next })
  const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id)
  expect(ids).toEqual(['D-3', 'D-2', 'D-1'])
  expect(second.next).toBeNull()
})
