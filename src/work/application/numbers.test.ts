import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const hall = async () => {
  const words = await bench()
  const { given, run, ledger, due, clock } = words
  await given.project('GH')
  const keep = async () => {
    await ledger()
    await due('work.keep_history')
  }
  const report = (id = 1) => run('work.get_sprint_report', { project: 'GH', id })
  const velocity = (limit?: number) => run('work.get_velocity', { project: 'GH', limit })
  const done = (...keys: readonly string[]) =>
    Promise.all(keys.map((key) => run('work.move_task', { key, to: 'Done' })))
  /** Plans a sprint with some of the tasks and starts it an hour later. */
  const sprint = async (keys: readonly string[], data: object = {}) => {
    const { number } = await run('work.save_sprint', { project: 'GH', data })
    const items = keys.map((id) => ({ id, sprint: number }))
    if (items.length > 0) await run('work.save_tasks', { items })
    clock.turn(HOUR_MS)
    await run('work.start_sprint', { project: 'GH', id: number })
    clock.turn(HOUR_MS)
    return number
  }
  const close = (id: number, move = 'backlog') =>
    run('work.close_sprint', { project: 'GH', id, data: { move } })
  return { ...words, keep, report, velocity, done, sprint, close }
}

test('a sprint reports its tasks, its steps, and how it was going to be', async () => {
  const { given, run, say, sprint, report, done, close, keep, clock } = await hall()
  await given.tasks([
    { title: 'one', points: 3 },
    { title: 'two', points: 0.5 },
    { title: 'three', points: 5 },
    { title: 'four' },
  ])
  const today = new Date(clock.now()).toISOString().slice(0, 10)
  const ends_on = new Date(clock.now() + 10 * DAY_MS).toISOString().slice(0, 10)
  await sprint(['GH-1', 'GH-2', 'GH-4'], { goal: 'Sign in', starts_on: today, ends_on })
  await done('GH-1')
  clock.turn(HOUR_MS)
  await run('work.save_tasks', { items: [{ id: 'GH-3', sprint: 1 }] })
  clock.turn(HOUR_MS)
  await run('work.save_tasks', { items: [{ id: 'GH-2', sprint: null }] })
  clock.turn(HOUR_MS)
  const running = await report()
  expect(running).toMatchObject({
    zone: 'UTC',
    sprint: { number: 1, goal: 'Sign in', state: 'active', closedAt: null },
    committed: { points: 3.5, tasks: 3 },
    added: { points: 5, tasks: 1 },
    removed: { points: 0.5, tasks: 1 },
    scope: { points: 8, tasks: 3 },
    completed: { points: 3, tasks: 1 },
    remaining: { points: 5, tasks: 2 },
    tasks: [
      { key: 'GH-1', title: 'one', points: 3, place: 'completed', added: false },
      { key: 'GH-2', points: 0.5, place: 'removed', why: 'moved' },
      { key: 'GH-3', points: 5, place: 'open', added: true, at: null },
      { key: 'GH-4', points: null, place: 'open', added: false },
    ],
  })
  const steps = running.steps.map(
    (step: { change: string; remaining: { points: number }; keys: string[] }) =>
      `${step.change} ${step.remaining.points} ${step.keys.join(' ')}`.trim(),
  )
  expect(steps).toEqual([
    'start 3.5 GH-1 GH-2 GH-4',
    'work 0.5 GH-1',
    'scope 5.5 GH-3',
    'scope 5 GH-2',
    'end 5',
  ])
  expect(running.ideal[0]).toEqual({ at: running.sprint.startedAt, points: 3.5, tasks: 3 })
  expect(running.ideal.at(-1)).toEqual({
    at: new Date(Date.parse(ends_on) + DAY_MS).toISOString(),
    points: 0,
    tasks: 0,
  })
  await close(1)
  const closed = await report()
  expect(closed).toMatchObject({ scope: { points: 8, tasks: 3 }, remaining: { tasks: 2 } })
  await keep()
  const { asOf, ...kept } = await report()
  expect(kept).toEqual({ ...closed, asOf: undefined })
  expect(asOf.pos).toBeGreaterThan(closed.asOf.pos)
  expect(await say('work.get_sprint_report', { project: 'GH', id: 1 })).toBe(
    [
      'GH sprint 1 closed: Sign in',
      'committed 3.5p/3, scope 8p/3, completed 3p/1, remaining 5p/2',
      'completed: GH-1',
      'open: GH-3* GH-4',
      'removed: GH-2',
      '* came after the start',
    ].join('\n'),
  )
})

