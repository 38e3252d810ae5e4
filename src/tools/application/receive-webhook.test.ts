import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { openHooks, signedByGithub } from '../../../test/webhooks.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const RULE = {
  project: 'GH',
  title: 'Issue {{issue.number}}: {{issue.title}}',
  body: 'Opened by {{issue.user}}:\n{{issue.body}}',
  type: 'bug',
  labels: ['from-github'],
  when: [{ path: '$headers.x-github-event', equals: 'issues' }],
  dedupe: 'issue.number',
}
const ISSUE = {
  action: 'opened',
  issue: { number: 7, title: 'It <b>breaks</b>', user: '@ana', body: '# Steps\n\nrun `x`' },
}

type Made = { url: string; secret: string }

const world = async () => {
  const b = await bench()
  await b.given.project()
  const hooks = await openHooks(b)
  closers.push(hooks.close)
  const make = (name: string, more: object = {}) =>
    b.run<Made>('tools.create_webhook', { name, scheme: 'github', ...more })
  const events = async (name = 'tools.webhook_received') =>
    (await b.ledger()).filter((event) => event.name === name)
  const calls = async (name: string) =>
    (await b.run<{ items: object[] }>('tools.list_webhook_calls', { name })).items
  return { ...b, ...hooks, make, events, calls }
}

/** Sends a body as GitHub would. */
const sending = ({ call }: Pick<Awaited<ReturnType<typeof world>>, 'call'>, made: Made) => {
  return (body: unknown, delivery: string = crypto.randomUUID()) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return call(made.url, signedByGithub(made.secret, text, delivery), text)
  }
}

test('a signed call becomes an event with headers and body, and no proof', async () => {
  const w = await world()
  const made = await w.make('plain')
  const send = sending(w, made)
  expect(await send({ hello: 'hall' }, 'd-1')).toMatchObject({ status: 202, said: { taken: true } })
  const [event, ...more] = await w.events()
  expect(more).toEqual([])
  expect(event?.data).toMatchObject({ outcome: 'kept', bytes: 16, isCut: false, projectId: null })
  expect(event?.parts['content']).toEqual({
    name: 'plain',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'node',
      'x-github-event': 'issues',
      'x-github-delivery': 'd-1',
    },
    body: '{"hello":"hall"}',
  })
  expect(await w.verify()).toMatchObject({ ok: true })
})

test('a rule makes a task of a call, with the words of the sender as a quotation', async () => {
  const w = await world()
  const send = sending(w, await w.make('issues', { rule: RULE }))
  expect((await send(ISSUE)).status).toBe(202)
  expect(await w.calls('issues')).toMatchObject([{ outcome: 'task', task: 'GH-1', why: null }])
  expect(await w.run('work.get_task', { key: 'GH-1' })).toMatchObject({
    title: 'Issue 7: It <b>breaks</b>',
    type: 'bug',
    labels: ['from-github'],
    body: [
      'From the webhook issues: what it quotes was written outside the hall.',
      '',
      'Opened by \\@ana:',
      '> \\# Steps',
      '> ',
      '> run \\`x\\`',
    ].join('\n'),
  })
  const [event] = await w.events()
  expect(event?.data).toMatchObject({ outcome: 'task', taskKey: 'GH-1' })
})

test('a later call about the same thing comments on its task', async () => {
  const w = await world()
  const send = sending(w, await w.make('issues', { rule: RULE }))
  await send(ISSUE)
  await send({ ...ISSUE, action: 'edited' })
  await send({ ...ISSUE, issue: { ...ISSUE.issue, number: 8 } })
  expect(await w.calls('issues')).toMatchObject([
    { outcome: 'task', task: 'GH-2' },
    { outcome: 'comment', task: 'GH-1' },
    { outcome: 'task', task: 'GH-1' },
  ])
  const { items } = await w.run('work.list_comments', { key: 'GH-1' })
  expect(items).toHaveLength(1)
})

test('what a rule is not about makes no task', async () => {
  const w = await world()
  const when = [{ path: 'action', in: ['closed', 'deleted'] }]
  const send = sending(w, await w.make('issues', { rule: { ...RULE, when } }))
  expect((await send(ISSUE)).status).toBe(202)
  expect(await w.calls('issues')).toMatchObject([{ outcome: 'unmatched', task: null }])
  expect(await w.run('work.find_tasks', { q: '' })).toMatchObject({ total: 0 })
})

