import { expect, test } from 'vitest'
import { authenticator, type Otherwise } from './authenticator.ts'
import { atOnce, people, type People, type Person } from './sign-in-house.ts'

const ORIGIN = 'http://localhost:7420'
const NOT_VALID = 'identity.passkey_not_valid'

type Key = ReturnType<typeof authenticator>

/** Registers a passkey of a signed-in person; the session in use is another one then. */
const register = async (hall: People, person: Person, otherwise: Otherwise = {}) => {
  const key = authenticator(ORIGIN, 'localhost')
  const { challengeId, options } = await hall.run('ask_passkey', {}, person.session)
  const passkey = { challengeId, answer: key.create(options, otherwise) }
  const made = await hall.run('register_passkey', { passkey, name: 'Phone' }, person.session)
  return { key, id: String(made['id']), person: { ...person, session: String(made['session']) } }
}

const ask = async (hall: People) => hall.run('ask_passkey_sign_in', { organisation: hall.slug })

/** Signs in with a passkey; tells how it ends. */
const enter = async (hall: People, key: Key, otherwise: Otherwise = {}) => {
  const { challengeId, options } = await ask(hall)
  const passkey = { challengeId, answer: key.get(options, otherwise) }
  return hall.outcome('sign_in_with_passkey', { organisation: hall.slug, passkey })
}

test('a passkey signs in alone, without an address, and as two factors', async () => {
  const hall = await people()
  const { key } = await register(hall, await hall.join('ada'))
  const { challengeId, options } = await ask(hall)
  expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
  const passkey = { challengeId, answer: key.get(options) }
  const done = await hall.run('sign_in_with_passkey', { organisation: hall.slug, passkey })
  expect(done).toMatchObject({ handle: 'ada', stage: null })
  const actor = await hall.hall.authenticate(String(done['session']), { cookie: true })
  expect(actor.amr).toEqual(['hwk', 'user', 'mfa'])
})

/** Answers that are wrong in one way each. */
const WRONG: readonly (readonly [string, Otherwise])[] = [
  ['comes from another page', { origin: 'https://hall.example.org' }],
  ['comes from another port', { origin: 'http://localhost:7421' }],
  ['is bound to another name', { rpId: 'example.org' }],
  ['is for another challenge', { challenge: 'b3RoZXI' }],
  ['is of another kind', { type: 'webauthn.create' }],
  ['was given without a look at the person', { isUnverified: true }],
  ['is signed by another key', { isForged: true }],
  ['counts backwards', { counter: 1 }],
  ['counts the same again', { counter: 3 }],
]

test.each(WRONG)('a passkey that %s does not let in', async (_, otherwise) => {
  const hall = await people()
  const { key } = await register(hall, await hall.join('ada'))
  for (let turn = 0; turn < 3; turn++) expect(await enter(hall, key)).toBe('ok')
  expect(await enter(hall, key, otherwise)).toBe(NOT_VALID)
  expect(await enter(hall, key)).toBe('ok')
})

test('an answer that was not looked at, or not from here, registers nothing', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  for (const otherwise of [
    { isUnverified: true },
    { origin: 'https://hall.example.org' },
    { rpId: 'example.org' },
    { challenge: 'b3RoZXI' },
    { type: 'webauthn.get' },
  ]) {
    const key = authenticator(ORIGIN, 'localhost')
    const { challengeId, options } = await hall.run('ask_passkey', {}, ada.session)
    const passkey = { challengeId, answer: key.create(options, otherwise) }
    expect(await hall.outcome('register_passkey', { passkey }, ada.session)).toBe(NOT_VALID)
  }
  expect(await hall.run('list_factors', {}, ada.session)).toMatchObject({ passkeys: [] })
})

test('twenty uses of one answer at once let one in', async () => {
  const hall = await people()
  const { key } = await register(hall, await hall.join('ada'))
  const { challengeId, options } = await ask(hall)
  const passkey = { challengeId, answer: key.get(options) }
  const input = { organisation: hall.slug, passkey }
  expect(await atOnce(20, () => hall.outcome('sign_in_with_passkey', input))).toEqual({
    ok: 1,
    [NOT_VALID]: 19,
  })
})

