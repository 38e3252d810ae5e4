import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import pino from 'pino'
import { expect, test } from 'vitest'
import { sealValue } from '../../src/platform/keyring/envelope.ts'
import { hasSealed } from '../../src/platform/keyring/root-check.ts'
import { openKeyring } from '../../src/platform/keyring/keyring.ts'
import { openRootKey } from '../../src/platform/keyring/root-key.ts'
import { reveal, sealed } from '../../src/platform/keyring/sealed.ts'
import type { SealPlace } from '../../src/platform/keyring/seal.ts'
import { openVault, organisation, random, rootText, vaultGround, writing } from './vault-house.ts'

const root = rootText()
const hub = openVault({ root })
const newKek = '01890000-0000-7000-8000-000000000001'
const broken = { code: 'platform.seal_broken' }

const ground = async () => {
  const { keyring, database, ...rest } = await hub
  const { orgId } = await organisation(await hub)
  const place: SealPlace = { orgId, secret: rest.newId(), field: 'value', version: 1 }
  const seal = (plain: Uint8Array, at = place) =>
    writing(database, at.orgId, (sql) => keyring.seal(sql, at, plain))
  const open = (text: string, at = place) => keyring.open(database.read(at.orgId), at, text)
  return { ...rest, keyring, database, orgId, place, seal, open }
}

test('whatever is sealed opens again as it was, here and in another process', async () => {
  const { seal, open, place, database } = await ground()
  const other = await openVault({ root })
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (plain) => {
      const text = await seal(plain)
      expect(text).toMatch(/^v1\.a256gcm\.[0-9a-f-]{36}\.[\w-]{80}\.[\w-]{16}\.[\w-]{22,}$/)
      expect(Buffer.from(await open(text))).toEqual(Buffer.from(plain))
      const there = await other.keyring.open(database.read(place.orgId), place, text)
      expect(Buffer.from(there)).toEqual(Buffer.from(plain))
    }),
    { numRuns: 60 },
  )
})

test('a sealed value opens in no other place: organisation, secret, field or version', async () => {
  const { seal, open, place, newId } = await ground()
  const text = await seal(Buffer.from('mine'))
  const other = await organisation(await hub)
  await seal(Buffer.from('so that the other has a key'), { ...place, orgId: other.orgId })
  const swaps: readonly Partial<SealPlace>[] = [
    { orgId: other.orgId },
    { secret: newId() },
    { field: 'other' },
    { version: 2 },
  ]
  for (const swap of swaps) {
    await expect(open(text, { ...place, ...swap })).rejects.toMatchObject(broken)
  }
  expect(Buffer.from(await open(text)).toString()).toBe('mine')
})

test('pieces of two sealed values do not make a third', async () => {
  const { seal, open, place } = await ground()
  const one = (await seal(Buffer.from('one'))).split('.')
  const two = (await seal(Buffer.from('two'))).split('.')
  const other = (await seal(Buffer.from('two'), { ...place, field: 'other' })).split('.')
  for (const from of [two, other]) {
    for (let mask = 1; mask < 7; mask += 1) {
      const mixed = one.map((part, at) => (at >= 3 && mask & (1 << (at - 3)) ? from[at] : part))
      await expect(open(mixed.join('.'))).rejects.toMatchObject(broken)
    }
  }
})

test('a change of any single character is found', async () => {
  const { seal, open } = await ground()
  const text = await seal(Buffer.from('value'))
  for (let at = 0; at < text.length; at += 1) {
    for (const char of ['A', 'Q', '.', '=', '1']) {
      if (text.charAt(at) === char) continue
      const changed = text.slice(0, at) + char + text.slice(at + 1)
      await expect(open(changed)).rejects.toMatchObject(broken)
    }
  }
  for (const odd of [
    '',
    `${text}.`,
    `${text}A`,
    text.slice(0, -1),
    text.toUpperCase(),
    `${text}=`,
  ]) {
    await expect(open(odd)).rejects.toMatchObject(broken)
  }
})

