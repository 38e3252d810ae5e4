import { afterAll, beforeAll, expect, test } from 'vitest'
import { bench } from '../bench.ts'
import { CLIENT, type Holder, type Issuer, startIssuer } from '../issuer.ts'

// Sign-in through another issuer, against a real one of another make: who may come in, and what an
// attacker between browser, hub and issuer can and cannot do.

const CALLBACK = 'http://localhost:7420/sign-in/callback'
let issuer: Issuer
let rival: Issuer

beforeAll(async () => {
  issuer = await startIssuer(CALLBACK)
  rival = await startIssuer(CALLBACK)
})
afterAll(async () => {
  await issuer.stop()
  await rival.stop()
})

type Begun = Readonly<{ address: string; binding: string }>
type Answer = Readonly<{ state: string; code: string; iss?: string }>

const ADA: Holder = { sub: 'ada-1', email: 'ada@example.org', verified: true, name: 'Ada' }

const hall = async (more: object = {}) => {
  const b = await bench()
  const stranger = { ...b.owner, kind: 'stranger' } as const
  const organisation = b.ownerKey && (await b.run('identity.who_am_i')).organisation.slug
  const provider = { key: 'corp', kind: 'oidc', name: 'Corp', issuer: issuer.issuer }
  const client = { clientId: CLIENT.id, clientSecret: CLIENT.secret }
  await b.run('identity.set_provider', {
    ...provider,
    ...client,
    domains: ['example.org'],
    ...more,
  })
  const begin = () =>
    b.run<Begun>('identity.start_external_sign_in', { provider: 'corp', organisation }, stranger)
  const visit = async (begun: Begun, holder = ADA): Promise<Answer> => {
    const back = await issuer.visit(begun.address, holder)
    const { state = '', code = '', iss } = Object.fromEntries(back.searchParams)
    return { state, code, ...(iss && { iss }) }
  }
  const finish = (answer: Answer, binding: string) =>
    b.run('identity.finish_external_sign_in', { ...answer, binding }, stranger)
  const refusal = async (answer: Answer, binding: string): Promise<string> =>
    (await b.refused('identity.finish_external_sign_in', { ...answer, binding }, stranger)).code
  const signIn = async (holder = ADA) => {
    const begun = await begin()
    return finish(await visit(begun, holder), begun.binding)
  }
  return { ...b, organisation, begin, visit, finish, refusal, signIn }
}

test('a verified address in a listed domain joins, and comes back as the same person', async () => {
  const b = await hall()
  const first = await b.signIn()
  expect(first).toMatchObject({ handle: 'ada', name: 'Ada', stage: null })
  const again = await b.signIn({ ...ADA, email: 'other@example.com' })
  expect(again.handle).toBe('ada')
  const names = (await b.ledger()).map(({ name }) => name)
  expect(names).toContain('identity.account_linked')
})

test.each<[string, Holder]>([
  ['an address that nobody has verified', { ...ADA, verified: false }],
  ['an address elsewhere', { ...ADA, email: 'ada@evil.example' }],
  ['an address that only ends like a listed domain', { ...ADA, email: 'ada@evilexample.org' }],
  ['no address', { sub: 'ada-1', name: 'Ada' }],
])('with %s nobody joins', async (_, holder) => {
  const b = await hall()
  const begun = await b.begin()
  expect(await b.refusal(await b.visit(begun, holder), begun.binding)).toBe(
    'identity.no_account_here',
  )
})

test('an address never finds an account that is there already', async () => {
  const b = await hall()
  await b.run('identity.create_person', { handle: 'ada', name: 'Ada', email: 'ada@example.org' })
  const begun = await b.begin()
  expect(await b.refusal(await b.visit(begun), begun.binding)).toBe('identity.no_account_here')
})

test('an answer counts once, also where it comes twenty times at the same moment', async () => {
  const b = await hall()
  const begun = await b.begin()
  const answer = await b.visit(begun)
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => b.finish(answer, begun.binding)),
  )
  expect(tries.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
  expect(await b.refusal(answer, begun.binding)).toBe('identity.external_sign_in_failed')
})

