import { expect, test } from 'vitest'
import { atOnce, people, type People, tokenOf } from './sign-in-house.ts'

const HOUR = 3_600_000
const OVER = 'identity.link_not_valid'
const PASSWORD = 'rivers run under the five bridges'

const invited = async (hall: People, name = 'bob', more: object = {}) => {
  const email = `${name}@${hall.slug}.example`
  const made = await hall.run('invite_person', { email, ...more }, hall.ownerKey)
  return { email, id: String(made['id']), token: tokenOf(made['link']) }
}
const reset = async (hall: People, handle: string) =>
  tokenOf((await hall.run('issue_reset', { handle }, hall.ownerKey))['link'])
const accept = (hall: People, token: string) =>
  hall.outcome('accept_invitation', { token, name: 'Bob', password: PASSWORD })
const finish = (hall: People, token: string) =>
  hall.outcome('reset_password', { token, password: PASSWORD })

test('twenty uses of one link at once are one', async () => {
  const hall = await people()
  const { token } = await invited(hall)
  expect(await atOnce(20, () => accept(hall, token))).toEqual({ ok: 1, [OVER]: 19 })
  const ada = await hall.join('ada')
  const link = await reset(hall, ada.handle)
  expect(await atOnce(20, () => finish(hall, link))).toEqual({ ok: 1, [OVER]: 19 })
})

/** Links of every kind, and whatever else they are shown to. */
test('a link is good for what it was made for, and for nothing else', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const { key } = await hall.run('create_key', { name: 'laptop' }, ada.session)
  const signIn = tokenOf((await hall.run('create_sign_in_link', {}, String(key)))['link'])
  await hall.run('ask_email_check', {}, ada.session)
  const verify = tokenOf(/http\S+/.exec((await hall.mails()).at(-1)?.text ?? '')?.[0])
  const links = {
    accept_invitation: (await invited(hall)).token,
    reset_password: await reset(hall, ada.handle),
    use_sign_in_link: signIn,
    verify_email: verify,
  }
  const words = { password: PASSWORD, name: 'Eve' }
  const inputs: Record<keyof typeof links | 'set_up_owner', object> = {
    accept_invitation: words,
    reset_password: { password: PASSWORD },
    use_sign_in_link: {},
    verify_email: {},
    set_up_owner: { ...words, email: 'eve@example.org' },
  }
  for (const [name, more] of Object.entries(inputs)) {
    for (const [owned, token] of Object.entries(links)) {
      if (owned === name) continue
      expect([name, owned, await hall.outcome(name, { token, ...more })]).toEqual([
        name,
        owned,
        OVER,
      ])
    }
  }
  for (const name of Object.keys(inputs)) {
    if (name === 'set_up_owner' || name === 'reset_password') continue
    const token = Object.entries(links).find(([owned]) => owned === name)?.[1]
    const more = Object.entries(inputs).find(([owned]) => owned === name)?.[1]
    expect([name, await hall.outcome(name, { token, ...Object(more) })]).toEqual([name, 'ok'])
  }
})

test('a foreign link, a forged one and a cut one are refused in equal bytes', async () => {
  const hall = await people()
  const other = await people()
  const { token } = await invited(hall)
  const foreign = (await invited(other)).token
  const [tag = '', id = '', secret = ''] = token.split('.')
  const [otherTag = '', otherId = '', otherSecret = ''] = foreign.split('.')
  const forged = [
    `${otherTag}.${id}.${secret}`,
    `${tag}.${otherId}.${otherSecret}`,
    `${tag}.${id}.${otherSecret}`,
    `zzzzzzzz.${id}.${secret}`,
    token.slice(0, -1),
    '',
    'no link at all',
  ]
  const said = new Set<string>()
  for (const one of forged) {
    said.add(JSON.stringify(await hall.refused('look_at_link', { token: one })))
  }
  expect([...said]).toEqual([
    JSON.stringify({
      kind: 'not_found',
      code: OVER,
      said: 'This link is not valid any more. Ask for a new one.',
      details: {},
    }),
  ])
  expect(await accept(hall, token)).toBe('ok')
})