test('nonces and keys never come twice', async () => {
  const { database, orgId, place, keyring } = await ground()
  const texts: string[] = []
  await writing(database, orgId, async (sql) => {
    for (let turn = 0; turn < 200; turn += 1) {
      texts.push(await keyring.seal(sql, place, Buffer.of(1)))
    }
  })
  // Many more without a database: chance is asked in the same way for each.
  const kek = { id: newKek, key: random(new Uint8Array(32)) }
  for (let turn = 0; turn < 50_000; turn += 1) {
    texts.push(sealValue(kek, { place, plain: Buffer.of(1), random }))
  }
  const nonces = texts.flatMap((text) => {
    const [, , , wrapped = '', nonce = ''] = text.split('.')
    return [wrapped.slice(0, 16), nonce]
  })
  expect(new Set(nonces).size).toBe(2 * texts.length)
})

test('an organisation gets a new key before its old one has made too many wraps', async () => {
  const { database, seal: _, ...rest } = await ground()
  const few = await openVault({ root, wraps: { max: 8, step: 4 } })
  const { orgId } = await organisation(few)
  const keks: string[] = []
  const place = { ...rest.place, orgId }
  for (let turn = 0; turn < 20; turn += 1) {
    const text = await writing(database, orgId, (sql) => few.keyring.seal(sql, place, Buffer.of(1)))
    keks.push(text.split('.')[2] ?? '')
    expect(await few.keyring.open(database.read(orgId), place, text)).toEqual(Buffer.of(1))
  }
  const counts = Object.values(Object.groupBy(keks, (kek) => kek)).map((group) => group?.length)
  expect(counts).toEqual([8, 8, 4])
  const rows = await database.read(orgId)<{ state: string; number: number }>`
    select state, number from platform.org_kek where org_id = ${orgId} order by number`
  expect(rows.map(({ state }) => state)).toEqual(['old', 'old', 'active'])
})

test('first seals of many at once agree on one key', async () => {
  const { database, place, keyring } = await ground()
  const texts = await Promise.all(
    Array.from({ length: 16 }, () =>
      writing(database, place.orgId, (sql) => keyring.seal(sql, place, Buffer.of(7))),
    ),
  )
  expect(new Set(texts.map((text) => text.split('.')[2])).size).toBe(1)
})

test('a key whose transaction was taken back seals nothing that stays', async () => {
  const { database, place, seal, open } = await ground()
  const { keyring } = await hub
  const lost = database.write(place.orgId, async (sql) => {
    await keyring.seal(sql, place, Buffer.of(1))
    throw new Error('taken back')
  })
  await expect(lost).rejects.toThrow('taken back')
  const text = await seal(Buffer.from('stays'))
  expect(Buffer.from(await open(text)).toString()).toBe('stays')
})

test('fingerprints are equal for equal secrets of one organisation only', async () => {
  const { keyring, orgId } = await ground()
  const other = await organisation(await hub)
  const marks = await Promise.all([
    keyring.fingerprint(orgId, Buffer.from('same')),
    keyring.fingerprint(orgId, Buffer.from('same')),
    keyring.fingerprint(orgId, Buffer.from('else')),
    keyring.fingerprint(other.orgId, Buffer.from('same')),
  ])
  expect(marks[0]).toBe(marks[1])
  expect(new Set(marks).size).toBe(3)
  const restarted = await openVault({ root })
  expect(await restarted.keyring.fingerprint(orgId, Buffer.from('same'))).toBe(marks[0])
})

const writtenSince = async () => {
  const { database } = await vaultGround()
  return database.system(async (sql) => {
    const hub = await sql`select name, value from platform.hub order by name`
    const keys = await sql`select id, wrapped, root_id, state from platform.org_kek order by id`
    return JSON.stringify([hub, keys])
  })
}

