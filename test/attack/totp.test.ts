import { expect, test } from 'vitest'
import { atOnce, codeAt, people } from './sign-in-house.ts'

const STEP = 30_000

const half = async (
  hall: Awaited<ReturnType<typeof people>>,
  ada: Parameters<typeof hall.signIn>[0],
) => String((await hall.signIn(ada))['session'])

test('a code is taken once, in its step and the one after, and never again', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const code = codeAt(ada.secret, hall.clock.now())
  const first = await half(hall, ada)
  await hall.run('confirm_factor', { code }, first)
  for (const wait of [0, STEP]) {
    hall.clock.turn(wait)
    const again = await half(hall, ada)
    expect(await hall.outcome('confirm_factor', { code }, again)).toBe('identity.code_not_right')
  }
  const old = codeAt(ada.secret, hall.clock.now())
  hall.clock.turn(STEP)
  expect(await hall.outcome('confirm_factor', { code: old }, await half(hall, ada))).toBe('ok')
  const late = codeAt(ada.secret, hall.clock.now() + STEP)
  expect(await hall.outcome('confirm_factor', { code: late }, await half(hall, ada))).toBe(
    'identity.code_not_right',
  )
  const tooOld = codeAt(ada.secret, hall.clock.now())
  hall.clock.turn(2 * STEP)
  expect(await hall.outcome('confirm_factor', { code: tooOld }, await half(hall, ada))).toBe(
    'identity.code_not_right',
  )
})

test('a code older than one that was taken is refused within its time, too', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const before = codeAt(ada.secret, hall.clock.now())
  hall.clock.turn(STEP)
  const code = codeAt(ada.secret, hall.clock.now())
  expect(await hall.outcome('confirm_factor', { code }, await half(hall, ada))).toBe('ok')
  expect(await hall.outcome('confirm_factor', { code: before }, await half(hall, ada))).toBe(
    'identity.code_not_right',
  )
})

test('twenty uses of one code at once let one in', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const sessions: string[] = []
  for (let turn = 0; turn < 20; turn++) sessions.push(await half(hall, ada))
  const code = codeAt(ada.secret, hall.clock.now())
  let next = 0
  const count = await atOnce(20, () => {
    const session = sessions[next++] ?? ''
    return hall.outcome('confirm_factor', { code }, session)
  })
  expect(count).toEqual({ ok: 1, 'identity.code_not_right': 19 })
})

test('twenty uses of one backup code at once let one in, and it is over then', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const { codes, session } = await hall.run('issue_backup_codes', {}, ada.session)
  const [code] = Object.values(Object(codes)).map(String)
  const sessions: string[] = []
  for (let turn = 0; turn < 20; turn++) sessions.push(await half(hall, ada))
  let next = 0
  const count = await atOnce(20, () =>
    hall.outcome('confirm_factor', { code }, sessions[next++] ?? ''),
  )
  expect(count).toEqual({ ok: 1, 'identity.code_not_right': 19 })
  expect(await hall.run('list_factors', {}, String(session))).toMatchObject({ backupCodesLeft: 9 })
})

test('a hundred guesses at once at one half of a sign-in are five', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const session = await half(hall, ada)
  const count = await atOnce(100, () => hall.outcome('confirm_factor', { code: '000000' }, session))
  expect(count).toEqual({ 'identity.code_not_right': 5, 'identity.session_ended': 95 })
})

test('backup codes are read as people type them, and new ones end the old ones', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const first = await hall.run('issue_backup_codes', {}, ada.session)
  const old = Object.values(Object(first['codes'])).map(String)
  expect(old).toHaveLength(10)
  const typed = String(old[3]).toLowerCase().replaceAll('-', ' ')
  expect(await hall.outcome('confirm_factor', { code: typed }, await half(hall, ada))).toBe('ok')
  const again = await hall.run('issue_backup_codes', {}, String(first['session']))
  for (const code of [old[4], old[3]]) {
    expect(await hall.outcome('confirm_factor', { code }, await half(hall, ada))).toBe(
      'identity.code_not_right',
    )
  }
  const [fresh] = Object.values(Object(again['codes'])).map(String)
  expect(await hall.outcome('confirm_factor', { code: fresh }, await half(hall, ada))).toBe('ok')
})

