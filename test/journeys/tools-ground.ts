import { createHmac, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectSocket } from '../../src/platform/postgres/probe.ts'
import { readLockFile } from '../../src/platform/postgres/processes.ts'
import { startPuppet } from '../tools/puppet.ts'
import type { TestHub } from '../hub.ts'
import { PASSWORD, totpCode } from '../web/people.ts'
import { later, until } from './ground.ts'

/** Plain JSON with named members. */
export type Fields = Readonly<Record<string, unknown>>

const isFields = (body: unknown): body is Fields => typeof body === 'object' && body !== null

/** Starts a server of tools that ends with the test. */
export const puppetOf = async (tools: readonly Fields[]) => {
  const puppet = await startPuppet(tools)
  later(() => puppet.stop())
  return puppet
}

/** Lets a hub reach servers at some ports of this machine. */
export const reaching = (...ports: readonly number[]): Readonly<Record<string, string>> => ({
  GUILDHALL_EGRESS_ALLOW: ports.map((port) => `127.0.0.1/32:${port}`).join(','),
})

/** Calls a hub and gives what it answered; throws what it refused. */
export const ask = async (
  hub: TestHub,
  route: string,
  { body, key }: Readonly<{ body?: object; key?: string }> = {},
): Promise<Fields> => {
  const [method = '', path = ''] = route.split(' ')
  const answer = await hub.api(method, `/v1${path}`, body, key)
  if (answer.status < 300 && isFields(answer.body)) return answer.body
  throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`)
}

/** An administrator of a hub at a page, signed in with two factors; the owner stays with a key. */
export const adminAtPage = async (hub: TestHub) => {
  let cookie = ''
  const page = async (at: TestHub, route: string, body: object = {}): Promise<Fields> => {
    const [method = '', path = ''] = route.split(' ')
    const headers = { 'content-type': 'application/json', cookie, origin: at.url }
    const answer = await fetch(`${at.url}/v1${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    })
    const given = answer.headers.getSetCookie()[0]?.split(';')[0]
    if (given !== undefined) cookie = given
    const said: unknown = await answer.json()
    if (answer.status < 300 && isFields(said)) return said
    throw new Error(`${route}: ${answer.status} ${JSON.stringify(said)}`)
  }
  const body = { email: 'ada@example.org', role: 'admin' }
  const { link } = await ask(hub, 'POST /invitations', { body })
  const token = new URL(String(link)).hash.slice(1)
  await page(hub, 'POST /invitations/accept', { token, name: 'Ada', password: PASSWORD })
  const { secret } = await page(hub, 'POST /me/totp')
  await page(hub, 'POST /me/totp/confirm', { code: totpCode(String(secret)) })
  return page
}

/** Runs statements on the database of a running hub, as its administrator. */
export const inDatabase = async <T>(
  hub: TestHub,
  work: (query: (text: string, values?: readonly unknown[]) => Promise<readonly Fields[]>) => T,
): Promise<Awaited<T>> => {
  const lock = await readLockFile(join(hub.home, 'postgres', 'data-18'))
  if (lock === undefined) throw new Error('The hub has a server.')
  const client = await connectSocket(lock.socketDir, 'guildhall')
  try {
    return await work(async (text, values = []) => (await client.query(text, [...values])).rows)
  } finally {
    await client.end()
  }
}

/** A program as a server of a hub, written where an entry of the catalogue would have put it. */
export const plantProgram = async (
  hub: TestHub,
  { slug, script, argv }: Readonly<{ slug: string; script: string; argv: readonly string[] }>,
): Promise<void> => {
  const config = {
    ...{ program: script, node: true, argv, environment: {}, cwd: null, isolate: 'no' },
    ...{ instances: 'credential', shows: [], trust: true, review: false },
  }
  await inDatabase(hub, async (query) => {
    const [org] = await query('select org_id as id from identity.principal limit 1')
    const [person] = await query(`select id from identity.principal where kind = 'person' limit 1`)
    const id = randomUUID()
    await query(
      `insert into tools.upstream (org_id, id, slug, title, kind, era, config, credential, auth,
         balance, enabled, owner_id, created_at, version)
       values ($1, $2, $3, $3, 'stdio', 'legacy', $4, 'none', '{"kind":"none"}',
         'least_connections', true, $5, now(), 1)`,
      [org?.['id'], id, slug, JSON.stringify(config), person?.['id']],
    )
    const rules = { approval: 'never', egress: 'internal', untrusted: false, effect: 'write' }
    await query(
      `insert into tools.policy (org_id, upstream_id, tool, rules, version)
       values ($1, $2, '', $3, 1)`,
      [org?.['id'], id, JSON.stringify(rules)],
    )
  })
}

/** Finds the processes whose command line holds a word. */
export const processesWith = async (word: string): Promise<readonly number[]> => {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    const line = await readFile(join('/proc', name, 'cmdline'), 'utf8').catch(() => '')
    if (line.includes(word)) found.push(Number(name))
  }
  return found
}

/** Waits until a call of a hub stands as wanted; gives it. */
export const callIn = async (
  hub: TestHub,
  key: string,
  states: readonly string[],
): Promise<Fields> => {
  let found: Fields = {}
  await until(`${key} is ${states.join(' or ')}`, async () => {
    const { items } = await ask(hub, 'GET /tool-calls?limit=100')
    const all: readonly unknown[] = Array.isArray(items) ? items : []
    found = all.filter(isFields).find((one) => one['key'] === key) ?? {}
    return states.includes(String(found['state']))
  })
  return found
}

/** A word that is in no other process. */
export const mark = (): string =>
  `mark-${createHmac('sha256', randomUUID()).digest('hex').slice(0, 12)}`
