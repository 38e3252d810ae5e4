import { expect, test } from 'vitest'
import { askFor, asRoom, atPage, wishOf } from '../../../test/approvals.ts'
import { bench } from '../../../test/bench.ts'
import { identityApi } from '../../identity/room.ts'
import { workApi } from '../../work/room.ts'
import { approvalTopic } from '../contract.ts'
import { APPROVAL_MS, APPROVALS_OPEN_MAX } from '../domain/approval.ts'
import { clientTexts } from '../../interface/agent-clients.ts'
import { agentsRoom, machineLook } from '../room.ts'

const decide = 'agents.decide_approval'
const mismatch = expect.objectContaining({ kind: 'conflict', code: 'agents.approval_mismatch' })

const withAgent = async () => {
  const words = await bench()
  await words.given.project()
  const dev = await words.given.agent('dev-1', ['GH'])
  const page = atPage(words.owner, words.clock.now())
  const approve = (key: string) => words.run(decide, { key, decision: 'approve' }, page)
  const use = (id: string, hash: string, actor = dev) =>
    asRoom(words, actor, (api, { call }) => api.use(id, hash, call.now))
  const stateOf = (id: string) => asRoom(words, dev, (api) => api.stateOf(id))
  return { ...words, dev, page, approve, use, stateOf }
}

test('what is approved is used once, and then never again', async () => {
  const b = await withAgent()
  const { id, key, argsSha256, expiresAt } = await askFor(b, b.dev)
  expect({ key, wait: expiresAt - b.clock.now() <= APPROVAL_MS.tool }).toEqual({
    ...{ key: 'AP-1', wait: true },
  })
  await expect(b.use(id, argsSha256)).rejects.toThrow(mismatch)
  await b.approve(key)
  await b.use(id, argsSha256)
  await expect(b.use(id, argsSha256)).rejects.toThrow(mismatch)
  expect(await b.stateOf(id)).toMatchObject({ state: 'approved', usedAt: expect.any(Number) })
})

test('A3: of fifty that use it at once, one does', async () => {
  const b = await withAgent()
  const { id, key, argsSha256 } = await askFor(b, b.dev)
  await b.approve(key)
  const all = await Promise.allSettled(Array.from({ length: 50 }, () => b.use(id, argsSha256)))
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const reasons = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(reasons).toEqual(Array(49).fill(mismatch))
})

test('A3: a use that is rolled back has not happened', async () => {
  const b = await withAgent()
  const { id, key, argsSha256 } = await askFor(b, b.dev)
  await b.approve(key)
  const broken = asRoom(b, b.dev, async (api, { call }) => {
    await api.use(id, argsSha256, call.now)
    throw new Error('The effect was not written.')
  })
  await expect(broken).rejects.toThrow('The effect was not written.')
  await b.use(id, argsSha256)
})

const bound = wishOf().bound
const CHANGES = [
  ['an argument', { bound: { ...bound, args: { branch: 'main', force: true } } }],
  ['one more argument', { bound: { ...bound, args: { branch: 'gone', force: true, x: null } } }],
  ['the type of an argument', { bound: { ...bound, args: { branch: 'gone', force: 'true' } } }],
  ['the tool', { bound: { ...bound, tool: 'git__push' } }],
  ['the definition of the tool', { bound: { ...bound, definitionSha256: 'b'.repeat(64) } }],
  ['the effect', { bound: { ...bound, effectKey: 'call-2' } }],
  ['the run', { bound: { ...bound, run: '01980000-0000-7000-8000-000000000001' } }],
  ['the policy', { policyVersion: 4 }],
  ['the kind', { kind: 'permission' }],
] as const

test.each(CHANGES)('A3: %s cannot change between the yes and the use', async (_, change) => {
  const b = await withAgent()
  const { id, key, argsSha256 } = await askFor(b, b.dev)
  await b.approve(key)
  const changed = await asRoom(b, b.dev, async (api) => api.hash(wishOf(change)))
  expect(changed).not.toBe(argsSha256)
  await expect(b.use(id, changed)).rejects.toThrow(mismatch)
  // The order of members is none of the arguments.
  const turned = wishOf({ bound: { ...bound, args: { force: true, branch: 'gone' } } })
  const same = await asRoom(b, b.dev, async (api) => api.hash(turned))
  await b.use(id, same)
})

test('A3: another organisation has another hash, and does not find the approval', async () => {
  const [mine, theirs] = [await withAgent(), await withAgent()]
  const { id, key, argsSha256 } = await askFor(mine, mine.dev)
  await mine.approve(key)
  expect((await askFor(theirs, theirs.dev)).argsSha256).not.toBe(argsSha256)
  await expect(theirs.use(id, argsSha256, theirs.dev)).rejects.toThrow(mismatch)
  expect(await theirs.stateOf(id)).toBeNull()
  await mine.use(id, argsSha256)
})