test('an answer counts in the browser that began, and nowhere else', async () => {
  const b = await hall()
  const mine = await b.begin()
  const theirs = await b.begin()
  const answer = await b.visit(mine)
  expect(await b.refusal(answer, theirs.binding)).toBe('identity.external_sign_in_failed')
  expect(await b.refusal(answer, '')).toBe('identity.external_sign_in_failed')
})

test('a code of one sign-in does not fit another', async () => {
  const b = await hall()
  const [one, two] = [await b.begin(), await b.begin()]
  const [first, second] = [await b.visit(one), await b.visit(two, { ...ADA, sub: 'eve-1' })]
  expect(await b.refusal({ ...first, code: second.code }, one.binding)).toBe(
    'identity.external_sign_in_failed',
  )
})

test('an answer that names another issuer is refused', async () => {
  const b = await hall()
  const begun = await b.begin()
  const answer = await b.visit(begun)
  expect(await b.refusal({ ...answer, iss: rival.issuer }, begun.binding)).toBe(
    'identity.external_sign_in_failed',
  )
})

test('a sign-in that took longer than ten minutes is over', async () => {
  const b = await hall()
  const begun = await b.begin()
  const answer = await b.visit(begun)
  b.clock.turn(601_000)
  expect(await b.refusal(answer, begun.binding)).toBe('identity.external_sign_in_failed')
})

test('a state of another organisation, or of none, is refused like any other', async () => {
  const [a, b] = [await hall(), await hall()]
  const begun = await a.begin()
  const answer = await a.visit(begun)
  const [, id, secret] = answer.state.split('.')
  for (const state of [
    `${(await b.begin()).binding.slice(0, 8)}.${id}.${secret}`,
    'x.y.z',
    '',
    answer.state.slice(0, -1),
  ]) {
    expect(await a.refusal({ ...answer, state }, begun.binding)).toBe(
      'identity.external_sign_in_failed',
    )
  }
})

test('a suspended person does not come in by another way', async () => {
  const b = await hall()
  await b.signIn()
  await b.run('identity.suspend_principal', { handle: 'ada' })
  const begun = await b.begin()
  expect(await b.refusal(await b.visit(begun), begun.binding)).toBe('identity.no_account_here')
})

test('accounts of an issuer that is trusted no more let nobody in', async () => {
  const b = await hall()
  await b.signIn()
  const begun = await b.begin()
  const answer = await b.visit(begun)
  await b.run('identity.remove_provider', { key: 'corp' })
  expect(await b.refusal(answer, begun.binding)).toBe('identity.external_sign_in_failed')
})

test('the secret of a client is sealed, and no answer, event or list shows it', async () => {
  const b = await hall()
  const seen = JSON.stringify([
    await b.run('identity.list_providers'),
    await b.run('identity.list_sign_in_ways', { organisation: b.organisation }),
    await b.ledger(),
  ])
  expect(seen).not.toContain(CLIENT.secret)
  const rows = await b.database.read(b.orgId)<{ sealed: string }>`
    select client_secret as "sealed" from identity.provider where org_id = ${b.orgId}`
  expect(rows[0]?.sealed).toMatch(/^v1\.a256gcm\./)
})

test('a link is begun and ended by the same person, with a fresh session', async () => {
  const b = await hall({ domains: [] })
  const session = await b.run('identity.create_sign_in_link', {}, b.owner)
  expect(session.link).toContain('#')
  const code = (await b.refused('identity.start_link', { provider: 'corp' }, b.owner)).code
  expect(code).toBe('identity.session_needed')
})

test('an issuer that cannot be reached is said to be so, and nothing is begun', async () => {
  const b = await hall({ issuer: 'http://127.0.0.1:9' })
  const stranger = { ...b.owner, kind: 'stranger' } as const
  const { code } = await b.refused(
    'identity.start_external_sign_in',
    { provider: 'corp', organisation: b.organisation },
    stranger,
  )
  expect(code).toBe('identity.external_sign_in_failed')
})