test('a wrong root key stops the start before anything is written', async () => {
  const { keyring, database, orgId, seal } = await ground()
  await seal(Buffer.from('x'))
  await keyring.check(await hasSealed(database))
  await keyring.check(true)
  expect(await hasSealed(database)).toBe(true)
  const before = await writtenSince()
  const wrong = await openVault({ root: rootText() })
  await expect(wrong.keyring.check(true)).rejects.toMatchObject({
    code: 'platform.root_key_wrong',
    message: expect.stringMatching(
      /^This root key does not open this hub \(expected local-\w{12}, got local-\w{12}\)/,
    ),
  })
  const place = { orgId, secret: 's', field: 'value', version: 1 }
  const sealing = writing(database, orgId, (sql) => wrong.keyring.seal(sql, place, Buffer.of(1)))
  await expect(sealing).rejects.toMatchObject({ code: 'platform.root_key_wrong' })
  expect(await writtenSince()).toBe(before)
})

test('over sealed data without a check value a key has to open what there is', async () => {
  const { database, seal, keyring } = await ground()
  await seal(Buffer.from('x'))
  await database.system(
    (sql) => sql`update platform.hub set name = 'aside' where name = 'root_check'`,
  )
  const wrong = await openVault({ root: rootText() })
  await expect(wrong.keyring.check(true)).rejects.toMatchObject({ code: 'platform.root_key_wrong' })
  await keyring.check(true)
  const rows = await database.system(
    (sql) => sql`select 1 from platform.hub where name = 'root_check'`,
  )
  expect(rows).toHaveLength(1)
})

test('another root key takes over what the former one wraps', async () => {
  const { database, place, seal, clock, newId } = await ground()
  const text = await seal(Buffer.from('kept'))
  const former = await openRootKey({ kind: 'value', text: root }, { random })
  const next = rootText()
  const root2 = await openRootKey({ kind: 'value', text: next }, { random })
  const parts = { database, now: clock.now, random, newId }
  await openKeyring({ ...parts, root: former }).check(true)
  await openKeyring({ ...parts, root: root2, former: [former] }).check(true)
  const alone = openKeyring({ ...parts, root: root2 })
  await alone.check(true)
  const opened = await alone.open(database.read(place.orgId), place, text)
  expect(Buffer.from(opened).toString()).toBe('kept')
  await expect(openKeyring({ ...parts, root: former }).check(true)).rejects.toMatchObject({
    code: 'platform.root_key_wrong',
  })
  // Back again: the other tests of this file use the first key.
  await openKeyring({ ...parts, root: former, former: [root2] }).check(true)
})

test('a sealed value in memory cannot print itself', () => {
  const canary = `canary-${randomBytes(8).toString('hex')}`
  const holder = sealed({ token: canary })
  const lines: string[] = []
  pino({}, { write: (line: string) => void lines.push(line) }).info({ holder, deep: [{ holder }] })
  const shown = [
    String(holder),
    [holder].join(),
    JSON.stringify({ holder, list: [holder] }),
    inspect(holder),
    inspect({ holder }, { customInspect: false, showHidden: true, depth: 10, getters: true }),
    JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(holder))),
    ...Reflect.ownKeys(holder).map((key) => String(Reflect.get(holder, key))),
    JSON.stringify({ ...holder }),
    inspect(structuredClone({ ...holder })),
    ...lines,
  ].join('\n')
  expect(shown).not.toContain(canary)
  expect(String(holder)).toBe('[sealed]')
  expect(JSON.stringify({ holder })).toBe('{"holder":"[sealed]"}')
  const cloned: unknown = structuredClone(holder)
  expect(inspect(cloned)).not.toContain(canary)
  const answers = Reflect.ownKeys(holder).map((key) => {
    const give: unknown = Reflect.get(holder, key)
    try {
      return typeof give === 'function' ? JSON.stringify(give(Symbol('token'))) : ''
    } catch (error) {
      return inspect(error)
    }
  })
  expect(answers.length).toBeGreaterThan(3)
  expect(answers.join()).not.toContain(canary)
  expect(reveal(holder)).toEqual({ token: canary })
})
