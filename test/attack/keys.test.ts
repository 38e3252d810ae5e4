import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { formatKey, type KeyParts, parseKey } from '../../src/identity/domain/key.ts'
import { accessSource } from '../../src/identity/room.ts'
import { NEVER_FOR_AGENTS } from '../../src/kernel/access.ts'
import { PERMISSIONS } from '../../src/kernel/permission.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import type { Database } from '../../src/platform/database.ts'
import { json } from '../../src/platform/sql.ts'
import { bench } from '../bench.ts'
import { inputOf } from './crawl-plan.ts'

// What people try with keys that are not theirs, not whole, or not good any more.

const HOUR = 3_600_000
const NOT_VALID = 'identity.key_not_valid'
const MALFORMED = 'identity.key_malformed'
const ELSEWHERE = 'identity.address_not_allowed'

type Made = { id: string; key: string; principal: string }

const ground = async () => {
  const b = await bench()
  await b.given.project('GH')
  const { hall } = b.house
  const outcome = async (key: string, address?: string): Promise<string> => {
    try {
      await hall.authenticate(key, { address })
      return 'ok'
    } catch (error) {
      if (error instanceof Refusal) return error.code
      throw error
    }
  }
  const key = (input: object = {}) => b.run<Made>('identity.create_key', { name: 'k', ...input })
  const person = (handle: string) =>
    b.run<Made>('identity.create_person', { handle, name: handle, role: 'member' })
  return { ...b, hall, outcome, key, person }
}

type Ground = Awaited<ReturnType<typeof ground>>

const partsOf = (key: string): KeyParts => {
  const parts = parseKey(key)
  if (!parts) throw new Error('The key is whole.')
  return parts
}
const letters = (key: string, at: number): string =>
  key.slice(0, at) + (key.charAt(at) === 'A' ? 'B' : 'A') + key.slice(at + 1)

/** What a key is turned into, and what is said to it. */
const TABLE: readonly (readonly [
  what: string,
  spoil: (g: Ground, key: Made) => string | Promise<string>,
  said: string,
])[] = [
  ['whose checksum is wrong', (_, { key }) => letters(key, 88), MALFORMED],
  ['whose secret was changed by one letter', (_, { key }) => letters(key, 50), MALFORMED],
  ['with another kind letter', (_, { key }) => key.replace('guild_p', 'guild_s'), MALFORMED],
  ['that is cut by one letter', (_, { key }) => key.slice(0, -1), MALFORMED],
  ['with something behind it', (_, { key }) => `${key}0`, MALFORMED],
  ['in capitals', (_, { key }) => key.toUpperCase(), MALFORMED],
  ['with a secret of chance', (_, { key }) => spoiled(key, { secret: randomBytes(32) }), NOT_VALID],
  ['of another kind', (_, { key }) => spoiled(key, { kind: 'agent' }), NOT_VALID],
  ['of an unknown organisation', (_, { key }) => spoiled(key, { tag: 'zzzzzzzz' }), NOT_VALID],
  [
    'whose id nobody has',
    (_, { key }) => spoiled(key, { id: '0190a000-0000-7000-8000-00000000abcd' }),
    NOT_VALID,
  ],
  [
    "with another organisation's tag",
    async (_, { key }) => spoiled(key, { tag: partsOf((await ground()).ownerKey).tag }),
    NOT_VALID,
  ],
  [
    'that was revoked',
    async (g, { id, key }) => {
      await g.run('identity.revoke_key', { id })
      return key
    },
    NOT_VALID,
  ],
  [
    'that has expired',
    (g, { key }) => {
      g.clock.turn(24 * HOUR)
      return key
    },
    NOT_VALID,
  ],
  [
    'of a suspended person',
    async (g) => {
      const { key } = await g.person('ben')
      expect(await g.outcome(key)).toBe('ok')
      await g.run('identity.suspend_principal', { handle: 'ben' })
      return key
    },
    NOT_VALID,
  ],
  [
    'of a removed person',
    async (g) => {
      const { key } = await g.person('ben')
      expect(await g.outcome(key)).toBe('ok')
      await g.run('identity.erase_subject', { handle: 'ben', confirm: 'ben' })
      return key
    },
    NOT_VALID,
  ],
  [
    'of a suspended agent',
    async (g) => {
      const agent = { name: 'bot', projects: ['GH'] }
      const { key } = await g.run<Made>('identity.create_agent', agent)
      expect(await g.outcome(key)).toBe('ok')
      await g.run('identity.suspend_principal', { handle: 'bot' })
      return key
    },
    NOT_VALID,
  ],
]

