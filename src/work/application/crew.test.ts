import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

type Running = {
  items: {
    key: string
    holder: string
    claimed: boolean
    progress: number
    note: string | null
    stop: boolean
    leaseExpires: string | null
  }[]
  total: number
  stopped: { by: string | null; at: string } | null
}
type Workers = {
  items: { handle: string; keys: string[]; queued: number; attempts: number; succeeded: number }[]
}
type Next = { task: { lease: string } | null; empty: { stopped: boolean } | null }

const DAY_MS = 86_400_000

const hall = async () => {
  const world = await bench()
  const { given, run, clock } = world
  await given.project()
  const dev = await given.agent('dev-1', ['GH'])
  const running = (input: object = {}, as = world.owner) =>
    run<Running>('work.list_running', input, as)
  const today = (input: object = { since: new Date(clock.now() - 60_000).toISOString() }) =>
    run('work.get_today', input)
  /** Claims the best task for somebody; gives the lease. */
  const claim = async (as = dev): Promise<string> => {
    const { task } = await run<Next>('work.next_task', {}, as)
    if (task === null) throw new Error('Nothing was claimed.')
    return task.lease
  }
  const finish = (lease: string, outcome: string, as = dev) =>
    run('work.finish_work', { lease, outcome, summary: `It is ${outcome}` }, as)
  return { ...world, dev, running, today, claim, finish }
}

test('what is worked on names who, how far, and what they said last', async () => {
  const { given, run, dev, owner, running, claim } = await hall()
  const [, mine] = await given.tasks([{ title: 'One' }, { title: 'Two' }, { title: 'Three' }])
  const lease = await claim()
  await run('work.update_work', { lease, progress: 40, note: 'First word' }, dev)
  await run('work.update_work', { lease, note: 'Last word' }, dev)
  // A person works without a claim, too: what they put into a started column is theirs.
  await run('work.move_task', { key: mine, to: 'In progress' })
  const { items, total, stopped } = await running()
  expect(items).toMatchObject([
    { key: 'GH-1', holder: 'dev-1', claimed: true, progress: 40, note: 'Last word', stop: false },
    { key: 'GH-2', holder: owner.handle, claimed: false, note: null, leaseExpires: null },
  ])
  expect(items[0]?.leaseExpires).not.toBeNull()
  expect([total, stopped]).toEqual([2, null])
  expect((await running({ holder: 'dev-1' })).items.map(({ key }) => key)).toEqual(['GH-1'])
})

test('nobody reads of work in projects that are not theirs', async () => {
  const { given, run, running, claim, refused } = await hall()
  await given.project('AB')
  await given.tasks([{ title: 'Secret' }], 'AB')
  const other = await given.agent('dev-2', ['AB'])
  await claim(other)
  const lead = await given.agent('dev-3', ['GH'])
  expect((await running({}, lead)).items).toEqual([])
  expect(await run<Workers>('work.list_workers', {}, lead)).toMatchObject({ items: [] })
  const seen = await run('work.get_worker', { handle: 'dev-2' }, lead)
  expect(seen).toMatchObject({ running: [], recent: [], queued: 0 })
  expect(await refused('work.get_worker', { handle: 'nobody' }, lead)).toMatchObject({
    kind: 'not_found',
  })
})

test('review and five failures wait for a person, nothing else does', async () => {
  const { given, run, dev, clock, claim, finish } = await hall()
  const waiting = () => run<{ items: object[]; total: number }>('work.list_waiting')
  await given.tasks([{ title: 'Look at it' }])
  await finish(await claim(), 'review')
  await given.tasks([{ title: 'Never works' }, { title: 'Later', status: 'Backlog' }])
  for (let count = 0; count < 5; count++) {
    clock.turn(DAY_MS / 24)
    expect((await waiting()).total).toBe(1)
    await finish(await claim(dev), 'failed')
  }
  expect((await waiting()).items).toMatchObject([
    { kind: 'failed', key: 'GH-2', summary: 'It is failed' },
    { kind: 'review', key: 'GH-1', column: 'In review', summary: 'It is review' },
  ])
})

test('a day counts what was created, begun, done and failed since its beginning', async () => {
  const { given, today, clock, claim, finish, refused } = await hall()
  await given.tasks([{ title: 'One' }, { title: 'Two' }])
  await finish(await claim(), 'done')
  clock.turn(2 * DAY_MS)
  expect(await today()).toEqual({ created: 0, started: 0, done: 0, failed: 0 })
  await given.tasks([{ title: 'Three' }])
  await finish(await claim(), 'failed')
  await finish(await claim(), 'done')
  expect(await today()).toEqual({ created: 1, started: 2, done: 1, failed: 1 })
  const since = new Date(clock.now() - 40 * DAY_MS).toISOString()
  expect(await refused('work.get_today', { since })).toMatchObject({ code: 'work.too_long_ago' })
})

test('a worker is shown with what they hold, what waits, and how it went', async () => {
  const { given, run, dev, clock, claim, finish } = await hall()
  await given.tasks([{ title: 'Old' }])
  await finish(await claim(), 'done')
  clock.turn(31 * DAY_MS)
  await given.tasks([{ title: 'A' }, { title: 'B' }, { title: 'C' }])
  await given.tasks([{ title: 'Mine', assignee: 'dev-1' }])
  const lease = await claim(dev)
  expect(lease).toMatch(/^GH-5#/)
  await given.tasks([{ title: 'Mine too', assignee: 'dev-1' }])
  const other = await given.agent('dev-2', ['GH'])
  await finish(await claim(other), 'failed', other)
  // What is given back counts neither way.
  await finish(await claim(other), 'released', other)
  await finish(await claim(other), 'done', other)
  expect(await run<Workers>('work.list_workers')).toMatchObject({
    days: 30,
    items: [
      { handle: 'dev-1', keys: ['GH-5'], running: 1, queued: 1, attempts: 0, succeeded: 0 },
      { handle: 'dev-2', keys: [], running: 0, queued: 0, attempts: 2, succeeded: 1 },
    ],
  })
  expect(await run('work.get_worker', { handle: 'dev-1' })).toMatchObject({
    running: [{ key: 'GH-5' }],
    queue: [{ key: 'GH-6', title: 'Mine too' }],
    outcomes: [],
    recent: [
      { key: 'GH-5', outcome: null, endedAt: null },
      { key: 'GH-1', outcome: 'done', summary: 'It is done' },
    ],
  })
})
