import { expect, test } from 'vitest'
import { askFor, atPage } from '../../../test/approvals.ts'
import { bench } from '../../../test/bench.ts'
import { FRESH_MS } from '../../kernel/fresh.ts'
import { orgsWithOverdueApprovals } from '../infrastructure/approval-store.ts'

const decide = 'agents.decide_approval'
const show = 'agents.show_approval'

const withPeople = async () => {
  const b = await bench()
  await b.given.project()
  await b.given.project('OPS')
  const dev = await b.given.agent('dev-1', ['GH'])
  const bo = await b.given.person('bo', 'admin')
  const lead = await b.given.person('lia')
  await b.run('identity.give_role', { handle: 'lia', role: 'lead', project: 'GH' })
  const member = await b.given.person('mo')
  const web = (person: typeof bo) => atPage(person, b.clock.now())
  const ids = await b.database.read(b.orgId)<{ key: string; id: string }>`
    select key, id from work.project where org_id = ${b.orgId}`
  const idOf = (key: string) => ids.find((one) => one.key === key)?.id ?? ''
  const say = (key: string, decision: string, more: object = {}) => ({ key, decision, ...more })
  return { ...b, dev, bo, lead, member, web, projectId: idOf, word: say }
}

const named = (b: Awaited<ReturnType<typeof withPeople>>) => async () =>
  (await b.ledger()).filter(({ name }) => name.startsWith('agents.'))

test('a yes is told to whoever waits, with who gave it and what it covers', async () => {
  const b = await withPeople()
  const { id, key, argsSha256 } = await askFor(b, b.dev)
  const { output, text } = await b.call(decide, b.word(key, 'approve'), b.web(b.owner))
  expect(output).toEqual({ key, state: 'approved', missing: 0, version: 2 })
  expect(text()).toBe('AP-1 approved')
  const [, decided] = await named(b)()
  expect(decided).toMatchObject({
    name: 'agents.approval_decided',
    actor: b.owner.id,
    data: {
      ...{ approvalId: id, key, kind: 'tool', outcome: 'approved', decidedBy: [b.owner.id] },
      ...{ ref: { room: 'tools', id: 'call-1' }, requester: b.dev.id, argsSha256, version: 2 },
    },
  })
})

test('a no and a wish for changes carry their reason to the requester', async () => {
  const b = await withPeople()
  for (const [decision, state] of [
    ['deny', 'denied'],
    ['changes', 'changes'],
  ] as const) {
    const { key } = await askFor(b, b.dev)
    await b.run(decide, b.word(key, decision, { reason: ' Use a tag. ' }), b.web(b.owner))
    expect(await b.run(show, { key }, b.dev)).toMatchObject({ state, reason: 'Use a tag.' })
    expect((await named(b)()).at(-1)).toMatchObject({
      data: { outcome: state },
      parts: { content: { reason: 'Use a tag.' } },
    })
  }
  const { key } = await askFor(b, b.dev)
  expect(await b.refused(decide, b.word(key, 'changes'), b.web(b.owner))).toMatchObject({
    ...{ kind: 'invalid', code: 'agents.reason_needed' },
  })
})

test('A1: neither agents nor keys decide, and nobody what they asked for', async () => {
  const b = await withPeople()
  const { key } = await askFor(b, b.dev)
  const yes = b.word(key, 'approve')
  expect(await b.refused(decide, yes, b.dev)).toMatchObject({ kind: 'forbidden' })
  expect(await b.refused(decide, yes, { ...b.dev, via: 'session' })).toMatchObject({
    kind: 'forbidden',
  })
  // The owner's key is what lies in owner.key: an agent with a shell can read it.
  expect(await b.refused(decide, yes, b.owner)).toMatchObject({
    ...{ kind: 'forbidden', code: 'agents.approval_needs_person' },
    said: 'A key cannot decide: agents hold keys, too. Open the inbox on the page: guildhall open.',
  })
  const own = await askFor(b, b.bo)
  const me = b.web(b.bo)
  expect(await b.refused(decide, b.word(own.key, 'approve'), me)).toMatchObject({
    ...{ kind: 'forbidden', code: 'agents.approval_not_yours' },
  })
  expect(await b.run(show, { key })).toMatchObject({ state: 'open', decidedBy: [] })
  // The person who answers for the agent decides, though it asked in their name.
  expect(b.dev.onBehalfOf).toBe(b.owner.id)
  await b.run(decide, yes, b.web(b.owner))
})