const spoiled = (key: string, change: Partial<KeyParts>): string =>
  formatKey({ ...partsOf(key), ...change })

test.each(TABLE)('a key %s lets nobody in', async (_, spoil, said) => {
  const g = await ground()
  const made = await g.key({ days: 1 })
  // Remembered on purpose: what is in memory must not outlive what happened.
  expect(await g.outcome(made.key)).toBe('ok')
  expect(await g.outcome(await spoil(g, made))).toBe(said)
})

test('every key that is whole and not valid is refused in the same words', async () => {
  const said = new Set<string>()
  for (const [, spoil, code] of TABLE) {
    if (code !== NOT_VALID) continue
    const g = await ground()
    const key = await spoil(g, await g.key({ days: 1 }))
    try {
      await g.hall.authenticate(key)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { kind, message, details } = error
      said.add(JSON.stringify({ kind, code: error.code, message, details }))
    }
  }
  expect(said.size).toBe(1)
})

/** A database that counts what is asked of it. */
const counting = (database: Database, count: { asked: number }): Database => ({
  ...database,
  read(orgId) {
    count.asked += 1
    return database.read(orgId)
  },
})

test('a thousand texts that only look like keys cost no statement', async () => {
  const g = await ground()
  const count = { asked: 0 }
  const access = accessSource({
    ...{ database: counting(g.database, count), now: g.clock.now, fresh: () => true },
  })
  const junk = (length: number) =>
    `guild_p_${randomBytes(length).toString('base64url').replaceAll(/[-_]/g, 'x')}`.slice(0, length)
  const likely = () => `guild_p_${junk(16).slice(8)}_${junk(30).slice(8)}_${junk(57).slice(8)}`
  for (let turn = 0; turn < 1_000; turn++) {
    for (const text of [junk(89), likely()]) {
      expect(text).toHaveLength(89)
      expect(() => access.authenticate(text)).toThrow('This is no whole key')
    }
  }
  expect(count.asked).toBe(0)
  await access.authenticate(g.ownerKey)
  expect(count.asked).toBeGreaterThan(0)
})

test('a key that is bound to addresses counts from there only, remembered or not', async () => {
  const g = await ground()
  const addresses = ['192.0.2.0/28', '2001:db8:7::/48']
  const { key } = await g.key({ addresses })
  const cases = [
    ['192.0.2.0', 'ok'],
    ['192.0.2.15', 'ok'],
    ['::ffff:192.0.2.7', 'ok'],
    ['::ffff:c000:207', 'ok'],
    ['2001:db8:7::1', 'ok'],
    ['2001:0db8:0007:ffff:ffff:ffff:ffff:ffff', 'ok'],
    ['192.0.2.16', ELSEWHERE],
    ['192.0.1.255', ELSEWHERE],
    ['2001:db8:8::1', ELSEWHERE],
    ['::192.0.2.7', ELSEWHERE],
    ['127.0.0.1', ELSEWHERE],
    ['192.0.2.7.', ELSEWHERE],
    ['192.0.2.07', ELSEWHERE],
    ['192.0.2.7, 127.0.0.1', ELSEWHERE],
    ['', ELSEWHERE],
    [undefined, ELSEWHERE],
  ] as const
  // Twice, forwards and backwards: what one address was told is not what the next one hears.
  for (const [address, said] of [...cases, ...cases.toReversed()]) {
    expect(`${address}: ${await g.outcome(key, address)}`).toBe(`${address}: ${said}`)
  }
})

test('each use of a key from elsewhere is told, and none is noted as a use', async () => {
  const g = await ground()
  const { key } = await g.key({ addresses: ['192.0.2.0/28'] })
  const told: unknown[] = []
  const access = accessSource({
    ...{ database: g.database, now: g.clock.now, fresh: () => true },
    refused: (orgId, { code }, { address }) => told.push({ orgId, code, address }),
  })
  const from = (address: string) => access.authenticate(key, { address })
  // Not in memory yet, then in memory.
  await expect(async () => from('198.51.100.1')).rejects.toThrow('bound to other addresses')
  await expect(async () => from('198.51.100.2')).rejects.toThrow('bound to other addresses')
  expect(told).toEqual(
    ['198.51.100.1', '198.51.100.2'].map((address) => ({
      ...{ orgId: g.orgId, code: ELSEWHERE, address },
    })),
  )
  const used = async () => {
    await access.flush()
    const { items } = await g.run<{ items: object[] }>('identity.list_keys', { limit: 1 })
    return Object(items[0]).lastUsedAt
  }
  expect(await used()).toBeNull()
  await from('192.0.2.7')
  expect(await used()).not.toBeNull()
})