test.each([
  ['an invitation', 7 * 24 * HOUR, invitedToken, accept],
  ['a reset', HOUR, resetToken, finish],
] as const)('%s is over after its time, not before', async (_, ms, make, use) => {
  const hall = await people()
  const early = await make(hall)
  hall.clock.turn(ms - 60_000)
  expect(await use(hall, early)).toBe('ok')
  const late = await make(hall)
  hall.clock.turn(ms + 1)
  expect(await use(hall, late)).toBe(OVER)
})

let names = 0
async function invitedToken(hall: People) {
  return (await invited(hall, `guest-${(names += 1)}`)).token
}
async function resetToken(hall: People) {
  return reset(hall, (await hall.join(`member-${(names += 1)}`)).handle)
}

/** What makes an invitation worth nothing, between the day it is made and the day it is taken. */
const LOST: readonly (readonly [string, (hall: People, boss: string) => Promise<unknown>])[] = [
  [
    'has lost the role',
    (hall, handle) => hall.run('take_role', { handle, role: 'admin' }, hall.ownerKey),
  ],
  ['is suspended', (hall, handle) => hall.run('suspend_principal', { handle }, hall.ownerKey)],
  [
    'is a member only',
    async (hall, handle) => {
      await hall.run('give_role', { handle, role: 'member' }, hall.ownerKey)
      await hall.run('take_role', { handle, role: 'admin' }, hall.ownerKey)
    },
  ],
]

test.each(LOST)('an invitation is worth nothing once its inviter %s', async (_, lose) => {
  const hall = await people()
  await hall.run('set_sign_in_settings', { secondFactor: 'optional' }, hall.ownerKey)
  const boss = await hall.join('boss', 'admin')
  const made = await hall.run(
    'invite_person',
    { email: 'bob@example.org', role: 'admin' },
    await fresh(hall, boss),
  )
  await lose(hall, boss.handle)
  expect(await accept(hall, tokenOf(made['link']))).toBe(OVER)
})

const fresh = async (hall: People, person: Parameters<People['signIn']>[0]) =>
  String((await hall.signIn(person))['session'])

test('nobody invites to more than they hold', async () => {
  const hall = await people()
  await hall.run('set_sign_in_settings', { secondFactor: 'optional' }, hall.ownerKey)
  const boss = await hall.join('boss', 'admin')
  const input = { email: 'bob@example.org', role: 'owner' }
  expect(await hall.outcome('invite_person', input, await fresh(hall, boss))).toBe(
    'identity.more_than_you_have',
  )
  const ada = await hall.join('ada')
  expect(await hall.outcome('invite_person', { email: 'bob@example.org' }, ada.session)).toBe(
    'identity.not_allowed',
  )
})

test('a withdrawn invitation and one that was made again are over', async () => {
  const hall = await people()
  const first = await invited(hall)
  const second = await invited(hall)
  expect(await accept(hall, first.token)).toBe(OVER)
  expect(await hall.run('list_invitations', {}, hall.ownerKey)).toMatchObject({
    items: [{ id: second.id, email: second.email, role: 'member', inviter: 'owner' }],
    total: 1,
  })
  await hall.run('withdraw_invitation', { id: second.id }, hall.ownerKey)
  expect(await accept(hall, second.token)).toBe(OVER)
})

test('a reset ends sessions and other resets, and keeps the second factor', async () => {
  const hall = await people()
  const ada = await hall.withTotp(await hall.join('ada'))
  const link = await reset(hall, ada.handle)
  await hall.run('ask_reset', { organisation: hall.slug, email: ada.email })
  const mailed = tokenOf(/http\S+/.exec((await hall.mails()).at(-1)?.text ?? '')?.[0])
  expect(await finish(hall, link)).toBe('ok')
  expect(await finish(hall, mailed)).toBe(OVER)
  expect(await hall.letsIn(ada.session)).toBe('identity.session_ended')
  expect((await hall.signIn({ ...ada, password: PASSWORD }))['stage']).toBe('factor')
})

