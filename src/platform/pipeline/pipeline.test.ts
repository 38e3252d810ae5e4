import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { probeHouse, probeRoom } from '../../../test/probe.ts'
import type { Rights } from '../../kernel/access.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { quietLog } from '../log.ts'
import { pipeline } from './pipeline.ts'
import { waiters } from './waiters.ts'

const refusalOf = async (work: () => Promise<unknown>) => {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { kind, code, message, details } = error
    return { kind, code, message, details }
  }
  throw new Error('Nothing was refused.')
}

test('an unknown and a foreign project are refused with the same words', async () => {
  const ours = await bench()
  const theirs = await bench()
  await theirs.given.project('XY')
  const { run } = await probeHouse()
  const ask = (project: string) =>
    refusalOf(() => run('probe.set_thing', { name: 'a', project }, { actor: ours.owner }))
  const foreign = JSON.stringify(await ask('XY'))
  const unknown = JSON.stringify(await ask('QQ'))
  expect(foreign.replaceAll('XY', '#')).toBe(unknown.replaceAll('QQ', '#'))
  expect(JSON.parse(foreign)).toMatchObject({ kind: 'not_found', code: 'platform.not_found' })
})

test('who may look hears "you may not", who may not look hears "does not exist"', async () => {
  const { given, refused } = await bench()
  await given.project('GH')
  await given.project('XY')
  const viewer = await given.person('vera', 'viewer')
  const agent = await given.agent('robo', ['GH'])
  const input = { name: 'a', project: 'XY' }
  const { run } = await probeHouse()
  const looking = await refusalOf(() => run('probe.set_thing', input, { actor: viewer }))
  expect(looking).toMatchObject({ kind: 'forbidden', code: 'identity.not_allowed' })
  const blind = await refusalOf(() => run('probe.set_thing', input, { actor: agent }))
  expect(blind).toMatchObject({ kind: 'not_found', code: 'platform.not_found' })
  expect(await refused('work.create_project', { key: 'NO', name: 'No' }, agent)).toMatchObject({
    kind: 'forbidden',
  })
})

test('an unknown field is refused before anything else happens', async () => {
  const { owner, ledger } = await bench()
  const before = (await ledger()).length
  const { run, knobs } = await probeHouse()
  const refusal = await refusalOf(() =>
    run('probe.set_thing', { name: 'a', nubmer: 2 }, { actor: owner }),
  )
  expect(refusal.message).toBe('"nubmer" is not known here. Did you mean "number"?')
  expect(knobs.runs).toBe(0)
  expect(await ledger()).toHaveLength(before)
})

test('a read cannot make anything happen', async () => {
  const { owner, ledger } = await bench()
  const before = (await ledger()).length
  const { run } = await probeHouse()
  await expect(run('probe.loud_read', {}, { actor: owner })).rejects.toThrow(/read may not emit/)
  expect(await ledger()).toHaveLength(before)
})

test('a change that fails after its statements leaves neither state nor event', async () => {
  const { owner, ledger } = await bench()
  const before = (await ledger()).length
  const { run, knobs } = await probeHouse()
  knobs.inside = () => {
    throw new TypeError('A bug of ours.')
  }
  await expect(run('probe.set_thing', { name: 'a' }, { actor: owner })).rejects.toThrow('A bug')
  expect(await ledger()).toHaveLength(before)
  const read = await refusalOf(() => run('probe.get_thing', { name: 'a' }, { actor: owner }))
  expect(read.kind).toBe('not_found')
})

