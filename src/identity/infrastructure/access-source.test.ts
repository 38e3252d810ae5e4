import { randomFillSync } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { asAdmin, dropDatabase } from '../../../test/server.ts'
import type { Actor } from '../../kernel/actor.ts'
import { idMaker } from '../../kernel/id.ts'
import { type Database, openDatabase } from '../../platform/database.ts'
import { verifyLedger } from '../../platform/ledger/ledger.ts'
import { migrate } from '../../platform/migrate.ts'
import { clientOptions } from '../../platform/postgres/target.ts'
import { sealBatch } from '../../platform/ledger/sequencer.ts'
import { accessSource } from './access-source.ts'
import { firstRun, reissueOwnerKey } from './first-run.ts'

const NAME = `identity_access_${process.pid}`
const random = (bytes: Uint8Array) => randomFillSync(bytes)
const newId = idMaker(Date.now, random)
const server = inject('target')
const written: string[] = []
const write = async (key: string) => void written.push(key)
let database: Database
let statements = 0

const firstOptions = () => ({ database, now: Date.now, newId, random, write })
const counting = (): Database => ({
  ...database,
  read(orgId) {
    statements += 1
    return database.read(orgId)
  },
})

beforeAll(async () => {
  const target = { ...server, database: NAME }
  await asAdmin(server, async (client) => {
    await client.query(`create database ${NAME} template template0`)
  })
  const rooms = [
    { room: 'platform', folder: new URL('../../platform/migrations/', import.meta.url) },
    { room: 'identity', folder: new URL('migrations/', import.meta.url) },
  ]
  await migrate(clientOptions(target, 'admin'), rooms, { rls: true, now: Date.now() })
  const client = clientOptions(target, 'app')
  database = openDatabase({ client, rls: true, log: () => {} })
})

afterAll(async () => {
  await database.stop()
  await dropDatabase(server, NAME)
})

/** An organisation of its own would be better; the first run makes one per database. */
const started = async () => {
  const { orgId } = await firstRun(firstOptions())
  const key = written.at(-1)
  if (key === undefined) throw new Error('The first run wrote no key.')
  return { orgId, key }
}

const source = (given: { now?: () => number; fresh?: () => boolean } = {}) =>
  accessSource({
    database: counting(),
    now: given.now ?? Date.now,
    fresh: given.fresh ?? (() => true),
  })

