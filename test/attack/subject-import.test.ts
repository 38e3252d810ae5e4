import { expect, test } from 'vitest'
import { crawled, textsOf } from './subject-crawl.ts'
import { bench } from '../bench.ts'

const NAME = 'canaria-import'

const issue = {
  id: 'bd-1',
  title: 'Imported',
  status: 'open',
  priority: 2,
  issue_type: 'task',
  created_at: '2026-01-02T03:04:05Z',
  assignee: NAME,
  owner: NAME,
  created_by: NAME,
  comments: [{ id: 1, author: NAME, text: 'Said.', created_at: '2026-01-02T03:04:05Z' }],
}

/** Imports a task that names somebody whom nobody knows here. */
const imported = async () => {
  const world = await bench()
  await world.run('work.import_beads', { project: 'BD', text: JSON.stringify(issue) })
  return world
}

/** Tells where the name stands, comments and bodies aside: those are what others wrote. */
const places = async (world: Parameters<typeof crawled>[0]) =>
  [...new Set((await crawled(world, [NAME])).map(textsOf))].toSorted()

test('no public field of the ledger names whom an import brought', async () => {
  const world = await imported()
  const events = await world.ledger()
  expect(events.map(({ name }) => name)).toContain('work.task_imported')
  for (const { data } of events) expect(JSON.stringify(data)).not.toContain(NAME)
  expect(await places(world)).toContain('work.import_link: canaria-import')
  const task = await world.run('work.get_task', { key: 'BD-1' })
  expect(task).toMatchObject({ labels: ['for:someone'], assignee: null })
  expect(task.body).toMatch(/For: canaria-import$/)
})

test('a person that an import made is erased with every copy of the name', async () => {
  const world = await imported()
  // A label as imports of before made it.
  const labels = { id: 'BD-1', labels: [`+for:${NAME}`, '+kept'] }
  await world.run('work.save_tasks', { project: 'BD', items: [labels] })
  const erased = await world.run('identity.erase_subject', { handle: NAME, confirm: NAME })
  expect(erased.rows).toMatchObject({ 'work.labels': 1, 'work.importNames': 1 })
  await world.house.settle()
  const task = await world.run('work.get_task', { key: 'BD-1' })
  expect(task.labels.toSorted()).toEqual(['for:someone', 'kept'])
  expect((await world.ledger()).at(-1)?.name).toBe('identity.subject_erased')
  expect(await world.verify()).toMatchObject({ ok: true })
  // What the importer wrote down about them is the importer's: the body says for whom it was. A
  // label that somebody typed is public, and the ledger keeps it.
  const left = ['platform.event_private', 'platform.ledger', 'work.task']
  expect(await places(world)).toEqual(left.map((table) => `${table}: ${NAME}`))
})

test('the same import again brings no name back into a label', async () => {
  const world = await imported()
  await world.run('identity.erase_subject', { handle: NAME, confirm: NAME })
  const again = await world.run('work.import_beads', { project: 'BD', text: JSON.stringify(issue) })
  expect(again).toBeDefined()
  for (const { data } of await world.ledger()) expect(JSON.stringify(data)).not.toContain(NAME)
})