test('A5: who may not decide in a project does not learn that it is asked for there', async () => {
  const b = await withPeople()
  const gh = await askFor(b, b.dev, { projectId: b.projectId('GH') })
  const ops = await askFor(b, b.dev, { projectId: b.projectId('OPS') })
  const whole = await askFor(b, b.dev)
  for (const { key } of [ops, whole]) {
    for (const name of [decide, show]) {
      const input = name === decide ? b.word(key, 'approve') : { key }
      expect(await b.refused(name, input, b.web(b.lead))).toEqual({
        ...{ kind: 'not_found', code: 'platform.not_found', details: {} },
        said: `${key} does not exist or you may not see it.`,
      })
    }
  }
  expect(await b.refused(show, { key: 'AP-99' }, b.web(b.lead))).toMatchObject({
    said: 'AP-99 does not exist or you may not see it.',
  })
  expect(await b.refused(decide, b.word(gh.key, 'approve'), b.web(b.member))).toMatchObject({
    ...{ kind: 'forbidden', code: 'identity.not_allowed' },
  })
  await b.run(decide, b.word(gh.key, 'approve'), b.web(b.lead))
  await b.run(decide, b.word(ops.key, 'approve'), b.web(b.bo))
})

test('A4: with two needed, the first yes opens nothing, and nobody says it twice', async () => {
  const b = await withPeople()
  const { key } = await askFor(b, b.dev, { needs: 2 })
  const yes = b.word(key, 'approve')
  const { output, text } = await b.call(decide, yes, b.web(b.owner))
  expect(output).toMatchObject({ state: 'open', missing: 1 })
  expect(text()).toBe('AP-1 approved, 1 more person needed')
  expect(await b.refused(decide, yes, b.web(b.owner))).toMatchObject({
    code: 'agents.approval_decided',
  })
  await b.run(decide, yes, b.web(b.bo))
  expect((await named(b)()).map(({ name, data }) => [name, data['missing']])).toEqual([
    ['agents.approval_asked', undefined],
    ['agents.approval_backed', 1],
    ['agents.approval_decided', undefined],
  ])
  expect(await b.run(show, { key })).toMatchObject({
    ...{ state: 'approved', decidedBy: ['owner', 'bo'], version: 3 },
  })
})

test('A4: two who say yes at the same moment are counted one after the other', async () => {
  const b = await withPeople()
  const { key } = await askFor(b, b.dev, { needs: 2 })
  const yes = b.word(key, 'approve')
  await Promise.all([b.run(decide, yes, b.web(b.owner)), b.run(decide, yes, b.web(b.bo))])
  expect(await b.run(show, { key })).toMatchObject({ state: 'approved', version: 3 })
})

test('A2: of two who decide at once, the second hears who was first', async () => {
  const b = await withPeople()
  for (let round = 0; round < 5; round++) {
    const { key } = await askFor(b, b.dev)
    const all = await Promise.allSettled([
      b.run(decide, b.word(key, 'approve'), b.web(b.owner)),
      b.run(decide, b.word(key, 'deny'), b.web(b.bo)),
    ])
    const [lost, ...more] = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(more).toEqual([])
    const { state } = await b.run<{ state: string }>(show, { key })
    const who = state === 'approved' ? '@owner approved' : '@bo denied'
    expect(lost).toMatchObject({
      code: 'agents.approval_decided',
      message: expect.stringMatching(new RegExp(`^${who} it at [0-9]{2}:[0-9]{2} UTC\\.$`)),
    })
  }
  const events = await named(b)()
  expect(events.filter(({ name }) => name === 'agents.approval_decided')).toHaveLength(5)
  expect(await b.verify()).toMatchObject({ ok: true })
})

test('a yes to what can do harm needs a fresh sign-in, a no does not', async () => {
  const b = await withPeople()
  const { key } = await askFor(b, b.dev, { risk: 'high' })
  const stale = atPage(b.owner, b.clock.now() - FRESH_MS - 1_000)
  expect(await b.refused(decide, b.word(key, 'approve'), stale)).toMatchObject({
    ...{ kind: 'forbidden', code: 'identity.fresh_sign_in_needed' },
  })
  expect(await b.run(show, { key })).toMatchObject({ state: 'open', version: 1 })
  await b.run(decide, b.word(key, 'approve'), b.web(b.owner))
  const other = await askFor(b, b.dev, { risk: 'high' })
  await b.run(decide, b.word(other.key, 'deny'), stale)
  const normal = await askFor(b, b.dev)
  await b.run(decide, b.word(normal.key, 'approve'), stale)
})

