import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { tokensOf } from '../../../test/tokens.ts'

const hall = async () => {
  const words = await bench()
  await words.given.project('GH')
  const keys = async (q: string, more: object = {}) => {
    const { items } = await words.run('work.find_tasks', { q, ...more })
    return items.map(({ key }: { key: string }) => key)
  }
  return { ...words, keys }
}

test('each filter finds its tasks, and filters add up', async () => {
  const { given, run, keys, refused } = await hall()
  await given.tasks([
    { ref: 'a', title: 'Fix the login redirect', type: 'bug', priority: 'high', labels: ['Web'] },
    { title: 'Write the guide', body: 'How redirects work', assignee: 'owner', depends_on: ['a'] },
    { title: 'Paint the door', status: 'Backlog' },
  ])
  await run('work.save_sprint', { project: 'GH', data: { goal: 'First' } })
  await run('work.change_task', { key: 'GH-3', sprint: 1 })
  expect(await keys('type:bug')).toEqual(['GH-1'])
  expect(await keys('label:web')).toEqual(['GH-1'])
  expect(await keys('priority:high')).toEqual(['GH-1'])
  expect(await keys('status:backlog')).toEqual(['GH-3'])
  expect(await keys('status:"Todo"')).toEqual(['GH-1', 'GH-2'])
  expect(await keys('status:open')).toEqual(['GH-1', 'GH-2', 'GH-3'])
  expect(await keys('sprint:1')).toEqual(['GH-3'])
  expect(await keys('branch:main type:task')).toEqual(['GH-2', 'GH-3'])
  expect(await keys('@owner')).toEqual(['GH-2'])
  expect(await keys('mine')).toEqual(['GH-2'])
  expect(await keys('ready')).toEqual(['GH-1'])
  expect(await keys('blocked')).toEqual(['GH-2'])
  expect(await keys('redirect')).toEqual(['GH-1', 'GH-2'])
  expect(await keys('redirect ready')).toEqual(['GH-1'])
  expect(await keys('GH-3 GH-1')).toEqual(['GH-1', 'GH-3'])
  expect(await keys("'); drop table work.task; --")).toEqual([])
  expect(await refused('work.find_tasks', { q: 'lable:x' })).toMatchObject({
    said: 'There is no filter lable:; did you mean label:?',
  })
  expect((await refused('work.find_tasks', { q: '@nobody' })).kind).toBe('invalid')
})

test.each(['rank', 'updated', 'due', 'priority'])(
  'pages by %s give every task once',
  async (sort) => {
    const { given, run } = await hall()
    const priorities = ['urgent', 'low', 'none'] as const
    const items = Array.from({ length: 23 }, (_, i) => ({
      title: `Task ${i}`,
      priority: priorities[i % 3],
      due: i % 4 === 0 ? null : `2027-01-${String((i % 5) + 1).padStart(2, '0')}`,
    }))
    await given.tasks(items)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { items: { key: string }[]; total: number; next: string | null } = await run(
        'work.find_tasks',
        { sort, limit: 5, ...(cursor !== null && { cursor }) },
      )
      expect(page.total).toBe(23)
      seen.push(...page.items.map(({ key }) => key))
      cursor = page.next
    } while (cursor !== null)
    expect(seen).toHaveLength(23)
    expect(new Set(seen).size).toBe(23)
  },
)

test('a made up cursor is refused', async () => {
  const { refused } = await hall()
  for (const cursor of ['c_8f2k', 'x', 'c_W10']) {
    expect((await refused('work.find_tasks', { cursor })).code).toBe('platform.cursor_not_valid')
  }
})

test('nobody finds tasks of a project they may not read', async () => {
  const { given, run } = await hall()
  await given.project('OPS')
  await given.tasks([{ title: 'Seen' }])
  await given.tasks([{ title: 'Hidden' }], 'OPS')
  const dev = await given.agent('dev-1', ['GH'])
  expect(await run('work.find_tasks', {}, dev)).toMatchObject({ total: 1 })
  expect(await run('work.find_tasks', { q: 'OPS-1 hidden' }, dev)).toMatchObject({ total: 0 })
})

test('a list of 20 tasks costs at most 400 tokens', async () => {
  const { given, say } = await hall()
  const items = Array.from({ length: 25 }, (_, i) => ({
    ref: `t${i}`,
    title: `Make the importer keep what people changed since the last run ${i}`,
    priority: 'high',
    points: 3,
    assignee: 'owner',
    depends_on: i % 3 === 2 ? [`t${i - 1}`] : [],
  }))
  await given.tasks(items)
  const said = await say('work.find_tasks', { project: 'GH' })
  expect(said.split('\n')).toHaveLength(21)
  expect(said).toMatch(/^GH-1 todo H 3p @owner Make the importer .*…$/m)
  expect(said).toMatch(/^GH-3 todo H 3p @owner .* <-GH-2$/m)
  expect(said).toMatch(/^20 of 25, more: c_\S+$/m)
  expect(tokensOf(said)).toBeLessThanOrEqual(400)
})
