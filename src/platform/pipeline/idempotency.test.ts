import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { probeHouse } from '../../../test/probe.ts'
import { Refusal } from '../../kernel/refusal.ts'

const refusalOf = (work: Promise<unknown>): Promise<Refusal> =>
  work.then(
    () => {
      throw new Error('Nothing was refused.')
    },
    (error: unknown) => {
      if (error instanceof Refusal) return error
      throw error
    },
  )

test('the same key and input give the same answer and happen once', async () => {
  const { owner, ledger } = await bench()
  const { run, knobs } = await probeHouse()
  const asked = { actor: owner, idempotencyKey: 'k1' }
  const first = await run('probe.set_thing', { name: 'a', number: 1 }, asked)
  const second = await run('probe.set_thing', { number: 1, name: 'a' }, asked)
  expect(second).toEqual(first)
  expect(knobs.runs).toBe(1)
  expect((await ledger()).filter(({ name }) => name === 'probe.thing_set')).toHaveLength(1)
})

test('a duplicate that comes while the first is under way waits for its answer', async () => {
  const { owner, ledger } = await bench()
  const { run, knobs } = await probeHouse()
  let entered = () => {}
  let leave = () => {}
  const inside = new Promise<void>((resolve) => {
    entered = resolve
  })
  const open = new Promise<void>((resolve) => {
    leave = resolve
  })
  knobs.inside = () => {
    entered()
    return open
  }
  const asked = { actor: owner, idempotencyKey: 'k2' }
  const first = run('probe.set_thing', { name: 'b' }, asked)
  await inside
  const others = Array.from({ length: 5 }, () => run('probe.set_thing', { name: 'b' }, asked))
  leave()
  const answers = await Promise.all([first, ...others])
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveLength(1)
  expect(knobs.runs).toBe(1)
  expect((await ledger()).filter(({ name }) => name === 'probe.thing_set')).toHaveLength(1)
})

test('the same key with another input is refused and changes nothing', async () => {
  const { owner } = await bench()
  const { run } = await probeHouse()
  const asked = { actor: owner, idempotencyKey: 'k3' }
  await run('probe.set_thing', { name: 'c', number: 1 }, asked)
  const refusal = await refusalOf(run('probe.set_thing', { name: 'c', number: 2 }, asked))
  expect(refusal).toMatchObject({ kind: 'invalid', code: 'platform.key_reused' })
  expect(await run('probe.get_thing', { name: 'c' }, { actor: owner })).toMatchObject({ number: 1 })
})

test('keys belong to one principal and one operation', async () => {
  const { owner, given } = await bench()
  const { run, knobs } = await probeHouse()
  const ana = await given.person('ana', 'member')
  await run('probe.set_thing', { name: 'd' }, { actor: owner, idempotencyKey: 'k4' })
  await run('probe.set_thing', { name: 'd' }, { actor: ana, idempotencyKey: 'k4' })
  await run('probe.make_secret', {}, { actor: ana, idempotencyKey: 'k4' })
  expect(knobs.runs).toBe(3)
})

test('a secret is told once and never kept', async () => {
  const { owner, database, orgId } = await bench()
  const { run } = await probeHouse()
  const asked = { actor: owner, idempotencyKey: 'k5' }
  expect(await run('probe.make_secret', {}, asked)).toMatchObject({
    secret: expect.stringContaining('canary'),
  })
  const refusal = await refusalOf(run('probe.make_secret', {}, asked))
  expect(refusal).toMatchObject({ kind: 'conflict', code: 'platform.secret_shown_once' })
  const kept = await database.read(orgId)<{ response: unknown }>`
    select response from platform.idempotency where org_id = ${orgId}`
  expect(JSON.stringify(kept)).not.toContain('canary')
})

test('a refusal is not kept: the same key may succeed later', async () => {
  const { owner } = await bench()
  const { run, knobs } = await probeHouse()
  const asked = { actor: owner, idempotencyKey: 'k6' }
  knobs.inside = () => {
    throw new Refusal('conflict', 'probe.not_now', 'Not now.', {})
  }
  expect((await refusalOf(run('probe.set_thing', { name: 'e' }, asked))).code).toBe('probe.not_now')
  knobs.inside = () => {}
  expect(await run('probe.set_thing', { name: 'e' }, asked)).toMatchObject({ version: 1 })
})

test('a long poll under a key still takes what comes later, and only once', async () => {
  const { owner } = await bench()
  const { run, house } = await probeHouse()
  const asked = { actor: owner, idempotencyKey: 'k7' }
  const polling = run('probe.take_thing', { wait: 20 }, asked)
  await run('probe.set_thing', { name: 'f' }, { actor: owner })
  const deadline = Date.now() + 10_000
  let taken: unknown
  const done = polling.then((answer) => {
    taken = answer
  })
  while (taken === undefined && Date.now() < deadline) {
    await house.settle()
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 20))])
  }
  expect(taken).toEqual({ taken: 'f' })
  await run('probe.set_thing', { name: 'g' }, { actor: owner })
  expect(await run('probe.take_thing', { wait: 20 }, asked)).toEqual({ taken: 'f' })
})