const TIMES = [
  ...([
    ['permission', 10],
    ['tool', 30],
    ['budget', 24 * 60],
  ] as const),
  ...([
    ['gate', 7 * 24 * 60],
    ['question', 7 * 24 * 60],
  ] as const),
] as const

test.each(TIMES)('a %s is open for %i minutes, and then it is a no', async (kind, minutes) => {
  const b = await withPeople()
  const { key } = await askFor(b, b.dev, { kind })
  b.clock.turn(minutes * 60_000 - 5_000)
  expect(await b.run(show, { key })).toMatchObject({ state: 'open' })
  expect(await b.run('agents.expire_approvals')).toEqual({ expired: 0 })
  b.clock.turn(6_000)
  // Nobody has to wait for the schedule to be told that it is over.
  expect(await b.run(show, { key })).toMatchObject({ state: 'expired', yours: false })
  expect(await b.refused(decide, b.word(key, 'approve'), b.web(b.owner))).toMatchObject({
    ...{ kind: 'conflict', code: 'agents.approval_decided', details: { state: 'expired' } },
  })
  const due = (now: number) => b.database.system((sql) => orgsWithOverdueApprovals(sql, now))
  expect(await due(b.clock.now())).toContain(b.orgId)
  expect(await b.run('agents.expire_approvals')).toEqual({ expired: 1 })
  expect(await b.run('agents.expire_approvals')).toEqual({ expired: 0 })
  expect(await due(b.clock.now())).not.toContain(b.orgId)
  expect((await named(b)()).at(-1)).toMatchObject({
    ...{ name: 'agents.approval_expired', data: { key, kind, version: 2 } },
  })
})

test('a decision and the end of its time meet: one of them counts', async () => {
  const b = await withPeople()
  for (let round = 0; round < 8; round++) {
    const { key, expiresAt } = await askFor(b, b.dev, { ms: 1_000 })
    b.clock.turn(expiresAt - b.clock.now() - 3)
    await Promise.allSettled([
      b.run(decide, b.word(key, 'approve'), b.web(b.owner)),
      ...Array.from({ length: 4 }, () => b.run('agents.expire_approvals')),
    ])
    b.clock.turn(50)
    await b.run('agents.expire_approvals')
    const ends = (await named(b)()).filter(
      ({ name, data }) => data['key'] === key && name !== 'agents.approval_asked',
    )
    expect(ends).toHaveLength(1)
    const { state } = await b.run<{ state: string }>(show, { key })
    expect(`agents.approval_${state}`.replace('approved', 'decided')).toBe(ends[0]?.name)
  }
})

test('only whoever asked withdraws, and only what is open', async () => {
  const b = await withPeople()
  const { key } = await askFor(b, b.dev)
  const withdraw = 'agents.withdraw_approval'
  expect(await b.refused(withdraw, { key }, b.bo)).toMatchObject({
    ...{ kind: 'forbidden', code: 'agents.approval_not_yours' },
  })
  const stranger = await b.given.agent('dev-2', ['GH'])
  expect(await b.refused(withdraw, { key }, stranger)).toMatchObject({ kind: 'not_found' })
  expect(await b.say(withdraw, { key }, b.dev)).toBe('AP-1 withdrawn')
  expect(await b.refused(withdraw, { key }, b.dev)).toMatchObject({
    ...{ kind: 'conflict', code: 'agents.approval_decided' },
  })
  expect((await named(b)()).at(-1)).toMatchObject({ name: 'agents.approval_withdrawn' })
})

test('what a suspended agent asks for is withdrawn, and nothing else', async () => {
  const b = await withPeople()
  const other = await b.given.agent('dev-2', ['GH'])
  const [mine, theirs] = [await askFor(b, b.dev), await askFor(b, other)]
  await b.run('identity.suspend_principal', { handle: 'dev-1' })
  await b.ledger()
  expect(await b.run(show, { key: mine.key })).toMatchObject({ state: 'withdrawn' })
  expect(await b.run(show, { key: theirs.key })).toMatchObject({ state: 'open' })
})
