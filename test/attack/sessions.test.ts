import { expect, test } from 'vitest'
import { codeAt, people, type Person } from './sign-in-house.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ENDED = 'identity.session_ended'

test('a session that was there before a sign-in never becomes that of who signs in', async () => {
  const hall = await people()
  const eve = await hall.join('eve')
  const ada = await hall.join('ada')
  // Whatever session a browser brings along, a sign-in gives another one.
  const operation = await hall.signIn(ada)
  expect(operation['session']).not.toBe(eve.session)
  expect((await hall.hall.authenticate(eve.session, { cookie: true })).handle).toBe('eve')
  const made = await hall.hall.authenticate(String(operation['session']), { cookie: true })
  expect(made).toMatchObject({ handle: 'ada', via: 'session' })
})

test('with each step of a sign-in the secret is another one, the old one dead', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const half = String((await hall.signIn(ada))['session'])
  const code = codeAt(ada.secret, hall.clock.now())
  const whole = String((await hall.run('confirm_factor', { code }, half))['session'])
  expect(whole.split('.')[1]).toBe(half.split('.')[1])
  expect(await hall.letsIn(half)).toBe(ENDED)
  expect(await hall.letsIn(whole)).toBe('ok')
  hall.clock.turn(30_000)
  const next = codeAt(ada.secret, hall.clock.now())
  const again = { password: ada.password, code: next }
  const fresh = String((await hall.run('refresh_sign_in', again, whole))['session'])
  expect(await hall.letsIn(whole)).toBe(ENDED)
  expect(await hall.letsIn(fresh)).toBe('ok')
})

test('half a sign-in opens its second step only, and ends after five minutes', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const half = String((await hall.signIn(ada))['session'])
  const closed = [
    ['who_am_i', {}],
    ['list_sessions', {}],
    ['change_password', { current: ada.password, password: 'another one, and long' }],
    ['start_totp', {}],
    ['issue_backup_codes', {}],
    ['refresh_sign_in', { password: ada.password }],
    ['create_sign_in_link', {}],
    ['sign_out_everywhere', {}],
  ] as const
  for (const [name, input] of closed) {
    expect(await hall.outcome(name, input, half)).toBe('identity.sign_in_not_finished')
  }
  hall.clock.turn(5 * MINUTE + 1)
  const code = codeAt(ada.secret, hall.clock.now())
  expect(await hall.outcome('confirm_factor', { code }, half)).toBe(ENDED)
})

test('five wrong codes end half a sign-in, and a right one does not bring it back', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const half = String((await hall.signIn(ada))['session'])
  const left: unknown[] = []
  for (const code of ['000000', '111111', '0-AAAA-AAAA-AAAA-AAAA', '', 'what?']) {
    const said = await hall.refused('confirm_factor', { code }, half)
    expect(said.code).toBe('identity.code_not_right')
    left.push(said.details)
  }
  expect(left).toEqual([4, 3, 2, 1, 0].map((triesLeft) => ({ triesLeft })))
  const code = codeAt(ada.secret, hall.clock.now())
  expect(await hall.outcome('confirm_factor', { code }, half)).toBe(ENDED)
  const events = await hall.ledger()
  expect(events.find(({ name }) => name === 'identity.session_revoked')?.data).toMatchObject({
    why: 'too_many_tries',
  })
})

test('a session ends a day after its last use, and thirty days after its begin', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  hall.clock.turn(23 * HOUR)
  expect(await hall.letsIn(ada.session)).toBe('ok')
  hall.clock.turn(23 * HOUR)
  expect(await hall.letsIn(ada.session)).toBe('ok')
  hall.clock.turn(24 * HOUR + 1)
  expect(await hall.letsIn(ada.session)).toBe(ENDED)
  const used = String((await hall.signIn(ada))['session'])
  for (let hours = 0; hours < 30 * 24 - 20; hours += 20) {
    hall.clock.turn(20 * HOUR)
    expect(await hall.letsIn(used)).toBe('ok')
  }
  hall.clock.turn(21 * HOUR)
  expect(await hall.letsIn(used)).toBe(ENDED)
})

test('a sign-in is fresh for ten minutes, and again after the password', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const change = { name: 'Ada L.' }
  expect(await hall.outcome('change_profile', change, ada.session)).toBe('ok')
  hall.clock.turn(10 * MINUTE + 1)
  expect(await hall.outcome('change_profile', change, ada.session)).toBe(
    'identity.fresh_sign_in_needed',
  )
  const wrong = await hall.refused('refresh_sign_in', { password: 'not hers' }, ada.session)
  expect(wrong.code).toBe('identity.code_not_right')
  const { session } = await hall.run('refresh_sign_in', { password: ada.password }, ada.session)
  expect(await hall.outcome('change_profile', change, String(session))).toBe('ok')
})

