import { afterEach, expect, test } from 'vitest'
import { Refusal } from '../../kernel/refusal.ts'
import { bench } from '../../../test/bench.ts'
import { asAdmin } from '../../../test/server.ts'
import { openHooks, openReceiver, openSender, signedByGithub } from '../../../test/webhooks.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

type Bench = Awaited<ReturnType<typeof bench>>

/** Every row of every table, as text. */
const everything = async ({ target }: Bench): Promise<string> =>
  asAdmin(target, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition
          and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
    )
    const lines: string[] = []
    for (const { name } of rows) {
      const found = await client.query<{ line: string }>(`select t::text as line from ${name} t`)
      lines.push(...found.rows.map(({ line }) => `${name} ${line}`))
    }
    return lines.join('\n')
  })

const spellings = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret)
  const wide = ['', 'x', 'xy'].map((before) => Buffer.from(before + secret).toString('base64'))
  return [secret, bytes.toString('hex'), ...wide.map((text) => text.slice(4, 28))]
}

const expectNone = (text: string, secrets: readonly string[]) => {
  for (const one of secrets.flatMap(spellings)) {
    const at = text.indexOf(one)
    expect(at < 0 ? 'nothing' : text.slice(Math.max(0, at - 80), at + 40)).toBe('nothing')
  }
}

test('no secret of a webhook, and no address of a receiver, is kept or said anywhere', async () => {
  const b = await bench()
  const hooks = await openHooks(b)
  const receiver = await openReceiver()
  const sender = openSender(b, [receiver.port])
  closers.push(receiver.close, hooks.close, sender.close)
  const said: string[] = []
  const ask = async <T>(name: string, input: object, key?: string): Promise<T> => {
    const told = b.run<T>(name, input, b.owner, key)
    const note = (what: unknown) => said.push(`${name} ${JSON.stringify(what)}`)
    return told.catch((error: unknown) => {
      note(error instanceof Refusal ? [error.message, error.details] : String(error))
      throw error
    })
  }
  const given = 'CANARY-of-the-sender-0123456789'
  const path = `/services/CANARY-path/${'b'.repeat(24)}`
  const made = await ask<{ url: string; secret: string }>(
    'tools.create_webhook',
    { name: 'in', scheme: 'github' },
    'key-1',
  )
  const slack = { name: 'slack', scheme: 'slack', secret: given }
  expect(await ask('tools.create_webhook', slack, 'key-2')).toMatchObject({ secret: null })
  await ask('tools.create_webhook', slack).catch(() => null)
  await ask('tools.create_webhook', { ...slack, name: 'x', extra: given }).catch(() => null)
  const url = `http://127.0.0.1:${receiver.port}${path}`
  const wish = { name: 'out', url, events: ['*'] }
  const out = await ask<{ secret: string }>('tools.create_subscription', wish, 'key-3')
  await ask('tools.create_subscription', wish).catch(() => null)
  await ask('tools.create_subscription', { ...wish, url: `ftp://x${path}` }).catch(() => null)
  const rotated = await ask<{ secret: string }>('tools.rotate_webhook', { name: 'in' })
  const again = await ask<{ secret: string }>('tools.rotate_subscription', { name: 'out' })
  const secrets = [made, out, rotated, again].map(({ secret }) => secret.replace('whsec_', ''))
  // Both sides send back all that they know.
  const echo = { secrets, given, url, path }
  receiver.answer({ status: 500, body: JSON.stringify(echo).slice(0, 900) })
  const body = JSON.stringify({ ...echo, long: 'x' })
  const answer = await hooks.call(made.url, signedByGithub(made.secret, body, 'd'), body)
  expect(answer.status).toBe(202)
  await b.house.settle()
  await sender.settle()
  expect(receiver.arrived.length).toBeGreaterThan(1)
  expect(receiver.arrived[0]?.path).toBe(path)
  const { items } = await b.run('tools.list_deliveries', { name: 'out' })
  expect(items[0].said).toContain('[secret]')
  for (const name of ['tools.list_webhooks', 'tools.list_subscriptions']) {
    said.push(JSON.stringify(await b.run(name)), await b.say(name))
  }
  said.push(JSON.stringify(items), JSON.stringify(await b.ledger()))
  const canaries = [...secrets, given, 'CANARY-path']
  expectNone(said.join('\n'), canaries)
  const kept = await everything(b)
  expect(kept).toContain('tools.webhook_secret')
  expectNone(kept, canaries)
  await b.run('tools.delete_webhook', { name: 'in' })
  await b.run('tools.delete_subscription', { name: 'out' })
  const words = await b.database.read(b.orgId)<{ id: string }>`
    select id from tools.webhook_secret where org_id = ${b.orgId}`
  expect(words).toHaveLength(1)
})

