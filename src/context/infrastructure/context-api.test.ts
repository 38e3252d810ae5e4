import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import type { Ground } from '../../platform/room.ts'
import type { Sql } from '../../platform/sql.ts'
import { contextApi } from '../room.ts'

/** Counts the statements that a ground runs. */
const counted = (sql: Sql): { sql: Sql; count: () => number } => {
  let statements = 0
  const one = <Row>(...statement: Parameters<Sql>) => {
    statements += 1
    return sql.one<Row>(...statement)
  }
  const maybe = <Row>(...statement: Parameters<Sql>) => {
    statements += 1
    return sql.maybe<Row>(...statement)
  }
  const all = <Row>(...statement: Parameters<Sql>) => {
    statements += 1
    return sql<Row>(...statement)
  }
  const rows: Sql = Object.assign(all, { one, maybe })
  return { sql: rows, count: () => statements }
}

const withTask = async () => {
  const words = await bench()
  const { given, run, orgId, database } = words
  await given.project()
  await given.tasks([{ title: 'First' }, { title: 'Second' }])
  const places = await database.read(orgId).one<{
    projectId: string
    branchId: string
    taskIds: readonly string[]
  }>`
    select project_id as "projectId", branch_id as "branchId", array[id] as "taskIds"
      from work.task where org_id = ${orgId} and number = 1`
  const write = (at: string, data: object) => run('context.write_context', { at, data })
  return { ...words, place: places, write }
}

test('an unchanged context costs one small statement, a changed one is told anew', async () => {
  const { orgId, database, place, write } = await withTask()
  await write('global', { lang: 'en' })
  const { sql, count } = counted(database.read(orgId))
  const ground: Ground = { sql, orgId }
  const api = contextApi()(ground)
  const first = await api.brief(place, null)
  expect(first).toMatch(/^Context @[0-9a-f]{6}\nlang: en$/)
  const before = count()
  expect(await api.brief({ ...place, taskIds: [] }, null)).toBe(first)
  expect(count() - before).toBe(1)
  await write('GH', { lang: 'de' })
  expect(await api.brief(place, null)).toMatch(/\nlang: de$/)
})

test('who names the digest gets the short form, and the task tier all the same', async () => {
  const { orgId, database, place, write } = await withTask()
  await write('GH', { lang: 'en' })
  const api = contextApi()({ sql: database.read(orgId), orgId })
  const digest = (await api.brief(place, null)).slice(9, 15)
  expect(await api.brief(place, `@${digest}`)).toBe(`Context @${digest} unchanged`)
  await write('GH-1', { lang: 'de' })
  expect(await api.brief(place, digest)).toBe(
    `Context @${digest} unchanged\nTask context\nlang: de`,
  )
})

test('C7: a context above its limit is cut in a brief and stops no claim', async () => {
  const { orgId, database, place, write, given, run, refused } = await withTask()
  const large = 'x'.repeat(30_000)
  await write('GH-1', { a: large })
  await write('GH/main', { b: large })
  await write('GH', { c: large })
  const api = contextApi()({ sql: database.read(orgId), orgId })
  const text = await api.brief(place, null)
  expect(text.length).toBeLessThanOrEqual(6_000)
  expect(text).toMatch(/rest: context read GH-1$/)
  expect(await refused('context.read_context', { at: 'GH-1' })).toMatchObject({
    code: 'context.too_large',
  })
  const dev = await given.agent('dev-1', ['GH'])
  expect(await run('work.next_task', {}, dev)).toMatchObject({ task: { key: 'GH-1' } })
})

test('a task aligns by itself, else by its ancestors, its branch, its project', async () => {
  const { orgId, database, place, run } = await withTask()
  for (const [title, places] of [
    ['Project', ['GH']],
    ['Branch', ['GH/main']],
    ['Own', []],
  ]) {
    await run('context.save_objective', { title, places })
  }
  const api = contextApi()({ sql: database.read(orgId), orgId })
  const own = await api.objective('O-3')
  expect(await api.objectiveOf({ ...place, own: [null, own.id] })).toEqual(own)
  expect(await api.objectiveOf({ ...place, own: [null] })).toMatchObject({ title: 'Branch' })
  await run('context.archive_objective', { id: 'O-2' })
  expect(await api.objectiveOf({ ...place, own: [null] })).toMatchObject({ title: 'Project' })
  await run('context.archive_objective', { id: 'O-1' })
  expect(await api.objectiveOf({ ...place, own: [null] })).toBeNull()
  await expect(api.objective('O-1')).rejects.toMatchObject({ kind: 'not_found' })
})