/** What ends sessions, and what is left of the one in use. */
const ENDINGS: readonly (readonly [
  name: string,
  end: (hall: Awaited<ReturnType<typeof people>>, ada: Person) => Promise<unknown>,
])[] = [
  ['revoked by its holder', (hall, ada) => hall.run('revoke_session', idOf(ada), ada.session)],
  ['signed out', (hall, ada) => hall.run('sign_out', {}, ada.session)],
  ['signed out everywhere', (hall, ada) => hall.run('sign_out_everywhere', {}, ada.session)],
  ['ended by an owner', (hall, { handle }) => hall.run('end_sessions', { handle }, hall.ownerKey)],
  [
    'of a suspended person',
    (hall, { handle }) => hall.run('suspend_principal', { handle }, hall.ownerKey),
  ],
  [
    'of before a suspension',
    async (hall, { handle }) => {
      await hall.run('suspend_principal', { handle }, hall.ownerKey)
      await hall.run('activate_principal', { handle }, hall.ownerKey)
    },
  ],
]
const idOf = ({ session }: Person) => ({ id: session.split('.')[1] ?? '' })

test.each(ENDINGS)('a session %s lets nobody in', async (_, end) => {
  const hall = await people()
  const ada = await hall.join('ada')
  expect(await hall.letsIn(ada.session)).toBe('ok')
  await end(hall, ada)
  expect(await hall.letsIn(ada.session)).toBe(ENDED)
})

test('a secret that does not fit, an unknown id and a foreign tag are refused alike', async () => {
  const hall = await people()
  const other = await people()
  const ada = await hall.join('ada')
  const bob = await other.join('bob')
  const [tag = '', id = '', secret = ''] = ada.session.split('.')
  const [foreign = ''] = bob.session.split('.')
  const last = secret.endsWith('A') ? 'B' : 'A'
  const forged = [
    `${tag}.${id}.${secret.slice(0, -1)}${last}`,
    `${tag}.${bob.session.split('.')[1]}.${secret}`,
    `${foreign}.${id}.${secret}`,
    `zzzzzzzz.${id}.${secret}`,
    `${tag}.${id}`,
    ada.session.slice(0, -1),
  ]
  for (const session of forged) expect(await hall.letsIn(session)).toBe(ENDED)
})

test('nobody sees or ends the sessions of somebody else', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const eve = await hall.join('eve')
  expect(await hall.outcome('revoke_session', idOf(ada), eve.session)).toBe('platform.not_found')
  expect(await hall.run('list_sessions', {}, eve.session)).toMatchObject({
    items: [{ ...idOf(eve), isCurrent: true }],
  })
  const admin = await hall.join('admin', 'admin')
  expect(await hall.outcome('end_sessions', { handle: 'owner' }, admin.session)).not.toBe('ok')
  expect(await hall.letsIn(ada.session)).toBe('ok')
})

test('the fifty-first session ends the oldest one', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const { database, orgId } = hall
  // Forty-nine of before, a second apart: to sign in so often would take long.
  await database.write(orgId, async (sql) => {
    await sql`
      insert into identity.session
        (org_id, id, principal_id, secret_sha256, epoch, amr, auth_time, created_at, last_seen_at,
         expires_at, tries)
      select org_id, overlay(id::text placing lpad(n::text, 12, '0') from 25)::uuid, principal_id,
             secret_sha256, epoch, amr, auth_time, created_at + n * interval '1 second',
             last_seen_at, expires_at, 0
        from identity.session, generate_series(1, 49) n
       where org_id = ${orgId}`
    return { value: undefined, tail: [] }
  })
  hall.clock.turn(MINUTE)
  expect(await hall.letsIn(ada.session)).toBe('ok')
  const { session } = await hall.signIn(ada)
  expect(await hall.letsIn(ada.session)).toBe(ENDED)
  const { items } = await hall.run('list_sessions', {}, String(session))
  expect(items).toHaveLength(50)
})

test('another password ends the other sessions and goes on with this one', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const elsewhere = String((await hall.signIn(ada))['session'])
  const password = 'rivers run under the five bridges'
  const wrong = { current: 'not hers', password }
  expect(await hall.outcome('change_password', wrong, ada.session)).toBe('identity.code_not_right')
  const change = { current: ada.password, password }
  const { session } = await hall.run('change_password', change, ada.session)
  expect(await hall.letsIn(elsewhere)).toBe(ENDED)
  expect(await hall.letsIn(ada.session)).toBe(ENDED)
  expect(await hall.letsIn(String(session))).toBe('ok')
  await hall.signIn({ ...ada, password })
  const old = { organisation: hall.slug, email: ada.email, password: ada.password }
  expect(await hall.outcome('sign_in', old)).toBe('identity.sign_in_failed')
})

test('a key changes no password, no factor and no address', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const { key } = await hall.run('create_key', { name: 'laptop' }, ada.session)
  const closed = [
    ['change_password', { current: ada.password, password: 'another one, and long' }],
    ['change_profile', { email: 'eve@example.org' }],
    ['start_totp', {}],
    ['ask_passkey', {}],
    ['issue_backup_codes', {}],
    ['sign_out_everywhere', {}],
  ] as const
  for (const [name, input] of closed) {
    expect(await hall.outcome(name, input, String(key))).toBe('identity.session_needed')
  }
})