test('a generator counts once a code of it was shown; other sessions end then', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const elsewhere = await half(hall, ada)
  const { secret, address } = await hall.run('start_totp', {}, ada.session)
  expect(String(address)).toMatch(/^otpauth:\/\/totp\/.*algorithm=SHA1&digits=6&period=30$/)
  expect(String(secret)).toHaveLength(32)
  expect(await hall.outcome('confirm_totp', { code: '000000' }, ada.session)).toBe(
    'identity.code_not_right',
  )
  expect((await hall.signIn(ada))['stage']).toBeNull()
  const code = codeAt(secret, hall.clock.now())
  const { session } = await hall.run('confirm_totp', { code }, ada.session)
  expect(await hall.letsIn(elsewhere)).toBe('identity.session_ended')
  expect((await hall.signIn(ada))['stage']).toBe('factor')
  // The code that confirmed it is used.
  const next = await half(hall, ada)
  expect(await hall.outcome('confirm_factor', { code }, next)).toBe('identity.code_not_right')
  expect(await hall.outcome('remove_totp', {}, String(session))).toBe('ok')
  expect((await hall.signIn(ada))['stage']).toBeNull()
})

test('the secret of a generator is nowhere to be read, and not in the ledger', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const { database, orgId } = hall
  const rows = await database.read(orgId)<{ sealed: string }>`
    select sealed from identity.totp where org_id = ${orgId}`
  expect(rows).toHaveLength(1)
  const kept = JSON.stringify([rows, await hall.ledger()])
  expect(kept).not.toContain(ada.secret)
})

test.each([
  ['optional', 'member', null],
  ['optional', 'admin', null],
  ['admins', 'member', null],
  ['admins', 'admin', 'enrol'],
  ['required', 'member', 'enrol'],
])('where a second factor is %s, a %s without one has to: %s', async (setting, role, stage) => {
  const hall = await people()
  const ada = await hall.join('ada', role)
  await hall.run('set_sign_in_settings', { secondFactor: setting }, hall.ownerKey)
  const signedIn = await hall.signIn(ada)
  expect(signedIn['stage']).toBe(stage)
  if (stage === null) return
  // Whoever has to set one up can do that, and nothing else before.
  const session = String(signedIn['session'])
  expect(await hall.outcome('list_sessions', {}, session)).toBe('identity.sign_in_not_finished')
  const { secret } = await hall.run('start_totp', {}, session)
  const code = codeAt(secret, hall.clock.now())
  const done = await hall.run('confirm_totp', { code }, session)
  expect(done['stage']).toBeNull()
  expect(await hall.outcome('list_sessions', {}, String(done['session']))).toBe('ok')
})

test('an owner takes the factors of a member, an admin not those of an owner', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const admin = await hall.join('admin', 'admin')
  await hall.run('reset_factors', { handle: ada.handle }, hall.ownerKey)
  expect((await hall.signIn(ada))['stage']).toBeNull()
  await hall.run('set_sign_in_settings', { secondFactor: 'optional' }, hall.ownerKey)
  const session = String((await hall.signIn(admin))['session'])
  expect(await hall.outcome('reset_factors', { handle: 'owner' }, session)).toBe(
    'identity.more_than_you_have',
  )
})

test('who knows the password cannot try code after code, sign-in after sign-in', async () => {
  const hall = await people(1)
  const ada = await hall.withTotp(await hall.join('ada'))
  const said: string[] = []
  for (let turn = 0; turn < 4; turn++) {
    const session = await half(hall, ada)
    for (let guess = 0; guess < 5; guess++) {
      said.push(await hall.outcome('confirm_factor', { code: '000000' }, session))
    }
  }
  expect(said.slice(0, 15)).toEqual(Array.from({ length: 15 }, () => 'identity.code_not_right'))
  expect(new Set(said.slice(15))).toEqual(new Set(['platform.too_many_calls']))
})
