import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'

const issue = (id: string, more: object = {}) =>
  JSON.stringify({ id, title: id, status: 'open', priority: 2, issue_type: 'task', ...more })
const joined = (id: string, to: string, type: string) => ({
  dependencies: [{ issue_id: id, depends_on_id: to, type }],
})

test('undoing an import removes what nobody touched, and lists the rest', async () => {
  const { run, given, say, ledger, verify, orgId, database } = await bench()
  const text = [
    issue('top'),
    issue('worked', { ...joined('worked', 'top', 'parent-child'), priority: 0 }),
    issue('waits', joined('waits', 'worked', 'blocks')),
    issue('blocker'),
    issue('talked', joined('talked', 'blocker', 'blocks')),
  ].join('\n')
  await run('work.import_beads', { project: 'BD', text })
  const [own = ''] = await given.tasks([{ title: 'Ours' }], 'BD')
  const dev = await given.agent('dev-1', ['BD'])
  const { task } = await run('work.next_task', { project: 'BD' }, dev)
  expect(task).toMatchObject({ key: 'BD-2' })
  await run('work.finish_work', { lease: task.lease, outcome: 'released' }, dev)
  await run('work.add_comment', { key: 'BD-5', body: 'Mine' })
  const undone = await run('work.undo_import', { source: 'beads', project: 'BD' })
  expect(undone).toMatchObject({
    removed: 2,
    keptCount: 3,
    kept: [
      { key: 'BD-1', externalId: 'top', why: 'is above a task that stays' },
      { key: 'BD-2', externalId: 'worked', why: 'changed since' },
      { key: 'BD-5', externalId: 'talked', why: 'changed since' },
    ],
  })
  const left = await database.read(orgId)<{ number: number; ready: boolean; blockers: number }>`
    select number, ready, open_blockers as blockers from work.task
     where org_id = ${orgId} order by number`
  expect(left).toEqual([
    { number: 1, ready: false, blockers: 0 },
    { number: 2, ready: true, blockers: 0 },
    { number: 5, ready: true, blockers: 0 },
    { number: Number(own.slice(3)), ready: true, blockers: 0 },
  ])
  const removed = (await ledger()).filter(({ name }) => name === 'work.task_removed')
  expect(removed).toMatchObject([
    { data: { key: 'BD-3' } },
    { data: { key: 'BD-4', around: [{ key: 'BD-5', blockers: -1 }], readied: 1 } },
  ])
  expect(await say('work.undo_import', { source: 'beads', project: 'BD' })).toMatch(
    /^BD: 0 removed, 3 kept\n/,
  )
  expect(await run('work.import_beads', { project: 'BD', text })).toMatchObject({ created: 2 })
  expect(await verify()).toMatchObject({ ok: true })
})

test('only those who may import may undo, and only where a project is', async () => {
  const { run, given, refused } = await bench()
  await run('work.import_beads', { project: 'BD', text: issue('a') })
  const member = await given.agent('dev-1', ['BD'])
  const wish = { source: 'beads', project: 'BD' }
  expect(await refused('work.undo_import', wish, member)).toMatchObject({ kind: 'forbidden' })
  expect(await refused('work.import_beads', { project: 'BD', text: '' }, member)).toMatchObject({
    kind: 'forbidden',
  })
  expect(await refused('work.undo_import', { ...wish, project: 'NONE' })).toMatchObject({
    kind: 'not_found',
  })
})