const code = async (run: () => unknown): Promise<unknown> => {
  try {
    await run()
    return 'no refusal'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

test('however many hubs start first, one owner is made, whose key lets in', async () => {
  const starts = await Promise.all([1, 2, 3].map(() => firstRun(firstOptions())))
  const orgIds = new Set(starts.map(({ orgId }) => orgId))
  const again = await firstRun(firstOptions())
  expect([...orgIds]).toEqual([again.orgId])
  expect(again.key).toBeNull()
  expect(starts.flatMap(({ key }) => key ?? [])).toEqual(written)
  expect(written).toHaveLength(1)
  const owner = { orgId: again.orgId, handle: 'owner', kind: 'person', scopes: null }
  expect(await source().authenticate(written[0])).toMatchObject(owner)
})

test('the first start is in the ledger, and the ledger verifies', async () => {
  const { orgId } = await started()
  await database.system(
    (sql) => sql`
      insert into platform.lease (name, holder, fence, expires_at)
      values ('sequencer', 'test', 1, now()) on conflict do nothing`,
  )
  await database.system((sql) => sealBatch(sql, { fence: 1, limit: 100, now: Date.now() }))
  const names = await database.read(orgId)<{ name: string }>`
    select name from platform.ledger where org_id = ${orgId} order by pos limit 4`
  expect(names.map(({ name }) => name)).toEqual([
    'identity.org_created',
    'identity.principal_added',
    'identity.grant_given',
    'identity.key_issued',
  ])
  expect(await verifyLedger(database.read(orgId), orgId)).toMatchObject({ ok: true })
})

test('a known key is answered at once, without a statement', async () => {
  const { key } = await started()
  const access = source()
  const actor = await access.authenticate(key)
  await access.rightsOf(actor)
  statements = 0
  expect(access.authenticate(key)).toBe(actor)
  expect(access.rightsOf(actor)).toMatchObject({ projects: new Map() })
  expect(statements).toBe(0)
})

test('a key that is not whole is refused without a statement', async () => {
  const { key } = await started()
  const access = source()
  statements = 0
  const last = key.endsWith('0') ? '1' : '0'
  const broken = key.slice(0, -1) + last
  for (const text of [broken, 'guild_a_', '', key.slice(0, -1)]) {
    expect(await code(() => access.authenticate(text))).toBe('identity.key_malformed')
  }
  expect(await code(() => access.authenticate(undefined))).toBe('identity.key_missing')
  expect(statements).toBe(0)
})

const say = async (run: () => unknown) => {
  try {
    return await run()
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}

test('unknown, revoked, expired and suspended keys are refused in the same words', async () => {
  const { orgId, key } = await started()
  const valid = await source().authenticate(key)
  const change = (statement: 'revoke' | 'restore' | 'suspend' | 'activate' | 'end' | 'open') =>
    database.write(orgId, async (sql) => {
      if (statement === 'revoke') await sql`update identity.api_key set revoked_at = now()`
      if (statement === 'restore') await sql`update identity.api_key set revoked_at = null`
      if (statement === 'suspend') await sql`update identity.principal set status = 'suspended'`
      if (statement === 'activate') await sql`update identity.principal set status = 'active'`
      if (statement === 'end') await sql`update identity.api_key set expires_at = now()`
      if (statement === 'open') await sql`update identity.api_key set expires_at = null`
      return { value: undefined, tail: [] }
    })
  const said = new Set<unknown>()
  for (const [bad, good] of [
    ['revoke', 'restore'],
    ['suspend', 'activate'],
    ['end', 'open'],
  ] as const) {
    await change(bad)
    expect(await code(() => source().authenticate(key))).toBe('identity.key_not_valid')
    said.add(await say(() => source().authenticate(key)))
    await change(good)
  }
  const { formatKey, parseKey } = await import('../domain/key.ts')
  const parts = parseKey(key)
  if (!parts) throw new Error('The key is whole.')
  const strangers = [
    { ...parts, tag: 'zzzzzzzz' },
    { ...parts, id: newId() },
    { ...parts, secret: random(new Uint8Array(32)) },
    { ...parts, kind: 'agent' as const },
  ]
  for (const stranger of strangers)
    said.add(await say(() => source().authenticate(formatKey(stranger))))
  expect([...said]).toEqual([
    'This key is not valid. Ask an owner of the organisation for a new one.',
  ])
  expect(await source().authenticate(key)).toEqual(valid)
})

test('an event of identity makes the next call ask again; other events do not', async () => {
  const { orgId, key } = await started()
  const access = source()
  await access.authenticate(key)
  access.forget(orgId, ['work.task_moved'])
  expect(access.authenticate(key)).not.toBeInstanceOf(Promise)
  access.forget(orgId, ['work.task_moved', 'identity.key_revoked'])
  const asked = access.authenticate(key)
  expect(asked).toBeInstanceOf(Promise)
  await asked
})

test('an answer that was read before a revocation is not kept after it', async () => {
  const { orgId, key } = await started()
  const access = source()
  const reading = access.authenticate(key)
  const rights = access.rightsOf(await source().authenticate(key))
  access.forget(orgId, ['identity.key_revoked'])
  await Promise.all([reading, rights])
  const again = access.authenticate(key)
  expect(again).toBeInstanceOf(Promise)
  await again
})

test('while the ledger is silent SQL is asked every time', async () => {
  const { key } = await started()
  const access = source({ fresh: () => false })
  const actor = await access.authenticate(key)
  await access.rightsOf(actor)
  statements = 0
  const asked = access.authenticate(key)
  expect(asked).toBeInstanceOf(Promise)
  await asked
  const rights = access.rightsOf(actor)
  expect(rights).toBeInstanceOf(Promise)
  await rights
  expect(statements).toBe(2)
})

test('a kept key ends on its day', async () => {
  const { orgId, key } = await started()
  const ends = Date.now() + 60_000
  await database.write(orgId, async (sql) => {
    await sql`update identity.api_key set expires_at = ${new Date(ends).toISOString()}`
    return { value: undefined, tail: [] }
  })
  let now = ends - 1
  const access = source({ now: () => now })
  await access.authenticate(key)
  expect(access.authenticate(key)).toMatchObject({ handle: 'owner' })
  now = ends
  expect(await code(() => access.authenticate(key))).toBe('identity.key_not_valid')
})

test('the last use of a key is written with the next flush', async () => {
  const { orgId } = await started()
  const key = await reissueOwnerKey(firstOptions())
  const access = source({ now: () => 1_800_000_000_000 })
  await access.authenticate(key)
  await access.flush()
  const used = await database.read(orgId)<{ used: number }>`
    select last_used_at as "used" from identity.api_key where org_id = ${orgId}
     order by id desc limit 1`
  expect(used).toEqual([{ used: 1_800_000_000_000 }])
})

test('another key for the owner lets in as the owner', async () => {
  const { key } = await started()
  const fresh = await reissueOwnerKey(firstOptions())
  expect(fresh).not.toBe(key)
  const actor: Actor = await source().authenticate(fresh)
  expect(actor.handle).toBe('owner')
})
