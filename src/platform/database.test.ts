import { randomUUID } from 'node:crypto'
import { rmSync, mkdtempSync } from 'node:fs'
import { createServer, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { bench, testHouse } from '../../test/bench.ts'
import { probeHouse } from '../../test/probe.ts'
import { asAdmin } from '../../test/server.ts'
import { openDatabase } from './database.ts'
import { clientOptions, type DatabaseTarget } from './postgres/target.ts'

const OTHER = '01930000-0000-7000-8000-00000000ffff'

const quiet = { rls: true, log: () => {} } as const

test('a statement that forgets its organisation sees its own rows only', async () => {
  const [ours, theirs] = [await bench(), await bench()]
  const { run } = await probeHouse()
  await run('probe.set_thing', { name: 'ours' }, { actor: ours.owner })
  await run('probe.set_thing', { name: 'theirs' }, { actor: theirs.owner })
  const { database } = ours
  const seen = await database.read(ours.orgId)`select name from probe.thing`
  expect(seen).toEqual([{ name: 'ours' }])
  const changed = await database.write(ours.orgId, async (sql) => ({
    value: await sql`update probe.thing set number = 9 returning name`,
    tail: [],
  }))
  expect(changed).toEqual([{ name: 'ours' }])
  const removed = await database.write(theirs.orgId, async (sql) => ({
    value: await sql`delete from probe.thing returning name`,
    tail: [],
  }))
  expect(removed).toEqual([{ name: 'theirs' }])
})

test('every tenant table of every room hides the rows of other organisations', async () => {
  const [ours, theirs] = [await bench(), await bench()]
  await theirs.given.project('GH')
  await theirs.ledger()
  const { database, target } = ours
  const tables = await asAdmin(target, async (client) => {
    const { rows } = await client.query<{ name: string }>(`
      select format('%I.%I', n.nspname, c.relname) as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relrowsecurity and not c.relispartition
         and has_table_privilege('guildhall_app', c.oid, 'select')`)
    return rows.map(({ name }) => name)
  })
  expect(tables.length).toBeGreaterThan(20)
  for (const table of tables) {
    const text = Object.assign([`select org_id::text as org from ${table}`], { raw: [''] })
    const rows = await database.read(ours.orgId)<{ org: string }>(text)
    expect(rows.filter(({ org }) => org !== ours.orgId)).toEqual([])
  }
})

test('a row of another organisation cannot be written', async () => {
  const { database, orgId } = await bench()
  await probeHouse()
  const foreign = database.write(orgId, async (sql) => ({
    value: await sql`
      insert into probe.thing (org_id, id, name, number, version)
      values (${OTHER}, ${OTHER}, 'smuggled', 1, 1)`,
    tail: [],
  }))
  await expect(foreign).rejects.toMatchObject({ code: '42501' })
})

/** A login that owns nothing: the embedded hub's own; on another server one made for the test. */
const loginWithoutRights = async (target: DatabaseTarget) => {
  const options = clientOptions(target, 'app')
  if (target.embedded) return { options, drop: async () => {} }
  const [user, password] = [`guildhall_test_${process.pid}`, randomUUID()]
  await asAdmin(target, (client) =>
    client.query(`create role ${user} login noinherit password '${password}'
      in role guildhall_app, guildhall_system`),
  )
  const drop = () => asAdmin(target, (client) => client.query(`drop role ${user}`))
  return { options: { ...options, user, password }, drop }
}

test('a forgotten head fails closed, and without an organisation there are no rows', async () => {
  const { target } = await bench()
  await probeHouse()
  const { options, drop } = await loginWithoutRights(target)
  const client = new pg.Client(options)
  await client.connect()
  try {
    expect(client.user).not.toBe(target.adminUser)
    for (const table of ['probe.thing', 'platform.ledger', 'identity.principal', 'work.task']) {
      const forgotten = client.query(`select from ${table}`)
      await expect(forgotten).rejects.toMatchObject({ code: '42501' })
    }
    await client.query('begin; set local role guildhall_app')
    expect((await client.query('select from identity.principal')).rowCount).toBe(0)
    await client.query('commit')
    // After use the setting reads as an empty text.
    await client.query(`begin; set local guildhall.org = '${OTHER}'; commit`)
    await client.query('begin; set local role guildhall_app')
    expect((await client.query('select from identity.principal')).rowCount).toBe(0)
    await client.query('rollback')
  } finally {
    await client.end()
    await drop()
  }
})

test("the hub cannot change what is sealed, nor read what is the system's", async () => {
  const { database, orgId } = await bench()
  const attempt = (text: string) =>
    database.write(orgId, async (sql) => ({
      value: await sql(Object.assign([text], { raw: [text] })),
      tail: [],
    }))
  for (const text of [
    'update platform.ledger set pos = pos',
    'delete from platform.ledger',
    `insert into platform.ledger_head values ('${orgId}', 1, now(), '')`,
    'select holder from platform.lease',
    'select value from platform.hub',
    'update platform.event_private set body = body',
    'create table probe.mine (a int)',
    'alter table platform.ledger disable row level security',
  ]) {
    await expect(attempt(text)).rejects.toMatchObject({ code: '42501' })
  }
})

test('what is no id of an organisation never reaches a statement', async () => {
  const { database } = await bench()
  const evil = `x'; drop schema platform; --`
  expect(() => database.read(evil)).toThrow(/organisation id/)
  await expect(
    Promise.resolve().then(() => database.write(evil, async () => ({ value: 1, tail: [] }))),
  ).rejects.toThrow(/organisation id/)
})

test('many reads of many organisations share two connections and never mix', async () => {
  const [a, b] = [await bench(), await bench()]
  const { run } = await probeHouse()
  await run('probe.set_thing', { name: 'a' }, { actor: a.owner })
  await run('probe.set_thing', { name: 'b' }, { actor: b.owner })
  const reads = Array.from({ length: 400 }, async (_, turn) => {
    const [org, name] = turn % 2 ? [a.orgId, 'a'] : [b.orgId, 'b']
    // Every seventh read fails; the ones around it must not notice.
    if (turn % 7 === 0) await a.database.read(org)`select 1 / 0`.catch(() => [])
    expect(await a.database.read(org)`select name from probe.thing`).toEqual([{ name }])
  })
  await Promise.all(reads)
})

test('of statements sent together the one that failed is heard, not those behind it', async () => {
  const { database, orgId } = await bench()
  const lost = database.write(orgId, async (sql) => {
    const failing = sql`select 1 / 0`
    const behind = sql`select 1`
    const late = failing.catch(async (error: unknown) => {
      await behind.catch(() => {})
      throw error
    })
    return { value: await Promise.all([late, behind]), tail: [] }
  })
  await expect(lost).rejects.toMatchObject({ code: '22012' })
})

test('types leave as the house wants them, and a read cannot write', async () => {
  const { database, orgId } = await bench()
  const row = await database.read(orgId).one`
    select 9007199254740991::bigint as big, '2026-11-21 13:05:09.123+00'::timestamptz as at,
           '2026-11-21'::date as day, 1.50::numeric as exact, '{"a":[1]}'::jsonb as json`
  expect(row).toEqual({
    big: 9_007_199_254_740_991,
    at: Date.UTC(2026, 10, 21, 13, 5, 9, 123),
    day: '2026-11-21',
    exact: '1.50',
    json: { a: [1] },
  })
  const big = database.read(orgId)`select 9007199254740992::bigint as big`
  await expect(big).rejects.toThrow(/safe integer/)
  const write = database.read(orgId)`delete from identity.role returning 1`
  await expect(write).rejects.toMatchObject({ code: '25006' })
})

/** Stands between hub and server; drops the line right behind a commit when it is told to. */
const proxyTo = async ({ host = '', port = 0 }: pg.ClientConfig) => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-proxy-'))
  const sockets = new Set<Socket>()
  let cut: 'never' | 'after' | 'before' = 'never'
  const server = createServer((near) => {
    const far = connect(
      host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
    )
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
    let silent = false
    near.on('data', (bytes) => {
      const now = bytes.includes('commit\0') ? cut : 'never'
      if (now !== 'never') cut = 'never'
      if (now === 'after') silent = true
      if (now === 'before') near.destroy()
      else far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (!silent) near.write(bytes)
      // The answer to the commit is thrown away: it has happened, and nobody was told. What comes
      // before it answers the statements that travelled along.
      else if (bytes.includes('COMMIT\0')) near.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(join(folder, '.s.PGSQL.5432'), resolve))
  return {
    folder,
    cut(mode: typeof cut) {
      cut = mode
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test('a commit whose answer is lost is never run twice; its key tells how it ended', async () => {
  const { owner, ledger } = await bench()
  const { target } = await testHouse()
  const options = clientOptions(target, 'app')
  const proxy = await proxyTo(options)
  const client = { ...options, host: proxy.folder, port: 5432 }
  const database = openDatabase({ client, ...quiet })
  const { run, knobs } = await probeHouse({ database })
  try {
    await run('probe.set_thing', { name: 'lost' }, { actor: owner })
    proxy.cut('after')
    const keyed = run('probe.set_thing', { name: 'lost' }, { actor: owner, idempotencyKey: 'k' })
    expect(await keyed).toMatchObject({ version: 2 })
    expect(knobs.runs).toBe(2)
    proxy.cut('after')
    await expect(run('probe.set_thing', { name: 'lost' }, { actor: owner })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'platform.outcome_unknown',
    })
    expect(knobs.runs).toBe(3)
    proxy.cut('before')
    const again = { actor: owner, idempotencyKey: 'k2' }
    await expect(run('probe.set_thing', { name: 'lost' }, again)).rejects.toMatchObject({
      code: 'platform.outcome_unknown',
    })
    expect(await run('probe.set_thing', { name: 'lost' }, again)).toMatchObject({ version: 4 })
    const versions = (await ledger()).filter(({ name }) => name === 'probe.thing_set')
    expect(versions.map(({ subjectVersion }) => subjectVersion)).toEqual([1, 2, 3, 4])
  } finally {
    await database.stop()
    await proxy.stop()
  }
})