test('every event says who did it, through which door, with which operation', async () => {
  const { given, ledger } = await bench()
  await given.project('GH')
  const agent = await given.agent('robo', ['GH'])
  const { run } = await probeHouse()
  const trace = '0123456789abcdef0123456789abcdef'
  const input = { name: 'a', number: 7, project: 'GH', note: 'for your eyes' }
  await run('probe.set_thing', input, { actor: agent, trace, idempotencyKey: 'once' })
  const event = (await ledger()).find(({ name }) => name === 'probe.thing_set')
  expect(event).toMatchObject({
    actor: agent.id,
    subjectVersion: 1,
    data: {
      number: 7,
      audit: {
        kind: 'agent',
        for: agent.onBehalfOf,
        cred: agent.credentialId,
        door: 'http',
        op: 'probe.set_thing',
        req: 'once',
        trace,
        out: 'ok',
        priv: { content: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    },
    parts: { content: { note: 'for your eyes' } },
  })
  expect(JSON.stringify(event?.data)).not.toContain('for your eyes')
})

test('a cached read sees a commit at once, whatever runs at the same time', async () => {
  const { owner } = await bench()
  const { run } = await probeHouse()
  const moves = fc.array(fc.constantFrom('write', 'read', 'read', 'pause'), {
    minLength: 10,
    maxLength: 40,
  })
  let names = 0
  await fc.assert(
    fc.asyncProperty(moves, async (steps) => {
      const name = `race-${names++}`
      let sent = 0
      let acknowledged = 0
      const ask = { actor: owner }
      const write = async () => {
        const number = ++sent
        await run('probe.set_thing', { name, number }, ask)
        acknowledged = Math.max(acknowledged, number)
      }
      const read = async () => {
        const least = acknowledged
        const found = await run('probe.get_thing', { name }, ask)
        expect(found).toMatchObject({ version: expect.any(Number) })
        // Writes of one thing queue on its row, so its version counts the commits.
        if (typeof found !== 'object' || found === null || !('version' in found)) return
        expect(Number(found.version)).toBeGreaterThanOrEqual(least)
      }
      await write()
      const under: Promise<void>[] = []
      let last: Promise<void> = Promise.resolve()
      for (const step of steps) {
        if (step === 'pause') await new Promise((resolve) => setImmediate(resolve))
        else if (step === 'read') under.push(read())
        else {
          last = last.then(write)
          under.push(last)
        }
      }
      await Promise.all(under)
      await read()
    }),
    { numRuns: 40 },
  )
})

test('what was read under rights that changed meanwhile is not kept for later', async () => {
  const { owner, orgId, database, clock } = await bench()
  const room = probeRoom({ inside: () => {}, runs: 0 })
  const here = new Map([['task:read', null] as const])
  let rights: Rights = { org: here, projects: new Map() }
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const line = pipeline({
    database,
    rooms: [room],
    now: clock.now,
    log: quietLog(),
    waiters: waiters(),
    closed: () => null,
    committed: () => {},
    access: {
      async rightsOf() {
        const found = rights
        await gate
        return found
      },
      projectId: () => null,
      orgOf: async () => orgId,
    },
    take: () => null,
    guard: (actor) => actor,
    refusals: { note() {} },
  })
  const seen = line.operations.get('probe.seen_projects')
  if (!seen) throw new Error('The probe room has its operation.')
  const ask = async () => (await line.run(seen, {}, { actor: owner, door: 'http' })).output
  const first = ask()
  // While the first call waits for its rights, the grant goes and everybody hears of it.
  rights = { org: new Map(), projects: new Map([['p1', here]]) }
  line.stir(orgId)
  open()
  expect(await first).toEqual({ count: -1 })
  expect(await ask()).toEqual({ count: 1 })
})

test('a caller who has gone gets nothing taken for them', async () => {
  const { owner } = await bench()
  const { run, knobs } = await probeHouse()
  const gone = new AbortController()
  const asked = { actor: owner, signal: gone.signal }
  const polling = run('probe.take_thing', { wait: 20 }, asked)
  await expect.poll(() => knobs.runs).toBe(1)
  await run('probe.set_thing', { name: 'left alone' }, { actor: owner })
  gone.abort()
  expect(await polling).toEqual({ taken: null })
  expect(await run('probe.get_thing', { name: 'left alone' }, { actor: owner })).toMatchObject({
    name: 'left alone',
  })
})

test('while the disk is full changes are refused and reads go on', async () => {
  const { owner } = await bench()
  const refusal = new Refusal('unavailable', 'platform.disk_full', 'Full.', { retryAfterS: 30 })
  let full = false
  const { run } = await probeHouse({ closed: () => (full ? refusal : null) })
  await run('probe.set_thing', { name: 'a' }, { actor: owner })
  full = true
  const said = await refusalOf(() => run('probe.set_thing', { name: 'a' }, { actor: owner }))
  expect(said).toMatchObject({ kind: 'unavailable', code: 'platform.disk_full' })
  expect(await run('probe.get_thing', { name: 'a' }, { actor: owner })).toMatchObject({
    version: 1,
  })
})

test('a secret that was just opened leaves in no event and in no refusal', async () => {
  const b = await bench()
  const secret = 'otter-lamp-seven-canary'
  b.fixtures.scrubber.remember(secret, 60_000)
  await b.given.project()
  await b.given.tasks([{ title: `It says ${secret} here` }])
  const sealed = JSON.stringify(await b.ledger())
  expect(sealed).toContain('It says [secret] here')
  expect(sealed).not.toContain(secret)
  const refused = await b.refused('work.get_task', { id: `GH-1 ${secret}` })
  expect(JSON.stringify(refused)).not.toContain(secret)
})