test('without a number, the active sprint is reported; a planned one has no numbers', async () => {
  const { run, refused, sprint } = await hall()
  const report = { project: 'GH' }
  expect(await refused('work.get_sprint_report', report)).toMatchObject({
    code: 'work.sprint_unknown',
  })
  await run('work.save_sprint', { project: 'GH' })
  expect(await refused('work.get_sprint_report', { ...report, id: 1 })).toMatchObject({
    kind: 'conflict',
    code: 'work.sprint_not_started',
  })
  await sprint([])
  const empty = await run('work.get_sprint_report', report)
  expect(empty).toMatchObject({ sprint: { number: 2 }, tasks: [], ideal: [] })
  expect(empty.steps.map(({ change }: { change: string }) => change)).toEqual(['start', 'end'])
})

test('velocity compares closed sprints, and a task reopened later changes nothing', async () => {
  const { given, run, say, velocity, sprint, done, close, clock } = await hall()
  expect(await velocity()).toMatchObject({ sprints: [], forecast: null, band: null })
  await given.tasks([1, 2, 3, 4].map((points) => ({ title: `${points}`, points })))
  for (const key of ['GH-1', 'GH-2', 'GH-3', 'GH-4']) {
    const number = await sprint(key === 'GH-4' ? [key] : [key, 'GH-4'])
    await done(key)
    clock.turn(HOUR_MS)
    await close(number)
    clock.turn(HOUR_MS)
  }
  const all = await velocity()
  const both = (points: number) => ({
    committed: { points: points + 4, tasks: 2 },
    final: { points: points + 4, tasks: 2 },
    completed: { points, tasks: 1 },
  })
  const one = { points: 4, tasks: 1 }
  const last = { committed: one, final: one, completed: one }
  expect(all.sprints).toMatchObject([both(1), both(2), both(3), last])
  expect(all).toMatchObject({
    forecast: { points: 3, tasks: 1 },
    forecastOf: 3,
    band: { min: { points: 1, tasks: 1 }, max: { points: 4, tasks: 1 } },
    bandOf: 4,
  })
  await run('work.move_task', { key: 'GH-1', to: 'Todo' })
  await run('work.save_tasks', { items: [{ id: 'GH-2', points: 13 }] })
  expect({ ...(await velocity()), asOf: all.asOf }).toEqual(all)
  expect((await velocity(1)).sprints).toMatchObject([{ number: 4 }])
  expect(await say('work.get_velocity', { project: 'GH', limit: 1 })).toBe(
    'sprint 4: 4p/1 of 4p/1\nforecast 3p/1, mean of the last 3',
  )
})