test('agents change no webhook, whatever they were granted', async () => {
  const b = await bench()
  await b.given.project()
  await b.run('identity.create_role', {
    key: 'caller',
    permissions: ['webhook:read', 'webhook:write', 'project:read'],
  })
  const agent = await b.given.agent('dev', ['GH'])
  await b.run('identity.give_role', { handle: 'dev', role: 'caller', project: 'GH' })
  const place = { project: 'GH' }
  const hook = { name: 'a', scheme: 'github', ...place }
  const out = { name: 'a', url: 'https://example.com/', events: ['*'], ...place }
  for (const [name, input] of [
    ['tools.create_webhook', hook],
    ['tools.create_subscription', out],
  ] as const) {
    expect(await b.refused(name, input, agent)).toMatchObject({
      code: 'identity.not_allowed',
      said: expect.stringContaining('only people may'),
    })
  }
  expect(await b.run('tools.list_webhooks', place, agent)).toEqual({ items: [], next: null })
})

test('a webhook of a project is seen by those who may read it there', async () => {
  const b = await bench()
  await b.given.project()
  await b.given.project('OTHER')
  const make = (name: string, more: object) =>
    b.run('tools.create_webhook', { name, scheme: 'github', ...more })
  await make('wide', {})
  await make('gh', { project: 'GH' })
  await make('other', { project: 'OTHER' })
  const reader = await b.given.person('rae', 'viewer')
  await b.run('identity.give_role', { handle: 'rae', role: 'readonly', project: 'GH' })
  const names = async (as = b.owner, input = {}) => {
    const { items } = await b.run<{ items: { name: string }[] }>('tools.list_webhooks', input, as)
    return items.map(({ name }) => name)
  }
  expect(await names()).toEqual(['gh', 'other', 'wide'])
  expect(await names(reader)).toEqual(['gh'])
  const elsewhere = { name: 'other', project: 'OTHER' }
  expect(await b.refused('tools.list_webhook_calls', elsewhere, reader)).toMatchObject({
    kind: 'forbidden',
  })
  expect(await b.refused('tools.list_webhook_calls', { name: 'wide' }, reader)).toMatchObject({
    kind: 'forbidden',
  })
})

test('two changes of one webhook do not undo each other', async () => {
  const b = await bench()
  await b.run('tools.create_webhook', { name: 'in', scheme: 'github' })
  await b.run('tools.change_webhook', { name: 'in', active: false, version: 1 })
  expect(await b.refused('tools.change_webhook', { name: 'in', active: true, version: 1 })).toEqual(
    expect.objectContaining({ code: 'tools.webhook_changed', kind: 'conflict' }),
  )
  expect(await b.refused('tools.create_webhook', { name: 'in', scheme: 'github' })).toMatchObject({
    code: 'tools.webhook_exists',
  })
})

test('a rule says what it may do before it is kept', async () => {
  const b = await bench()
  await b.given.project()
  await b.given.project('OTHER')
  const make = (rule: object, more: object = {}) =>
    b.refused('tools.create_webhook', { name: 'in', scheme: 'github', rule, ...more })
  const rule = { project: 'GH', title: '{{a}}' }
  expect(await make({ ...rule, title: '{{a[0]}}' })).toMatchObject({
    code: 'tools.webhook_path_wrong',
  })
  expect(await make(rule, { project: 'OTHER' })).toMatchObject({
    code: 'tools.webhook_rule_elsewhere',
  })
  expect(await make({ ...rule, project: 'NO' })).toMatchObject({ kind: 'not_found' })
  const both = [{ path: 'a', equals: 1, in: [1] }]
  expect(await make({ ...rule, when: both })).toMatchObject({ kind: 'invalid' })
  expect(await b.refused('tools.create_webhook', { name: 'in', scheme: 'hmac' })).toMatchObject({
    code: 'tools.webhook_hmac_place',
  })
  expect(await b.refused('tools.create_webhook', { name: 'in', scheme: 'stripe' })).toMatchObject({
    code: 'tools.webhook_secret_needed',
  })
})
