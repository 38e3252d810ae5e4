import { expect, test } from 'vitest'
import { inputSchema } from '../../src/interface/http/input.ts'
import { rooms } from '../../src/main/rooms.ts'
import { people } from './sign-in-house.ts'

// What OWASP ASVS asks of sign-in beyond what the attacks on it show: that some things are not
// there at all, and that others never happen by themselves.

const DAY = 86_400_000
const LONG = `${'seven seas and '.repeat(6)}five bridges`

test('a password stays good until somebody changes it', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  for (let years = 0; years < 5; years++) {
    hall.clock.turn(365 * DAY)
    const { session } = await hall.signIn(ada)
    expect(await hall.letsIn(String(session))).toBe('ok')
  }
})

const PASSWORDS: readonly (readonly [what: string, password: string, others: readonly string[]])[] =
  [
    ['of a hundred characters', LONG, [LONG.slice(0, 72), LONG.slice(0, 64), `${LONG}!`]],
    ['of 256 characters', 'q7 '.repeat(85) + 'z', ['q7 '.repeat(85), `${'q7 '.repeat(85)}y`]],
    ['with blanks at its ends', '  four words in it ', ['four words in it', ' four words in it']],
    ['in small letters only', 'vkqzmwhxrpbn', ['VKQZMWHXRPBN', 'vkqzmwhxrpb']],
    ['in digits only', '739105284617', ['739105284616', '0739105284617']],
    ['with marks of all kinds', `<"'&%\u0001;--\\ $&{}`, [`<"'&%;--\\ $&{}`]],
    ['of letters from elsewhere', 'пять мостов ведут', ['пять мостов веду', 'Пять мостов ведут']],
    ['in one of two forms of a letter', 'caf\u00e9 near five', ['cafe\u0301 near five']],
    ['of pictures', '🂡🂢🂣🂤🂥🂦🂧🂨🂩🂪🂫🂬', ['🂡🂢🂣🂤🂥🂦🂧🂨🂩🂪🂫🂭']],
  ]

test.each(PASSWORDS)(
  'a password %s is taken, and counts just as it is',
  async (_, password, others) => {
    const hall = await people()
    const ada = await hall.join('ada')
    await hall.run('change_password', { current: ada.password, password }, ada.session)
    const { session } = await hall.signIn({ ...ada, password })
    expect(await hall.letsIn(String(session))).toBe('ok')
    for (const other of others) {
      const wrong = { organisation: hall.slug, email: ada.email, password: other }
      expect([other, await hall.outcome('sign_in', wrong)]).toEqual([
        other,
        'identity.sign_in_failed',
      ])
    }
  },
)

test('nobody can sign in to a hub before somebody was set up', async () => {
  const hall = await people()
  const emails = ['admin@example.org', 'root@localhost.localdomain', `owner@${hall.slug}.example`]
  const passwords = ['admin', 'password', 'guildhall', 'changeme', 'owner', '', 'guildhall123456']
  for (const email of emails) {
    for (const password of passwords) {
      const tried = { organisation: hall.slug, email, password }
      expect(await hall.outcome('sign_in', tried)).toBe('identity.sign_in_failed')
    }
  }
  // One account there is: the owner's, who comes in by the key of the first start only.
  const { items } = await hall.run('list_principals', {}, hall.ownerKey)
  expect(items).toMatchObject([{ kind: 'person', handle: 'owner' }])
})

test('no operation asks for, keeps or gives a hint or an answer to a question', () => {
  const identity = rooms().find(({ name }) => name === 'identity')
  const fields = identity?.operations.flatMap(({ name, input }) => {
    const { properties } = inputSchema(input)
    return Object.keys(Object(properties)).map((field) => `${name} ${field}`)
  })
  expect(fields?.length).toBeGreaterThan(100)
  expect(fields?.filter((field) => /hint|question|answer|maiden|pet\b/i.test(field))).toEqual([])
})

test('a person sees their sessions, and ends any of them or all at once', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const others = [await hall.signIn(ada), await hall.signIn(ada)].map(({ session }) =>
    String(session),
  )
  const { items } = await hall.run('list_sessions', {}, ada.session)
  expect(items).toHaveLength(3)
  const id = others[0]?.split('.')[1]
  await hall.run('revoke_session', { id }, ada.session)
  expect(await hall.letsIn(others[0] ?? '')).toBe('identity.session_ended')
  expect(await hall.letsIn(others[1] ?? '')).toBe('ok')
  await hall.run('sign_out_everywhere', {}, ada.session)
  for (const session of [ada.session, ...others]) {
    expect(await hall.letsIn(session)).toBe('identity.session_ended')
  }
})

test('a changed or removed factor ends the sessions that began without it', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const elsewhere = String((await hall.signIn(ada))['session'])
  const strong = await hall.withTotp(ada)
  expect(await hall.letsIn(elsewhere)).toBe('identity.session_ended')
  const { session } = await hall.run('remove_totp', {}, strong.session)
  expect(await hall.letsIn(strong.session)).toBe('identity.session_ended')
  expect(await hall.letsIn(String(session))).toBe('ok')
})
