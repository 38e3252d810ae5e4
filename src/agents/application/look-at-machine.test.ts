import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

test('an owner may look at the machine of the hub; agents and members may not', async () => {
  const { run, refused, given } = await bench()
  const found = await run('agents.look_at_machine')
  expect(found).toMatchObject({ repositories: [], servers: [], cut: false })
  await given.project()
  for (const actor of [await given.agent('dev', ['GH']), await given.person('ann')]) {
    for (const [name, input] of [
      ['agents.look_at_machine', {}],
      ['agents.read_backlog', { path: '/' }],
    ] as const) {
      expect(await refused(name, input, actor)).toMatchObject({ code: 'identity.not_allowed' })
    }
  }
})

test('a backlog that is not there is refused in the words for what may not be seen', async () => {
  const { refused } = await bench()
  const answer = await refused('agents.read_backlog', { path: '/etc' })
  expect(answer).toMatchObject({ kind: 'not_found' })
  expect(answer.said).toBe('The backlog of /etc does not exist or you may not see it.')
})