test.each([
  ['0.0.0.0/33'],
  ['10.0.0.0/-1'],
  ['10.0.0.0/8/8'],
  ['2001:db8::/129'],
  ['10.0.0'],
  ['localhost'],
  ['010.0.0.1'],
  [''],
])('no key is bound to %j, which is no network', async (network) => {
  const g = await ground()
  const input = { name: 'k', addresses: [network] }
  expect((await g.refused('identity.create_key', input)).kind).toBe('invalid')
})

test('a key cut down to scopes and projects does nothing beyond them', async () => {
  const g = await ground()
  await g.given.project('WEB')
  const { key } = await g.key({ scopes: ['task:read', 'project:read'], projects: ['GH'] })
  const holder = await g.hall.authenticate(key)
  expect(await g.run('work.get_project', { id: 'GH' }, holder)).toMatchObject({ key: 'GH' })
  const code = async (name: string, input: object) => (await g.refused(name, input, holder)).code
  const items = [{ title: 'Mine' }]
  expect(await code('work.save_tasks', { project: 'GH', items })).toBe('identity.not_allowed')
  expect(await code('work.get_project', { id: 'WEB' })).toBe('platform.not_found')
  expect(await code('identity.list_keys', {})).toBe('identity.not_allowed')
  expect(await code('identity.create_key', { name: 'more' })).toBe('identity.not_allowed')
})

test('the credential of an overlap dies by the clock, in memory and in the database', async () => {
  const g = await ground()
  const old = await g.key()
  await g.run('identity.rotate_key', { id: old.id, overlapHours: 2 })
  const fresh = () =>
    accessSource({ database: g.database, now: g.clock.now, fresh: () => true }).authenticate(
      old.key,
    )
  g.clock.turn(2 * HOUR - 10_000)
  expect(await g.outcome(old.key)).toBe('ok')
  expect(await fresh()).toMatchObject({ handle: 'owner' })
  g.clock.turn(10_000)
  expect(await g.outcome(old.key)).toBe(NOT_VALID)
  await expect(async () => fresh()).rejects.toThrow('This key is not valid.')
})

test('an agent that was given everything does nothing that is for people', async () => {
  const g = await ground()
  const agent = await g.given.agent('bot', ['GH'])
  const everything = Object.fromEntries(PERMISSIONS.map((word) => [word, null]))
  // Past every guard, straight into the tables: nobody may give an agent so much.
  await g.database.write(g.orgId, async (sql) => {
    await sql`
      insert into identity.grant
        (org_id, principal_id, role_key, permissions, scope_kind, scope_id, created_by, created_at)
      select ${g.orgId}, ${agent.id}, r.role, r.permissions, r.kind, r.id, ${g.owner.id}, now()
        from (select 'owner' as role, null::jsonb as permissions, 'org' as kind,
                     ${g.orgId}::uuid as id
              union all
              select null, ${json(everything)}::jsonb, 'project', p.id from work.project p
               where p.org_id = ${g.orgId}) r`
    return { value: undefined, tail: [] }
  })
  const operations = [...g.house.pipeline.operations.values()].filter(
    ({ access, internal }) => access !== null && NEVER_FOR_AGENTS.has(access) && !internal,
  )
  expect(operations.length).toBeGreaterThan(30)
  const answers = new Set<string>()
  for (const operation of operations) {
    const input = inputOf(operation, { needs: () => [] }, {})
    expect(`${operation.name} ${operation.input.safeParse(input).success}`).toContain('true')
    const { code } = await g.refused(operation.name, input, agent)
    if (code === 'identity.not_allowed') answers.add(operation.name)
    else expect(`${operation.name} ${code}`).toContain('platform.not_found')
  }
  expect(answers.size).toBeGreaterThan(25)
  const { names } = await g.hall.offers(agent)
  expect(operations.filter(({ name }) => names.has(name))).toEqual([])
  // The grant itself counts: what is not for people alone is open.
  expect(await g.run('work.archive_project', { id: 'GH' }, agent)).toBeTruthy()
})
