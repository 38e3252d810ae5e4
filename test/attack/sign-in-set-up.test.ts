import { expect, test } from 'vitest'
import { isSignInSetUp, reissueOwnerKey, setUpLink } from '../../src/identity/room.ts'
import { outbox, people, tokenOf } from './sign-in-house.ts'

const ADDRESS = 'http://127.0.0.1:7420'
const OVER = 'identity.link_not_valid'
const PASSWORD = 'rivers run under the five bridges'
const OWNER = { name: 'Ada Lovelace', email: 'ada@example.org', password: PASSWORD }

test('the owner begins with a key, is set up once, and the key is over then', async () => {
  const hall = await people(undefined, 'main')
  const { first, database, ownerKey } = hall
  const before = await setUpLink({ ...first, address: ADDRESS })
  const link = await setUpLink({ ...first, address: ADDRESS })
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:7420\/set-up#[0-9A-Za-z]{8}\.[0-9a-f-]{36}\.\S{43}$/)
  expect(await isSignInSetUp(database)).toBe(false)

  // In local mode the key opens a browser, which lacks nothing and is fresh.
  const { link: open } = await hall.run('create_sign_in_link', {}, ownerKey)
  const local = await hall.run('use_sign_in_link', { token: tokenOf(open) })
  expect(local['stage']).toBeNull()
  const browser = String(local['session'])
  expect(await hall.outcome('change_profile', { name: 'Ada' }, browser)).toBe('ok')

  // The link of the start before is over with the next start.
  expect(await hall.outcome('set_up_owner', { ...OWNER, token: tokenOf(before) })).toBe(OVER)
  const weak = { ...OWNER, token: tokenOf(link), password: 'ada@example.org1' }
  expect(await hall.outcome('set_up_owner', weak)).toBe('identity.password_weak')
  const done = await hall.run('set_up_owner', { ...OWNER, token: tokenOf(link) })
  expect(done).toMatchObject({ handle: 'owner', name: 'Ada Lovelace', stage: 'enrol' })

  expect(await hall.outcome('set_up_owner', { ...OWNER, token: tokenOf(link) })).toBe(OVER)
  expect(await hall.letsIn(browser)).toBe('identity.session_ended')
  expect(await hall.outcome('who_am_i', {}, ownerKey)).toBe('identity.key_not_valid')
  expect(await isSignInSetUp(database)).toBe(true)
  expect(await setUpLink({ ...first, address: ADDRESS })).toBeNull()
  const written: string[] = []
  const write = async (key: string) => {
    written.push(key)
  }
  await expect(reissueOwnerKey({ ...first, write })).rejects.toMatchObject({
    code: 'identity.sign_in_set_up',
  })
  expect(written).toEqual([])
  expect((await hall.signIn(OWNER))['stage']).toBe('enrol')
  const names = (await hall.ledger()).map(({ name }) => name)
  expect(names).toContain('identity.owner_set_up')
  expect(names).toContain('identity.key_revoked')
})

test('a mail that cannot be sent is tried again, and given up after five times', async () => {
  const hall = await people()
  const before = outbox.length
  hall.breakMail(true)
  await hall.run('invite_person', { email: `bob@${hall.slug}.example` }, hall.ownerKey)
  await hall.mails()
  hall.breakMail(false)
  await hall.mails()
  expect(outbox).toHaveLength(before)
  hall.clock.turn(60_001)
  expect(await hall.mails()).toHaveLength(1)
  expect(await hall.mails()).toHaveLength(1)

  hall.breakMail(true)
  await hall.run('invite_person', { email: `eve@${hall.slug}.example` }, hall.ownerKey)
  for (let turn = 0; turn < 6; turn++) {
    await hall.mails()
    hall.clock.turn(3_600_000)
  }
  hall.breakMail(false)
  expect(await hall.mails()).toHaveLength(1)
})

test('what is over for long is forgotten, and what is not stays', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  await hall.run('ask_passkey_sign_in', { organisation: hall.slug })
  const { database, orgId } = hall
  const kept = async () => {
    const [row] = await database.read(orgId)<Record<string, number>>`
      select (select count(*) from identity.session where org_id = ${orgId}) as sessions,
             (select count(*) from identity.link where org_id = ${orgId}) as links,
             (select count(*) from identity.passkey_challenge
               where org_id = ${orgId}) as challenges`
    return row
  }
  await hall.tidyUp()
  expect(await kept()).toEqual({ sessions: 1, links: 1, challenges: 1 })
  hall.clock.turn(300_001)
  await hall.tidyUp()
  expect(await kept()).toEqual({ sessions: 1, links: 1, challenges: 0 })
  hall.clock.turn(38 * 86_400_000)
  await hall.tidyUp()
  expect(await kept()).toEqual({ sessions: 0, links: 0, challenges: 0 })
  expect((await hall.signIn(ada))['stage']).toBeNull()
})

test('an address belongs to one person, and a verified one is noted until it changes', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const eve = await hall.join('eve')
  const taken = { email: ada.email.toUpperCase() }
  expect(await hall.outcome('change_profile', taken, eve.session)).toBe('identity.email_taken')
  expect(await hall.outcome('invite_person', taken, hall.ownerKey)).toBe('identity.email_taken')
  await hall.run('ask_email_check', {}, ada.session)
  const mail = (await hall.mails()).filter(({ to }) => to === ada.email).at(-1)
  await hall.run('verify_email', { token: tokenOf(/http\S+/.exec(mail?.text ?? '')?.[0]) })
  const same = await hall.run('change_profile', { name: 'Ada L.' }, ada.session)
  expect(same).toMatchObject({ email: ada.email, isEmailVerified: true })
  const other = await hall.run('change_profile', { email: `new-${ada.email}` }, ada.session)
  expect(other).toMatchObject({ isEmailVerified: false })
})
