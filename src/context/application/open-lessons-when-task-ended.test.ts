import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const list = 'context.list_delegations'

const finish = async (words: Awaited<ReturnType<typeof bench>>, learned: readonly string[]) => {
  const { given, run, house } = words
  const dev = await given.agent(`dev-${learned.length}`, ['GH'])
  const { task } = await run('work.next_task', {}, dev)
  await run('work.finish_work', { lease: task.lease, outcome: 'done', learned }, dev)
  await house.settle()
}

test('lessons of an attempt are proposed to the project, equal ones count up', async () => {
  const words = await bench()
  const { given, run } = words
  await given.project()
  await given.tasks([{ title: 'First' }, { title: 'Second' }])
  await finish(words, ['Use port 0 in tests.'])
  await finish(words, ['Use port 0 in tests.', 'Seed the clock.'])
  expect(await run(list)).toMatchObject({
    items: [
      { id: 'D-2', from: 'GH-2', to: 'GH', data: ['Seed the clock.'], count: 1 },
      { id: 'D-1', from: 'GH-1', path: 'learned+', openedBy: 'dev-1', count: 2 },
    ],
  })
  await run('context.decide_delegation', { id: 'D-1', decision: 'accept' })
  await run('context.decide_delegation', { id: 'D-2', decision: 'accept' })
  expect(await run('context.read_context', { at: 'GH-1' })).toMatchObject({
    value: { learned: ['Use port 0 in tests.', 'Seed the clock.'] },
  })
})

test('an attempt without lessons proposes nothing', async () => {
  const words = await bench()
  await words.given.project()
  await words.given.tasks([{ title: 'First' }])
  await finish(words, [])
  expect(await words.run(list)).toMatchObject({ total: 0 })
})