test('what was denied, sent back, withdrawn or is over is not used', async () => {
  const b = await withAgent()
  const ended: Readonly<Record<string, (key: string, id: string) => Promise<unknown>>> = {
    denied: (key) => b.run(decide, { key, decision: 'deny' }, b.page),
    changes: (key) => b.run(decide, { key, decision: 'changes', reason: 'Not main' }, b.page),
    withdrawn: (_, id) => asRoom(b, b.dev, (api, words) => api.withdraw(id, words)),
  }
  for (const [state, end] of Object.entries(ended)) {
    const { id, key, argsSha256 } = await askFor(b, b.dev)
    await end(key, id)
    expect(await b.stateOf(id)).toMatchObject({ state, usedAt: null })
    await expect(b.use(id, argsSha256)).rejects.toThrow(mismatch)
  }
  const { id, key, argsSha256 } = await askFor(b, b.dev, { ms: 60_000 })
  await b.approve(key)
  b.clock.turn(61_000)
  await expect(b.use(id, argsSha256)).rejects.toThrow(mismatch)
})

test('a withdrawal by another room leaves what is closed as it is', async () => {
  const b = await withAgent()
  const { id, key, argsSha256 } = await askFor(b, b.dev)
  await b.approve(key)
  await asRoom(b, b.dev, (api, words) => api.withdraw(id, words))
  expect(await b.stateOf(id)).toMatchObject({ state: 'approved' })
  await b.use(id, argsSha256)
})

test('numbers have no twins, and one requester cannot flood the inbox', async () => {
  const b = await withAgent()
  const count = APPROVALS_OPEN_MAX + 10
  const all = await Promise.allSettled(Array.from({ length: count }, () => askFor(b, b.dev)))
  const keys = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.key] : []))
  expect(new Set(keys).size).toBe(APPROVALS_OPEN_MAX)
  await expect(askFor(b, b.dev)).rejects.toThrow(
    expect.objectContaining({ kind: 'too_many', code: 'agents.too_many_approvals' }),
  )
  // Another one's requests have a place of their own.
  const other = await b.given.agent('dev-2', ['GH'])
  expect((await askFor(b, other)).key).toBe(`AP-${APPROVALS_OPEN_MAX + 1}`)
})

const UNFIT = [
  ['arguments that nobody reads', { bound: { ...bound, args: 'x'.repeat(70_000) } }],
  ['half a character', { bound: { ...bound, args: { a: '\ud800' } } }],
] as const

test.each(UNFIT)('%s are refused', async (_, wish) => {
  const b = await withAgent()
  await expect(askFor(b, b.dev, wish)).rejects.toThrow(expect.objectContaining({ kind: 'invalid' }))
})

test('the record holds what was shown, and says nothing of it once erased', async () => {
  const b = await withAgent()
  const args = { ratio: 0.1, big: 1e21, nul: 'a\u0000b' }
  const { id, argsSha256 } = await askFor(b, b.dev, { bound: { ...bound, args } })
  const [asked] = (await b.ledger()).filter(({ name }) => name === 'agents.approval_asked')
  expect(asked).toMatchObject({
    data: { approvalId: id, key: 'AP-1', argsSha256, requester: b.dev.id, version: 1 },
    parts: {
      content: {
        text: 'Delete the branch gone',
        args: '{"big":1e+21,"nul":"a\\u0000b","ratio":0.1}',
      },
    },
  })
  expect(await b.verify()).toMatchObject({ ok: true })
  // What is shown later is hashed to what was asked for.
  const { args: shown } = await b.run<{ args: string }>('agents.show_approval', { key: 'AP-1' })
  const again = wishOf({ bound: { ...bound, args: JSON.parse(shown) } })
  expect(await asRoom(b, b.dev, async (api) => api.hash(again))).toBe(argsSha256)
})

test('the end of an approval wakes whoever waits for it, and nothing else does', async () => {
  const b = await withAgent()
  const { id, key } = await askFor(b, b.dev, { needs: 2 })
  await b.approve(key)
  const admin = await b.given.person('bo', 'admin')
  const page = atPage(admin, b.clock.now())
  await b.run(decide, { key, decision: 'approve' }, page)
  const { wakes } = agentsRoom({
    ...{ people: identityApi, work: workApi, clients: clientTexts },
    machine: () => machineLook({ home: '/', path: '', now: () => 0 }),
  })
  const woken = (await b.ledger())
    .filter(({ name }) => name.startsWith('agents.'))
    .map((event) => [event.name, wakes?.(event).map(({ topic }) => topic)])
  expect(woken).toEqual([
    ['agents.approval_asked', []],
    ['agents.approval_backed', []],
    ['agents.approval_decided', [approvalTopic(id)]],
  ])
})
