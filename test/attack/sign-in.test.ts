import { expect, test } from 'vitest'
import { codeAt, people, tokenOf } from './sign-in-house.ts'

const SAID = 'E-mail or password is not right.'

test('a member joins by invitation, signs in with the password, and out again', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const { session, stage, handle } = await hall.signIn(ada)
  expect({ stage, handle }).toEqual({ stage: null, handle: 'ada' })
  expect(await hall.letsIn(String(session))).toBe('ok')
  await hall.run('sign_out', {}, String(session))
  expect(await hall.letsIn(String(session))).toBe('identity.session_ended')
})

test('an address is taken in any case, a password only as it is', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  await hall.signIn({ ...ada, email: ada.email.toUpperCase() })
  const said = await hall.refused('sign_in', {
    ...{ organisation: hall.slug, email: ada.email },
    password: ada.password.toUpperCase(),
  })
  expect(said).toEqual({
    kind: 'unauthenticated',
    code: 'identity.sign_in_failed',
    said: SAID,
    details: {},
  })
})

test('whatever does not fit is refused in the same bytes', async () => {
  const hall = await people()
  const other = await people()
  const ada = await hall.join('ada')
  const gone = await hall.join('gone')
  const key = await hall.run('create_person', { handle: 'keyed' }, hall.ownerKey)
  expect(key).toMatchObject({ principal: 'keyed' })
  await hall.run('suspend_principal', { handle: gone.handle }, hall.ownerKey)
  const tries = [
    { organisation: hall.slug, email: ada.email, password: 'not the one she took' },
    { organisation: hall.slug, email: 'nobody@example.org', password: ada.password },
    { organisation: other.slug, email: ada.email, password: ada.password },
    { organisation: 'no-such-hall', email: ada.email, password: ada.password },
    { organisation: hall.slug, email: gone.email, password: gone.password },
    { organisation: hall.slug, email: 'keyed', password: '' },
    { organisation: hall.slug, email: '', password: '' },
  ]
  const said = []
  for (const input of tries) said.push(JSON.stringify(await hall.refused('sign_in', input)))
  expect(new Set(said).size).toBe(1)
  expect(said[0]).toContain(SAID)
})

/** Welch's t between two samples. */
const welch = (a: readonly number[], b: readonly number[]): number => {
  const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length
  const spread = (xs: readonly number[]) => {
    const middle = mean(xs)
    return xs.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (xs.length - 1) / xs.length
  }
  return (mean(a) - mean(b)) / Math.sqrt(spread(a) + spread(b))
}

/** Leaves out the slowest tenth: what the machine did besides. */
const trimmed = (times: readonly number[]) =>
  times.toSorted((a, b) => a - b).slice(0, Math.ceil(times.length * 0.9))

test('an unknown address takes as long as a wrong password', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const timeOf = async (email: string) => {
    const began = performance.now()
    await hall.refused('sign_in', { organisation: hall.slug, email, password: 'wrong, every time' })
    return performance.now() - began
  }
  await timeOf(ada.email)
  const known: number[] = []
  const unknown: number[] = []
  for (let turn = 0; turn < 30; turn++) {
    known.push(await timeOf(ada.email))
    unknown.push(await timeOf(`nobody-${turn}@example.org`))
  }
  const [a, b] = [trimmed(known), trimmed(unknown)]
  const ratio = (a[a.length >> 1] ?? 0) / (b[b.length >> 1] ?? 1)
  // A missing hash would be a ratio far from one and a t above a hundred: the bounds are wide, so
  // that a busy machine does not fail them.
  expect(Math.abs(welch(a, b))).toBeLessThan(12)
  expect(ratio).toBeGreaterThan(0.6)
  expect(ratio).toBeLessThan(1.67)
})

test('after many failures a password needs a code, also where nobody is known', async () => {
  const hall = await people(1)
  const ada = await hall.withTotp(await hall.join('ada'))
  const guess = (email: string) =>
    hall.refused('sign_in', { organisation: hall.slug, email, password: 'wrong, every time' })
  for (const email of [ada.email, 'nobody@example.org']) {
    const said: string[] = []
    for (let turn = 0; turn < 21; turn++) said.push((await guess(email)).code)
    expect(new Set(said.slice(0, 20))).toEqual(new Set(['identity.sign_in_failed']))
    expect(said.at(-1)).toBe('identity.factor_first')
  }
  // The password alone does not get in, right as it is, nor with a wrong code.
  const right = { organisation: hall.slug, email: ada.email, password: ada.password }
  expect((await hall.refused('sign_in', right)).code).toBe('identity.factor_first')
  const wrongCode = await hall.refused('sign_in', { ...right, code: '000000' })
  expect(wrongCode.code).toBe('identity.sign_in_failed')
  const code = codeAt(ada.secret, hall.clock.now())
  expect(await hall.run('sign_in', { ...right, code })).toMatchObject({ stage: null })
})

test('who has no factor gets in again by a new password, on the browser that set it', async () => {
  const hall = await people(1)
  const ada = await hall.join('ada')
  const wrong = { organisation: hall.slug, email: ada.email, password: 'wrong, every time' }
  for (let turn = 0; turn < 21; turn++) await hall.refused('sign_in', wrong)
  expect(await hall.outcome('sign_in', { ...wrong, password: ada.password })).toBe(
    'identity.factor_first',
  )
  const { link } = await hall.run('issue_reset', { handle: ada.handle }, hall.ownerKey)
  const device = 'a-browser-of-ada-0123456789'
  const password = 'rivers run under the five bridges'
  await hall.run('reset_password', { token: tokenOf(link), password, device })
  const right = { ...wrong, password }
  // The guesses of others go on, and this browser does not feel them.
  for (let turn = 0; turn < 2; turn++) await hall.refused('sign_in', wrong)
  expect(await hall.outcome('sign_in', right)).toBe('identity.factor_first')
  expect(await hall.outcome('sign_in', { ...right, device })).toBe('ok')
})

test('sign-ins are recorded without the address, the browser or anything secret', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  await hall.signIn(ada, { agent: 'Firefox on a blue laptop' })
  const events = await hall.ledger()
  const signedIn = events.filter(({ name }) => name === 'identity.signed_in').at(-1)
  expect(signedIn?.data).toMatchObject({ stage: null, amr: ['pwd'] })
  expect(signedIn?.parts).toMatchObject({ personal: { agent: 'Firefox on a blue laptop' } })
  const all = JSON.stringify(events.map(({ data }) => data))
  for (const word of [ada.email, 'Firefox', '"10.', ada.password, ada.session]) {
    expect(all).not.toContain(word)
  }
  expect(JSON.stringify(events)).not.toContain(ada.password)
})

test('an outdated hash is made anew with the next sign-in, and only then', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const { hash } = await import('@node-rs/argon2')
  const weak = await hash(ada.password, { algorithm: 2, memoryCost: 8_192, timeCost: 1 })
  const { database, orgId } = hall
  await database.write(orgId, async (sql) => {
    await sql`update identity.password set phc = ${weak} where org_id = ${orgId}`
    return { value: undefined, tail: [] }
  })
  const kept = async () =>
    (
      await database.read(orgId).one<{ phc: string }>`
        select phc from identity.password where org_id = ${orgId}`
    ).phc
  await hall.refused('sign_in', {
    ...{ organisation: hall.slug, email: ada.email },
    password: 'not the one she took',
  })
  expect(await kept()).toBe(weak)
  await hall.signIn(ada)
  const better = await kept()
  expect(better).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  await hall.signIn(ada)
  expect(await kept()).toBe(better)
})