test('a challenge is answered within five minutes, once, rightly or not', async () => {
  const hall = await people()
  const { key } = await register(hall, await hall.join('ada'))
  const wrong = await ask(hall)
  const answer = (asked: typeof wrong, otherwise: Otherwise = {}) => ({
    organisation: hall.slug,
    passkey: { challengeId: asked['challengeId'], answer: key.get(asked['options'], otherwise) },
  })
  expect(await hall.outcome('sign_in_with_passkey', answer(wrong, { isForged: true }))).toBe(
    NOT_VALID,
  )
  expect(await hall.outcome('sign_in_with_passkey', answer(wrong))).toBe(NOT_VALID)
  const late = await ask(hall)
  hall.clock.turn(300_001)
  expect(await hall.outcome('sign_in_with_passkey', answer(late))).toBe(NOT_VALID)
})

test('a challenge is good for the session and the purpose it was made for', async () => {
  const hall = await people()
  const first = await register(hall, await hall.join('ada'))
  const eve = await register(hall, await hall.join('eve'))
  const { key, person: ada } = first
  const stranger = await ask(hall)
  const own = await hall.run('ask_passkey_factor', {}, ada.session)
  const ofEve = await hall.run('ask_passkey_factor', {}, eve.person.session)
  const forRegister = await hall.run('ask_passkey', {}, ada.session)
  const answer = (asked: typeof own, by: Key) => ({
    challengeId: asked['challengeId'],
    answer: by.get(asked['options']),
  })
  for (const asked of [stranger, ofEve, forRegister]) {
    const passkey = answer(asked, key)
    expect(await hall.outcome('refresh_sign_in', { passkey }, ada.session)).toBe(NOT_VALID)
  }
  const asStranger = { organisation: hall.slug, passkey: answer(own, key) }
  expect(await hall.outcome('sign_in_with_passkey', asStranger)).toBe(NOT_VALID)
  // The passkey of somebody else is no proof of who sits here.
  const again = await hall.run('ask_passkey_factor', {}, ada.session)
  const foreign = { passkey: answer(again, eve.key) }
  expect(await hall.outcome('refresh_sign_in', foreign, ada.session)).toBe(NOT_VALID)
  const right = { passkey: answer(own, key) }
  expect(await hall.outcome('refresh_sign_in', right, ada.session)).toBe('ok')
})

test('a passkey finishes a sign-in that began with the password', async () => {
  const hall = await people()
  const { key, person: ada } = await register(hall, await hall.join('ada'))
  const half = await hall.signIn(ada)
  expect(half['stage']).toBe('factor')
  const session = String(half['session'])
  const { challengeId, options } = await hall.run('ask_passkey_factor', {}, session)
  const passkey = { challengeId, answer: key.get(options) }
  const done = await hall.run('confirm_factor', { passkey }, session)
  expect(done['stage']).toBeNull()
  expect(await hall.letsIn(session)).toBe('identity.session_ended')
})

test('a passkey of a suspended person and a removed one let nobody in', async () => {
  const hall = await people()
  const { key, person, id } = await register(hall, await hall.join('ada'))
  const second = await register(hall, person)
  await hall.run('remove_passkey', { id }, second.person.session)
  expect(await enter(hall, key)).toBe(NOT_VALID)
  expect(await enter(hall, second.key)).toBe('ok')
  await hall.run('suspend_principal', { handle: person.handle }, hall.ownerKey)
  expect(await enter(hall, second.key)).toBe(NOT_VALID)
})

test('a passkey of another organisation lets nobody in here', async () => {
  const hall = await people()
  const other = await people()
  const { key } = await register(hall, await hall.join('ada'))
  expect(await enter(other, key)).toBe(NOT_VALID)
  expect(await enter(hall, key)).toBe('ok')
})