test('fifty equal deliveries at once are one event and one task', async () => {
  const w = await world()
  const send = sending(w, await w.make('issues', { rule: RULE }))
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(ISSUE, 'same')))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 202))
  expect(answers.filter(({ said }) => said.taken === true)).toHaveLength(1)
  expect(await w.events()).toHaveLength(1)
  expect(await w.run('work.find_tasks', { q: '' })).toMatchObject({ total: 1 })
})

test('twenty different deliveries at once about one thing are one task', async () => {
  const w = await world()
  const send = sending(w, await w.make('issues', { rule: RULE }))
  await Promise.all(Array.from({ length: 20 }, (_, at) => send({ ...ISSUE, at })))
  expect(await w.events()).toHaveLength(20)
  expect(await w.run('work.find_tasks', { q: '' })).toMatchObject({ total: 1 })
  const { total } = await w.run('work.list_comments', { key: 'GH-1' })
  expect(total).toBe(19)
})

test('a call is not taken again under another name, since the name is not signed', async () => {
  const w = await world()
  const send = sending(w, await w.make('issues', { rule: RULE }))
  expect((await send(ISSUE, 'first')).said).toEqual({ taken: true })
  expect(await send(ISSUE, 'second')).toMatchObject({ status: 202, said: { taken: false } })
  expect(await w.events()).toHaveLength(1)
})

test('unknown, wrongly signed and switched off answer the same bytes', async () => {
  const w = await world()
  const made = await w.make('plain')
  const body = JSON.stringify(ISSUE)
  const good = signedByGithub(made.secret, body, 'd')
  const bad = signedByGithub('another secret', body, 'd')
  const nobody = `/hooks/${'A'.repeat(24)}`
  const unsigned = await w.call(made.url, { 'x-github-delivery': 'd' }, body)
  const answers = [
    await w.call(nobody, good, body),
    await w.call('/hooks/short', good, body),
    await w.call(made.url, bad, body),
    await w.call(made.url, good, `${body} `),
    unsigned,
  ]
  await w.run('tools.change_webhook', { name: 'plain', active: false })
  answers.push(await w.call(made.url, good, body))
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404])
  expect(new Set(answers.map(({ said }) => JSON.stringify(said))).size).toBe(1)
  expect(await w.events()).toEqual([])
  await w.run('tools.change_webhook', { name: 'plain', active: true })
  expect((await w.call(made.url, good, body)).status).toBe(202)
  await w.run('tools.delete_webhook', { name: 'plain' })
  expect((await w.call(made.url, good, body)).status).toBe(404)
})

