import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { Refusal } from '../../kernel/refusal.ts'

const COLUMNS = [
  { name: 'Todo', category: 'unstarted' },
  { name: 'In progress', category: 'started', limit: 40 },
  { name: 'In review', category: 'started', role: 'review', limit: 40 },
  { name: 'Done', category: 'completed' },
  { name: 'Canceled', category: 'canceled' },
]
// Fewer than the failures that flag a task.
const ROUNDS = 4
const TASKS = 6

const hall = async () => {
  const words = await bench()
  const { given, run } = words
  await given.project('GH')
  const dev = await given.agent('dev-1', ['GH'])
  await run('work.save_columns', { project: 'GH', columns: COLUMNS })
  await run('work.save_project', { id: 'GH', data: { wip_limit: 50 } })
  const keys = await given.tasks(
    Array.from({ length: TASKS }, (_, index) => ({ title: `Task ${index}` })),
  )
  return { ...words, dev, keys }
}

/** Counts what does not add up: every number must be 0. */
const faults = async ({ database, orgId }: Awaited<ReturnType<typeof hall>>) =>
  database.read(orgId).one<Record<string, number>>`
    select
      (select count(*)::int from work.board_column c
        where c.org_id = ${orgId} and c.wip_limit is not null and c.wip_used <> (
          select count(*) from work.task t
           where t.org_id = ${orgId} and t.column_id = c.id)) as columns,
      (select count(*)::int from work.project p
        where p.org_id = ${orgId} and p.wip_used <> (
          select count(*) from work.task t
           where t.org_id = ${orgId} and t.category = 'started')) as projects,
      (select count(*)::int from work.seat s
        where s.org_id = ${orgId} and s.used <> (
          select count(*) from work.lease l
           where l.org_id = ${orgId} and l.holder_id = s.principal_id)) as seats,
      (select count(*)::int from work.attempt a
        where a.org_id = ${orgId} and (a.outcome is null) <> exists (
          select from work.lease l
           where l.org_id = ${orgId} and l.task_id = a.task_id
             and l.attempt = a.number and l.fence = a.fence)) as attempts,
      (select count(*)::int from work.task t
        where t.org_id = ${orgId} and t.attempts <> (
          select count(*) from work.attempt a
           where a.org_id = ${orgId} and a.task_id = t.id)) as numbers,
      (select count(*)::int from work.lease l
         join work.task t on t.org_id = l.org_id and t.id = l.task_id
        where l.org_id = ${orgId} and (t.category <> 'started' or t.fence <> l.fence)) as leases`

const NONE = { columns: 0, projects: 0, seats: 0, attempts: 0, numbers: 0, leases: 0 }

test('ends of one claim that race leave one of them, and every count is true', async () => {
  const world = await hall()
  const { run, dev, keys } = world
  for (let round = 0; round < ROUNDS; round++) {
    const briefs = await Promise.all(
      keys
        .slice(0, 3)
        .map((key) => run<{ key: string; lease: string }>('work.claim_task', { key }, dev)),
    )
    const ends = briefs.flatMap(({ key, lease }) => [
      run('work.finish_work', { lease, outcome: 'released' }, dev),
      run('work.take_over_task', { key }),
      run('work.release_task', { key }),
      run('work.update_work', { lease, progress: 10, status: 'In review' }, dev),
      run('work.stop_task', { key }),
    ])
    const settled = await Promise.allSettled(ends)
    const bugs = settled.filter(
      (one) => one.status === 'rejected' && !(one.reason instanceof Refusal),
    )
    expect(bugs).toEqual([])
    expect(await faults(world)).toEqual(NONE)
    await Promise.allSettled(keys.map((key) => run('work.release_task', { key })))
    const items = keys.map((id) => ({ id, assignee: null, status: 'Todo' }))
    await run('work.save_tasks', { items })
    expect(await faults(world)).toEqual(NONE)
  }
}, 60_000)

test('a sweep that races with people takes nothing from them', async () => {
  const world = await hall()
  const { run, dev, keys, clock } = world
  for (let round = 0; round < ROUNDS; round++) {
    const taken = keys.slice(0, 3)
    await Promise.all(taken.map((key) => run('work.claim_task', { key }, dev)))
    clock.turn(1_000_000)
    // Whoever is first, the person has the task in the end: taken from its worker or claimed.
    await Promise.all([
      ...taken.map((key) => run('work.take_over_task', { key })),
      run('work.expire_leases'),
      run('work.expire_leases'),
    ])
    expect(await faults(world)).toEqual(NONE)
    clock.turn(1_000_000)
    expect(await run('work.expire_leases')).toEqual({ expired: 0 })
    for (const key of taken) await run('work.release_task', { key })
    const items = keys.map((id) => ({ key: id, assignee: null, blocked: null, status: 'Todo' }))
    for (const item of items) await run('work.change_task', item)
    expect(await faults(world)).toEqual(NONE)
  }
}, 60_000)
