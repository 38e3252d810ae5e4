import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

type Next = {
  task: { lease: string } | null
  peeked: string | null
  empty: { stopped: boolean } | null
}
type Updated = { stop: boolean }
type Running = { items: { stop: boolean }[]; stopped: { by: string } | null }

const hall = async () => {
  const world = await bench()
  const { given, run } = world
  await given.project()
  await given.tasks(Array.from({ length: 6 }, (_, at) => ({ title: `Task ${at + 1}` })))
  const [ana, bob] = [await given.agent('ana', ['GH']), await given.agent('bob', ['GH'])]
  const next = (as = ana) => run<Next>('work.next_task', {}, as)
  const leaseOf = async (as = ana) => String((await next(as)).task?.lease)
  const update = (lease: string, as = ana) => run<Updated>('work.update_work', { lease }, as)
  return { ...world, ana, bob, next, leaseOf, update }
}

test('stopped agents get no work, hear it in each reply, and lose nothing', async () => {
  const { run, say, ana, bob, owner, next, leaseOf, update, ledger } = await hall()
  const [first, second] = [await leaseOf(ana), await leaseOf(bob)]
  expect((await update(first)).stop).toBe(false)
  expect(await run('work.stop_agents', { reason: 'Odd mails' })).toMatchObject({ running: 2 })
  for (const [lease, as] of [
    [first, ana],
    [second, bob],
  ] as const) {
    expect((await update(lease, as)).stop).toBe(true)
    expect(await next(as)).toMatchObject({ task: null, empty: { stopped: true } })
  }
  expect(await say('work.next_task', {}, ana)).toMatch(/^All agents are stopped/)
  const { items, stopped } = await run<Running>('work.list_running')
  expect(items.map(({ stop }) => stop)).toEqual([true, true])
  expect(stopped).toMatchObject({ by: owner.handle })
  await run('work.finish_work', { lease: first, outcome: 'released', summary: 'Stopped' }, ana)
  const told = (await ledger()).filter(({ name }) => name.startsWith('work.agents_'))
  expect(told).toMatchObject([{ name: 'work.agents_stopped', data: { running: 2 } }])
})

test('people go on while agents are stopped', async () => {
  const { run, owner, given, next } = await hall()
  await run('work.stop_agents')
  expect((await next(owner)).task).not.toBeNull()
  expect(await run('work.stop_agents')).toMatchObject({ running: 0 })
  const [key] = await given.tasks([{ title: 'By hand' }])
  expect(await run('work.claim_task', { key })).toMatchObject({ key })
})

test('readiness says why, and a claim by key is refused with it', async () => {
  const { run, refused, ana } = await hall()
  await run('work.stop_agents')
  const { reasons } = await run('work.get_readiness', { key: 'GH-1' }, ana)
  expect(reasons).toMatchObject([{ code: 'stopped' }])
  expect(await run('work.get_readiness', { key: 'GH-1' })).toMatchObject({ reasons: [] })
  const said = await refused('work.claim_task', { key: 'GH-1' }, ana)
  expect(said).toMatchObject({ code: 'work.not_ready' })
  expect(said.said).toContain('All agents are stopped')
})

test('resumed agents go on, and who has not heard of the stop never does', async () => {
  const { run, ana, bob, next, leaseOf, update, ledger } = await hall()
  const lease = await leaseOf(ana)
  await run('work.stop_agents')
  await run('work.stop_agents')
  await run('work.resume_agents')
  await run('work.resume_agents')
  expect((await update(lease)).stop).toBe(false)
  expect((await next(bob)).task).not.toBeNull()
  const told = (await ledger()).filter(({ name }) => name.startsWith('work.agents_'))
  expect(told.map(({ name }) => name)).toEqual(['work.agents_stopped', 'work.agents_resumed'])
})

test('a claim that is asked to stop by its own stays so when all agents are resumed', async () => {
  const { run, leaseOf, update } = await hall()
  const lease = await leaseOf()
  await run('work.stop_task', { key: lease.split('#')[0] })
  await run('work.stop_agents')
  await run('work.resume_agents')
  expect((await update(lease)).stop).toBe(true)
})

test('only who may take over in the whole organisation stops all agents', async () => {
  const { given, refused, ana, run } = await hall()
  const member = await given.person('mia')
  for (const who of [ana, member]) {
    expect(await refused('work.stop_agents', {}, who)).toMatchObject({ kind: 'forbidden' })
  }
  const service = { name: 'watch', role: 'admin' }
  const { key } = await run<{ key: string }>('identity.create_service', service)
  const { hall: doors } = (await bench()).house
  const watch = await doors.authenticate(key)
  await run('work.stop_agents', {}, watch)
  const said = await refused('work.resume_agents', {}, watch)
  expect(said).toMatchObject({ code: 'work.people_only' })
})
