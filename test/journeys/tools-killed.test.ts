import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { said, toolNamed } from '../tools/puppet.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { hubOf, later, until } from './ground.ts'
import {
  adminAtPage,
  ask,
  callIn,
  type Fields,
  inDatabase,
  mark,
  plantProgram,
  processesWith,
  puppetOf,
  reaching,
} from './tools-ground.ts'

// What becomes of calls when the hub dies: between a person's yes and the call, during it, between
// the server's answer and the record. A real hub, a home of its own, kill -9.

const ASKED = { approval: 'always', egress: 'internal', untrusted: false, effect: 'write' }
const FREE = { ...ASKED, approval: 'never' }
/** Calls that are asked for, and which of them the server does not answer. */
const CALLS = 8
const HELD_AT = 3
const PROGRAM = fileURLToPath(new URL('../chaos/chaos-program.ts', import.meta.url))

/** Lets what was begun have been begun so long ago that nobody can be working on it any more. */
const elevenMinutesLater = (hub: TestHub) =>
  inDatabase(hub, async (query) => {
    await query(`update tools.parked_call set call_at = call_at - interval '12 minutes',
                   sent_at = sent_at - interval '12 minutes' where state = 'sent'`)
    await query(`update tools.call set at = at - interval '12 minutes' where state = 'begun'`)
  })

/** A hub that dies in the test; where another does not take its home over, it is closed, too. */
const mortalHub = async (env: Readonly<Record<string, string>>): Promise<TestHub> => {
  const hub = await startTestHub({ env })
  later(() => hub.stop())
  return hub
}

/** A hub whose agent has asked for calls of a server, one of which will hang. */
const asking = async () => {
  const bank = await puppetOf([toolNamed('pay')])
  const held = Promise.withResolvers<void>()
  let left = HELD_AT
  bank.acts.set('pay', async ({ params }) => {
    // When the hub dies, some calls are done, one is on its way, and others wait.
    left -= 1
    if (left === 0) await held.promise
    return said(JSON.stringify(params['arguments']))
  })
  const env = reaching(bank.port)
  const first = await mortalHub(env)
  const page = await adminAtPage(first)
  const post = (path: string, body: object = {}) => page(first, `POST ${path}`, body)
  await post('/projects', { key: 'GH', name: 'Main' })
  await post('/tool-servers', { slug: 'bank', url: bank.url, trust: true, rules: ASKED })
  const { key: agent } = await post('/agents', { name: 'dev-1', projects: ['GH'] })
  const parked: Fields[] = []
  for (let sum = 1; sum <= CALLS; sum += 1) {
    const body = { args: { sum } }
    parked.push(await ask(first, 'POST /tools/bank__pay/calls', { body, key: String(agent) }))
  }
  const approve = ({ approval }: Fields) =>
    post(`/approvals/${String(approval)}/decide`, { decision: 'approve' })
  return { bank, held, env, first, parked, approve, isHeld: () => left <= 0 }
}

const callsOf = async (hub: TestHub): Promise<readonly Fields[]> => {
  const { items } = await ask(hub, 'GET /tool-calls?limit=100')
  return Array.isArray(items) ? items : []
}

test('approved calls are made once or told as unknown, whenever the hub dies', async () => {
  const { bank, held, env, first, parked, approve, isHeld } = await asking()
  expect(parked.map(({ state }) => state)).toEqual(Array(CALLS).fill('parked'))
  for (const one of parked.slice(0, -2)) await approve(one)
  await until('a call is on its way', isHeld)
  // These are approved, and the hub is gone before it can take them up.
  await Promise.all(parked.slice(-2).map(approve))
  await first.kill9()
  const before = new Set(bank.calls().map((args) => args['sum']))
  held.resolve()
  await elevenMinutesLater(first)

  const hub = await hubOf({ home: first.home, env })
  await until('everything approved has come to an end that is told', async () =>
    (await callsOf(hub)).every(({ state }) => state === 'done' || state === 'unknown'),
  )
  const states = new Map((await callsOf(hub)).map(({ key, state }) => [key, state]))
  const made = parked.map(({ key }, at) => ({ sum: at + 1, state: states.get(key) }))
  // Done means made once; what was begun when the hub died was made once or never.
  for (const { sum, state } of made) {
    const times = bank.calls().filter((args) => args['sum'] === sum).length
    expect([sum, times]).toEqual([sum, state === 'done' ? 1 : Math.min(times, 1)])
    if (state === 'unknown' && times === 1) expect(before.has(sum)).toBe(true)
  }
  expect(made.find(({ state }) => state === 'unknown')).toBeDefined()
  expect(made.filter(({ state }) => state === 'done').length).toBeGreaterThanOrEqual(2)
  expect(await ask(hub, 'GET /ledger/verify')).toMatchObject({ ok: true })
}, 180_000)