test('a reset is over with a changed password, a changed address, and a suspension', async () => {
  const hall = await people()
  const changes = [
    (session: string, password: string) =>
      hall.run('change_password', { current: password, password: PASSWORD }, session),
    (session: string) => hall.run('change_profile', { email: 'else@example.org' }, session),
    (_session: string, _password: string, handle: string) =>
      hall.run('suspend_principal', { handle }, hall.ownerKey),
  ]
  for (const [index, change] of changes.entries()) {
    const ada = await hall.join(`ada-${index}`)
    const link = await reset(hall, ada.handle)
    await change(ada.session, ada.password, ada.handle)
    expect(await finish(hall, link)).toBe(OVER)
  }
})

test('nobody resets the password of somebody who may do more', async () => {
  const hall = await people()
  await hall.run('set_sign_in_settings', { secondFactor: 'optional' }, hall.ownerKey)
  const boss = await hall.join('boss', 'admin')
  const owner = await hall.join('second', 'owner')
  const session = await fresh(hall, boss)
  expect(await hall.outcome('issue_reset', { handle: owner.handle }, session)).toBe(
    'identity.more_than_you_have',
  )
})

test('whoever asks for a reset hears the same, and only a member gets a mail', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const before = (await hall.mails()).length
  const answers = []
  for (const email of [ada.email, `nobody@${hall.slug}.example`]) {
    answers.push(JSON.stringify(await hall.run('ask_reset', { organisation: hall.slug, email })))
  }
  expect(answers[0]).toBe(answers[1])
  const mails = (await hall.mails()).slice(before)
  expect(mails.map(({ to }) => to)).toEqual([ada.email])
  const { database, orgId } = hall
  const kept = await database.read(orgId)<{ sealed: string | null }>`
    select sealed from identity.mail where org_id = ${orgId}`
  expect(kept.every(({ sealed }) => sealed === null)).toBe(true)
})

test('one address is sent five mails an hour', async () => {
  const hall = await people(1)
  const email = 'nobody@example.org'
  const ask = () => hall.outcome('ask_reset', { organisation: hall.slug, email })
  const said: string[] = []
  for (let turn = 0; turn < 6; turn++) said.push(await ask())
  expect(said).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'platform.too_many_calls'])
})

test('a key that is cut down, an agent and a browser get no link to sign in', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const scoped = { name: 'cut', scopes: ['task:read'] }
  const { key } = await hall.run('create_key', scoped, ada.session)
  await hall.run('work.create_project', { key: 'GH', name: 'Hall' }, hall.ownerKey)
  const agent = await hall.run('create_agent', { name: 'dev', projects: ['GH'] }, hall.ownerKey)
  for (const who of [String(key), String(agent['key']), ada.session]) {
    expect(await hall.outcome('create_sign_in_link', {}, who)).toBe('identity.whole_key_needed')
  }
})

test('a key opens a browser that is not fresh where there is a password', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const { key } = await hall.run('create_key', { name: 'laptop' }, ada.session)
  const { link } = await hall.run('create_sign_in_link', {}, String(key))
  const { session, stage } = await hall.run('use_sign_in_link', { token: tokenOf(link) })
  expect(stage).toBeNull()
  expect(await hall.outcome('list_sessions', {}, String(session))).toBe('ok')
  expect(await hall.outcome('change_profile', { name: 'Eve' }, String(session))).toBe(
    'identity.fresh_sign_in_needed',
  )
})

test('no secret of a link is kept or recorded', async () => {
  const hall = await people()
  const ada = await hall.join('ada')
  const tokens = [(await invited(hall)).token, await reset(hall, ada.handle)]
  const { database, orgId } = hall
  const rows = await database.read(orgId)<{ row: string }>`
    select l::text as row from identity.link l where org_id = ${orgId}`
  const all = JSON.stringify([rows, await hall.ledger()])
  for (const token of tokens) expect(all).not.toContain(token.split('.')[2])
})
