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