test('a call that was under way is not made again, and its end is told as unknown', async () => {
  const bank = await puppetOf([toolNamed('hold'), toolNamed('answer'), toolNamed('pay')])
  const env = reaching(bank.port)
  const first = await mortalHub(env)
  const held = Promise.withResolvers<void>()
  bank.acts.set('hold', async () => {
    await held.promise
    return said('held')
  })
  // Answers, and ends the hub in the moment in which the answer has left.
  bank.acts.set('answer', ({ res, id }) => {
    const result = said('answered')
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ jsonrpc: '2.0', id, result }), () =>
      process.kill(first.pid, 'SIGKILL'),
    )
    return null
  })
  await ask(first, 'POST /tool-servers', {
    body: { slug: 'bank', url: bank.url, trust: true, rules: FREE },
  })
  const call = (hub: TestHub, name: string, key: string) =>
    fetch(`${hub.url}/v1/tools/bank__${name}/calls`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${hub.ownerKey}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ args: { key } }),
    }).then(
      async (answer) => ({ status: answer.status, text: await answer.text() }),
      () => ({ status: 0, text: '' }),
    )
  const paid = await Promise.all(Array.from({ length: 50 }, () => call(first, 'pay', 'pay-1')))
  expect(new Set(paid.map(({ status }) => status))).toEqual(new Set([200]))
  expect(bank.calls('pay')).toHaveLength(1)
  const holding = call(first, 'hold', 'hold-1')
  await until('the call is there', () => bank.calls('hold').length === 1)
  const answering = await call(first, 'answer', 'answer-1')
  await holding
  held.resolve()
  expect(answering.status === 0 || answering.text.includes('answered')).toBe(true)
  await elevenMinutesLater(first)

  const hub = await hubOf({ home: first.home, env })
  const again = [
    await call(hub, 'hold', 'hold-1'),
    await call(hub, 'answer', 'answer-1'),
    await call(hub, 'pay', 'pay-1'),
  ]
  expect(again.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(bank.calls().length).toBe(3)
  expect(again[0]?.text).toMatch(/under way|nobody knows/)
  const { state } = await callIn(hub, 'TC-2', ['unknown'])
  expect(state).toBe('unknown')
  const last = await call(hub, 'hold', 'hold-1')
  expect(last.text).toContain('nobody knows whether it was done')
  expect(bank.calls('hold')).toHaveLength(1)
}, 150_000)

test('programs that a killed hub left behind are ended by the next one', async () => {
  const word = mark()
  later(async () => {
    for (const pid of await processesWith(word)) process.kill(pid, 'SIGKILL')
  })
  const first = await mortalHub({})
  await plantProgram(first, { slug: 'stay', script: PROGRAM, argv: ['stay', word] })
  await ask(first, 'POST /tool-servers/stay/refresh')
  expect((await ask(first, 'POST /tools/stay__well/calls', { body: {} }))['state']).toBe('done')
  const left = await processesWith(word)
  expect(left.length).toBe(1)
  await first.kill9()
  expect(await processesWith(word)).toEqual(left)
  const hub = await hubOf({ home: first.home })
  await until('the orphan is gone', async () => (await processesWith(word)).length === 0)
  expect((await ask(hub, 'POST /tools/stay__well/calls', { body: {} }))['state']).toBe('done')
  expect((await processesWith(word)).filter((pid) => left.includes(pid))).toEqual([])
  await hub.stop({ keep: true })
  expect(await processesWith(word)).toEqual([])
}, 90_000)

test('a credential that a server says back is in no answer, log or line of a hub', async () => {
  const canary = `CANARY-${mark()}-end`
  const spy = await puppetOf(['say', 'fail', 'break'].map((name) => toolNamed(name)))
  const got = (headers: Readonly<Record<string, unknown>>) => String(headers['x-api-key'])
  spy.acts.set('say', ({ headers }) =>
    said(`${got(headers)} ${Buffer.from(got(headers)).toString('base64')}`),
  )
  spy.acts.set('fail', ({ headers }) => said(got(headers), { isError: true }))
  spy.acts.set('break', ({ headers, res }) => {
    res.writeHead(500, { 'x-echo': got(headers) }).end(got(headers))
    return null
  })
  const hub = await hubOf({ env: reaching(spy.port) })
  const auth = { kind: 'header', name: 'X-Api-Key' }
  const body = { slug: 'spy', url: spy.url, trust: true, rules: FREE, credential: 'shared', auth }
  await ask(hub, 'POST /tool-servers', { body })
  await ask(hub, 'POST /tool-servers/spy/connection', { body: { value: canary } })
  await ask(hub, 'POST /tool-servers/spy/refresh')
  const answers: string[] = []
  for (const name of ['say', 'fail', 'break']) {
    const answer = await hub.api('POST', `/v1/tools/spy__${name}/calls`, { args: {} })
    answers.push(JSON.stringify(answer.body))
  }
  for (const path of [
    '/v1/tool-calls',
    '/v1/tool-servers',
    '/v1/tools/spy__say',
    '/v1/ledger/events',
  ]) {
    answers.push(JSON.stringify((await hub.api('GET', path)).body))
  }
  expect(JSON.stringify(spy.heard)).toContain(canary)
  expect(answers.join('')).toContain('[secret]')
  const log = await readFile(join(hub.home, 'log', 'hub.log'), 'utf8')
  const encoded = Buffer.from(canary).toString('base64').slice(0, 24)
  for (const text of [answers.join(''), hub.said(), log]) {
    expect(text).not.toContain(canary)
    expect(text).not.toContain(encoded)
  }
}, 60_000)