test('a signed moment of five minutes ago is too late', async () => {
  const w = await world()
  const made = await w.make('timed', { scheme: 'standard-webhooks' })
  const signed = (id: string, seconds: number) => {
    const key = Buffer.from(made.secret.replace('whsec_', ''), 'base64')
    const text = createHmac('sha256', key).update(`${id}.${seconds}.{}`).digest('base64')
    const sent = { 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${text}` }
    return w.call(made.url, { 'webhook-id': id, ...sent }, '{}')
  }
  const now = Math.floor(w.clock.now() / 1_000)
  expect((await signed('m1', now)).status).toBe(202)
  expect((await signed('m1', now)).said).toEqual({ taken: false })
  expect((await signed('m2', now - 310)).status).toBe(404)
  expect((await signed('m3', now + 310)).status).toBe(404)
})

test('Slack gets its word back, once it has proven who it is', async () => {
  const w = await world()
  const secret = 'a signing secret of Slack'
  const made = await w.make('slack', { scheme: 'slack', secret })
  const body = JSON.stringify({ type: 'url_verification', challenge: 'abc123' })
  const sent = String(Math.floor(w.clock.now() / 1_000))
  const mac = (by: string) => createHmac('sha256', by).update(`v0:${sent}:${body}`).digest('hex')
  const sign = (by: string) => ({
    'x-slack-request-timestamp': sent,
    'x-slack-signature': `v0=${mac(by)}`,
  })
  const target = `http://127.0.0.1:${w.port}${new URL(made.url).pathname}`
  const answer = await fetch(target, { method: 'POST', headers: sign(secret), body })
  expect([answer.status, await answer.text()]).toEqual([200, 'abc123'])
  expect((await w.call(made.url, sign('x'), body)).status).toBe(404)
})

test('while a secret is exchanged both count, a day later the new one alone', async () => {
  const w = await world()
  const made = await w.make('plain')
  const old = sending(w, made)
  const { secret } = await w.run<Made>('tools.rotate_webhook', { name: 'plain' })
  const fresh = sending(w, { url: made.url, secret })
  expect((await old({ n: 1 })).status).toBe(202)
  expect((await fresh({ n: 2 })).status).toBe(202)
  const third = await w.run<Made>('tools.rotate_webhook', { name: 'plain' })
  expect((await old({ n: 3 })).status).toBe(404)
  expect((await fresh({ n: 4 })).status).toBe(202)
  w.clock.turn(24 * 3_600_000 + 1)
  expect((await fresh({ n: 5 })).status).toBe(404)
  expect((await sending(w, { url: made.url, secret: third.secret })({ n: 6 })).status).toBe(202)
})

test('a failed rule leaves no task; the call is kept with the reason', async () => {
  const w = await world()
  const send = sending(w, await w.make('issues', { rule: RULE }))
  await w.run('work.archive_project', { id: 'GH' })
  expect((await send(ISSUE)).status).toBe(202)
  expect(await w.calls('issues')).toMatchObject([
    { outcome: 'failed', task: null, why: 'work.project_archived' },
  ])
  const empty = sending(w, await w.make('empty', { rule: { ...RULE, title: '{{nothing}}' } }))
  expect((await empty(ISSUE)).status).toBe(202)
  expect(await w.calls('empty')).toMatchObject([{ why: 'tools.webhook_title_empty' }])
  const [event] = await w.events()
  expect(event?.data).toMatchObject({ outcome: 'failed', why: 'work.project_archived' })
})

test('a rule has the rights of its maker at the moment of the call', async () => {
  const w = await world()
  const admin = await w.given.person('adi', 'admin')
  const rule = { ...RULE, dedupe: 'action' }
  const made = await w.run<Made>(
    'tools.create_webhook',
    { name: 'issues', scheme: 'github', rule },
    admin,
  )
  const send = sending(w, made)
  await send(ISSUE)
  await w.run('identity.suspend_principal', { handle: 'adi' })
  expect((await send({ ...ISSUE, again: true })).status).toBe(202)
  expect(await w.calls('issues')).toMatchObject([
    { outcome: 'failed', why: 'tools.webhook_rule_not_allowed' },
    { outcome: 'task' },
  ])
})

test('a body of a megabyte is taken, and one byte more is not', async () => {
  const w = await world()
  const send = sending(w, await w.make('plain'))
  const frame = JSON.stringify({ t: '' }).length
  expect((await send({ t: 'x'.repeat(1_048_576 - frame) })).status).toBe(202)
  const [event] = await w.events()
  expect(event?.data).toMatchObject({ bytes: 1_048_576, isCut: true })
  expect(String(event?.parts['content']?.['body'])).toHaveLength(32_768)
  expect((await send({ t: 'x'.repeat(1_048_577 - frame) })).status).toBe(413)
})

test('a body in chunks without an end is cut off at a megabyte', async () => {
  const w = await world()
  const made = await w.make('plain')
  const socket = connect(w.port, '127.0.0.1')
  const path = new URL(made.url).pathname
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost:${w.port}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  )
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
  for (let count = 0; count < 17; count += 1) socket.write(chunk)
  const answer = await new Promise<string>((resolve, reject) => {
    socket.once('data', (data) => resolve(data.toString()))
    socket.once('error', reject)
  })
  socket.destroy()
  expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 413 Payload Too Large')
})

test('bytes that are no text are kept as text can be kept', async () => {
  const w = await world()
  const made = await w.make('bytes', { scheme: 'gitlab' })
  const body = new Uint8Array([0, 255, 254, 65, 0, 66])
  const answer = await w.call(made.url, { 'x-gitlab-token': made.secret }, body)
  expect(answer.status).toBe(202)
  const [event] = await w.events()
  expect(event?.parts['content']?.['body']).toBe('\ufffd\ufffdAB')
})

test('only POST is answered', async () => {
  const w = await world()
  const { url } = await w.make('plain')
  const target = `http://127.0.0.1:${w.port}${new URL(url).pathname}`
  const answer = await fetch(target)
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
})