test('flow counts the days of the zone that the project has', async () => {
  const { given, run, say, refused, clock } = await hall()
  const zone = 'Pacific/Kiritimati'
  await run('work.save_project', { id: 'GH', data: { zone } })
  await given.tasks([
    { title: 'one', points: 2 },
    { title: 'two', status: 'Backlog' },
  ])
  const yesterday = await run('work.get_flow', { project: 'GH' })
  const day = new Date(clock.now() + 14 * HOUR_MS).toISOString().slice(0, 10)
  expect(yesterday).toMatchObject({ zone, to: day, days: { length: 30 } })
  expect(yesterday.days.at(-1)).toMatchObject({
    day,
    at: yesterday.asOf.at,
    unstarted: { points: 2, tasks: 1 },
    backlog: { points: 0, tasks: 1 },
    started: { points: 0, tasks: 0 },
  })
  clock.turn(DAY_MS)
  await run('work.move_task', { key: 'GH-1', to: 'In progress' })
  await run('work.move_task', { key: 'GH-2', to: 'Canceled' })
  const { days } = await run('work.get_flow', { project: 'GH', from: day })
  expect(days).toMatchObject([
    { day, unstarted: { tasks: 1 }, backlog: { tasks: 1 } },
    { unstarted: { tasks: 0 }, backlog: { tasks: 0 }, started: { tasks: 1, points: 2 } },
  ])
  expect(await say('work.get_flow', { project: 'GH', from: day })).toContain(
    `${day}: backlog 0p/1, unstarted 2p/1, started 0p/0, completed 0p/0`,
  )
  const turned = { project: 'GH', from: '2026-01-02', to: '2026-01-01' }
  expect(await refused('work.get_flow', turned)).toMatchObject({ code: 'work.range_not_valid' })
  const long = { project: 'GH', from: '2020-01-01', to: '2022-01-01' }
  expect(await refused('work.get_cycle_times', long)).toMatchObject({
    kind: 'invalid',
    details: { max: 366 },
  })
})

test('cycle times come with an expectation once there are ten', async () => {
  const { given, run, say, clock, keep } = await hall()
  const keys = await given.tasks(Array.from({ length: 12 }, (_, index) => ({ title: `${index}` })))
  for (const [index, key] of keys.slice(0, 10).entries()) {
    await run('work.move_task', { key, to: 'In progress' })
    clock.turn((index + 1) * DAY_MS)
    await run('work.move_task', { key, to: 'Done' })
  }
  await run('work.move_task', { key: 'GH-11', to: 'Done' })
  await run('work.move_task', { key: 'GH-12', to: 'In progress' })
  clock.turn(2 * DAY_MS)
  await keep()
  const times = await run('work.get_cycle_times', { project: 'GH' })
  expect(times).toMatchObject({
    items: { length: 11, 0: { key: 'GH-1', title: '0', cycleDays: 1, leadDays: 1, points: null } },
    percentiles: [
      { p: 50, cycleDays: 5 },
      { p: 70, cycleDays: 7 },
      { p: 85, cycleDays: 9, leadDays: 55 },
      { p: 95, cycleDays: 10 },
    ],
    ...{ started: 10, neverStarted: 1, wip: 1 },
    sle: { p: 85, days: 90, n: 10, cycleDays: 9 },
    age: [{ key: 'GH-12', ageDays: 2 }],
    throughput: { length: 90 },
  })
  expect(times.items[10]).toMatchObject({ key: 'GH-11', cycleDays: null })
  expect((await say('work.get_cycle_times', { project: 'GH' })).split('\n').slice(1)).toEqual([
    '85% of tasks take 9 days or less',
    '1 running, the oldest GH-12 for 2 days',
  ])
  const to = new Date(clock.now() - 50 * DAY_MS).toISOString().slice(0, 10)
  const few = await run('work.get_cycle_times', { project: 'GH', to })
  expect(few.percentiles[0]).toEqual({ p: 50, cycleDays: null, leadDays: null })
})

test('a project that somebody may not see has no numbers for them', async () => {
  const { given, refused } = await hall()
  await given.project('OPS')
  const dev = await given.agent('dev-1', ['OPS'])
  const names = ['get_sprint_report', 'get_velocity', 'get_flow', 'get_cycle_times']
  for (const name of names) {
    const input = name === 'get_sprint_report' ? { project: 'GH', id: 1 } : { project: 'GH' }
    expect(await refused(`work.${name}`, input, dev)).toMatchObject({ kind: 'not_found' })
  }
})
