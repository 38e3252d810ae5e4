import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

test('a claimed task has one holder, and finishing it leaves the ledger whole', async () => {
  const { given, run, say, ledger, verify } = await bench()
  await given.project('GH')
  const dev = await given.agent('dev-1', ['GH'])
  await given.tasks([{ title: 'First' }, { title: 'Second' }])
  const next = await run('work.next_task', {}, dev)
  expect(next.task).toMatchObject({ key: 'GH-1', attempt: 1, lease: 'GH-1#1' })
  expect(await say('work.update_work', { lease: 'GH-1#1', progress: 40 }, dev)).toMatch(
    /^GH-1 in progress 40%, lease 15m$/,
  )
  expect(await say('work.finish_work', { lease: 'GH-1#1', outcome: 'done' }, dev)).toBe('GH-1 done')
  const names = (await ledger()).map((event) => event.name)
  expect(names).toContain('work.task_claimed')
  expect(names).toContain('work.task_ended')
  expect(await verify()).toMatchObject({ ok: true })
})

test('a worker who finds something in the way lets the task wait for it', async () => {
  const { given, run, say, refused } = await bench()
  await given.project('GH')
  const dev = await given.agent('dev-1', ['GH'])
  await given.tasks([{ title: 'Stuck' }, { title: 'In the way' }])
  await run('work.next_task', { id: 'GH-1' }, dev)
  await run('work.update_work', { lease: 'GH-1#1', blocked_by: ['GH-2'] }, dev)
  expect(await run('work.get_task', { key: 'GH-1' })).toMatchObject({ openBlockers: 1 })
  const released = { lease: 'GH-1#1', outcome: 'released' }
  expect(await say('work.finish_work', released, dev)).toBe('GH-1 released')
  expect(await run('work.next_task', { peek: true }, dev)).toMatchObject({ peeked: 'GH-2' })
  const again = await run('work.next_task', { id: 'GH-2' }, dev)
  const lease = again.task.lease
  const circle = await refused('work.update_work', { lease, blocked_by: ['GH-1'] }, dev)
  expect(circle.code).toBe('work.dependency_cycle')
})

test('nothing of an archived project is handed out, and readiness says why', async () => {
  const { given, run, refused } = await bench()
  await given.project('GH')
  const dev = await given.agent('dev-1', ['GH'])
  await given.tasks([{ title: 'Late' }])
  await run('work.archive_project', { id: 'GH' })
  expect(await run('work.next_task', {}, dev)).toMatchObject({ task: null })
  expect(await run('work.next_task', { id: 'GH-1' }, dev)).toMatchObject({ task: null })
  expect((await refused('work.claim_task', { key: 'GH-1' })).code).toBe('work.not_ready')
  const { reasons } = await run('work.get_readiness', { key: 'GH-1' }, dev)
  expect(reasons).toMatchObject([{ code: 'archived' }])
})
