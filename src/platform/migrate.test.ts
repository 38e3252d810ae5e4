import { randomInt } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, inject, test } from 'vitest'
import { asAdmin } from '../../test/server.ts'
import { openDatabase } from './database.ts'
import { migrate, schemaHash } from './migrate.ts'
import { createPartitions } from './partitions.ts'
import { clientOptions } from './postgres/target.ts'
import { sqlOver } from './sql.ts'

const cleaning: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleaning.splice(0).toReversed()) await clean()
})

const GROUND = { room: 'platform', folder: new URL('./migrations/', import.meta.url) }
const GROUND_FILES = readdirSync(GROUND.folder).length
const NOW = Date.UTC(2026, 11, 5)
const OPTIONS = { rls: true, now: NOW }
const ONE = `create schema shop; create table shop.item (org_id uuid not null, id uuid not null,
  primary key (org_id, id)); comment on table shop.item is 'class: tenant'`

/** An empty database, and a room whose migrations the test writes. */
const scene = async () => {
  const server = inject('target')
  const name = `migrate_${process.pid}_${randomInt(1e9)}`
  await asAdmin(server, (client) => client.query(`create database ${name}`), 'postgres')
  cleaning.push(() =>
    asAdmin(server, (client) => client.query(`drop database ${name}`), 'postgres'),
  )
  const target = { ...server, database: name }
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-migrations-'))
  cleaning.push(() => rmSync(folder, { recursive: true }))
  const shop = { room: 'shop', folder: pathToFileURL(`${folder}/`) }
  return {
    target,
    rooms: [GROUND, shop],
    put: (file: string, text: string) => writeFileSync(join(folder, file), text),
    drop: (file: string) => rmSync(join(folder, file)),
    run: (options = OPTIONS) => migrate(clientOptions(target, 'admin'), [GROUND, shop], options),
    ask: <Row extends object>(text: string) =>
      asAdmin(target, async (client) => (await client.query<Row>(text)).rows),
  }
}

test('files run once, in order, and a second start changes nothing', async () => {
  const { put, run, ask } = await scene()
  put('0001_item.sql', ONE)
  put('0002_more.sql', 'alter table shop.item add column price bigint')
  expect(await run()).toEqual({ applied: GROUND_FILES + 2 })
  expect(await run()).toEqual({ applied: 0 })
  expect(
    await ask(`select room, number, name from guildhall_migration.migration
                where room = 'shop' order by 1, 2`),
  ).toEqual([
    { room: 'shop', number: 1, name: 'item' },
    { room: 'shop', number: 2, name: 'more' },
  ])
})

test('a file that was changed after it had run stops the start', async () => {
  const { put, run } = await scene()
  put('0001_item.sql', ONE)
  await run()
  put('0001_item.sql', `${ONE} `)
  await expect(run()).rejects.toMatchObject({
    code: 'platform.schema_differs',
    message: expect.stringContaining('shop/1 was changed'),
  })
})

test('a database that is newer than the program stops the start', async () => {
  const { put, run, drop } = await scene()
  put('0001_item.sql', ONE)
  put('0002_more.sql', 'alter table shop.item add column price bigint')
  await run()
  drop('0002_more.sql')
  await expect(run()).rejects.toMatchObject({
    code: 'platform.schema_differs',
    message: expect.stringContaining('shop/2 is newer'),
  })
})

test.each([
  ['a gap in the numbers', '0003_late.sql'],
  ['a file that is not called NNNN_slug.sql', '0002-late.sql'],
])('%s is our bug and nothing runs', async (_, file) => {
  const { put, run, ask } = await scene()
  put('0001_item.sql', ONE)
  put(file, 'select 1')
  await expect(run()).rejects.toThrow(/Assertion failed/)
  expect(await ask(`select to_regnamespace('shop') as shop`)).toEqual([{ shop: null }])
})

test('a failing file leaves nothing behind and can be mended', async () => {
  const { put, run, ask } = await scene()
  put('0001_item.sql', `${ONE}; select 1 / 0`)
  await expect(run()).rejects.toMatchObject({ code: '22012' })
  expect(await ask(`select to_regnamespace('shop') as shop`)).toEqual([{ shop: null }])
  put('0001_item.sql', ONE)
  expect(await run()).toEqual({ applied: 1 })
})

test('of many hubs that start at once one migrates and the others wait for it', async () => {
  const { put, run } = await scene()
  put('0001_item.sql', ONE)
  const results = await Promise.all(Array.from({ length: 5 }, () => run()))
  expect(results.map(({ applied }) => applied).toSorted((a, b) => a - b)).toEqual([
    ...[0, 0, 0, 0],
    GROUND_FILES + 1,
  ])
})

test('a start that was cut off before the rights were given gives them the next time', async () => {
  const { put, run, ask, target } = await scene()
  put('0001_item.sql', ONE)
  await run({ ...OPTIONS, rls: false })
  const forced = `select relforcerowsecurity as forced from pg_class
    where oid = 'shop.item'::regclass`
  expect(await ask(forced)).toEqual([{ forced: false }])
  expect(await run()).toEqual({ applied: 0 })
  expect(await ask(forced)).toEqual([{ forced: true }])
  const database = openDatabase({ client: clientOptions(target, 'app'), rls: true, log: () => {} })
  const rows = await database.read('01930000-0000-7000-8000-000000000001')`
    select id from shop.item where org_id = ${'01930000-0000-7000-8000-000000000001'}`
  expect(rows).toEqual([])
  await database.stop()
})

test('rights that were given are not given again at every start', async () => {
  const { put, run, ask } = await scene()
  put('0001_item.sql', ONE)
  await run()
  const mark = `select xmin::text as mark from pg_class where oid = 'shop.item'::regclass`
  const before = await ask(mark)
  await run()
  expect(await ask(mark)).toEqual(before)
})

test('a table without a class stops the start', async () => {
  const { put, run } = await scene()
  put('0001_item.sql', ONE.replace('class: tenant', 'my table'))
  await expect(run()).rejects.toThrow(/shop.item says its class/)
})

test('months go over the turn of the year, in UTC, each made once', async () => {
  const { run, put, ask, target } = await scene()
  put('0001_item.sql', ONE)
  await run()
  const children = `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'platform.ledger'::regclass order by 1`
  const found = await ask<{ name: string; bound: string }>(children)
  expect(found.map(({ name }) => name)).toEqual([
    'ledger_202611',
    'ledger_202612',
    'ledger_202701',
    'ledger_202702',
    'ledger_202703',
  ])
  expect(found[1]?.bound).toBe(
    `FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')`,
  )
  const again = await asAdmin(target, async (client) => {
    const sql = sqlOver(async ({ text, values }) => (await client.query(text, [...values])).rows)
    return [
      await createPartitions(sql, NOW),
      await createPartitions(sql, Date.UTC(2027, 0, 31, 23, 59, 59, 999)),
      await createPartitions(sql, Date.UTC(2027, 1, 1)),
    ]
  })
  expect(again).toEqual([0, 2, 2])
})

test('the name of a schema changes with any of its files', async () => {
  const { put, rooms } = await scene()
  put('0001_item.sql', ONE)
  const before = await schemaHash(rooms)
  put('0001_item.sql', `${ONE} `)
  expect(await schemaHash(rooms)).not.toBe(before)
})
