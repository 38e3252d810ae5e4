import type { IncomingMessage } from 'node:http'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openEgress } from '../../src/platform/egress/egress.ts'
import { httpPost, refused, resolveTo } from './egress-ground.ts'

type Seen = Readonly<{ line: string; headers: IncomingMessage['headers'] }>

const bait = await httpPost((_request, response) => response.end('inside'), '127.0.0.2')
const seen: Seen[] = []
const plan = { status: 302, location: '/end' }
const noted = (request: IncomingMessage): void => {
  seen.push({ line: `${request.method} ${request.url}`, headers: request.headers })
}
const first = await httpPost((request, response) => {
  noted(request)
  if (request.url === '/end') return response.end('end')
  if (request.url === '/loop') return response.writeHead(302, { location: '/loop' }).end()
  const hops = Number(/^\/hops\/(\d)$/.exec(request.url ?? '')?.[1] ?? 0)
  if (hops > 0) return response.writeHead(302, { location: `/hops/${hops - 1}` }).end()
  if (request.url?.startsWith('/hops')) return response.end('end of hops')
  return response.writeHead(plan.status, { location: plan.location }).end('moved')
})
const second = await httpPost((request, response) => {
  noted(request)
  response.end('second')
})
const allow = [`127.0.0.1/32:${first.port}`, `127.0.0.1/32:${second.port}`]
const egress = openEgress({ allow, resolve: resolveTo('127.0.0.1') })
const from = `http://127.0.0.1:${first.port}`
const follow = egress.fetch({ redirects: 3 })

beforeEach(() => {
  seen.length = 0
  plan.status = 302
})
afterAll(async () => {
  await egress.stop()
  await Promise.all([bait, first, second].map((one) => one.stop()))
})

describe('without redirects', () => {
  test('a redirect comes back as it is', async () => {
    plan.location = `http://127.0.0.2:${bait.port}/`
    const response = await egress.fetch()(`${from}/start`)
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe(plan.location)
    expect(await response.text()).toBe('moved')
    expect(bait.touched()).toBe(0)
  })

  test('a caller that asks for an error gets a refusal', async () => {
    const refusal = await refused(egress.fetch()(`${from}/start`, { redirect: 'error' }))
    expect(refusal.code).toBe('platform.target_refused')
  })
})

describe('with three redirects', () => {
  test('the last answer says where it comes from', async () => {
    const response = await follow(`${from}/hops/3`)
    expect([response.url, response.redirected]).toEqual([`${from}/hops/0`, true])
    expect(await response.text()).toBe('end of hops')
    expect(seen).toHaveLength(4)
  })

  test('a fourth is refused, and a loop ends there', async () => {
    expect((await refused(follow(`${from}/hops/4`))).code).toBe('platform.target_refused')
    expect(seen).toHaveLength(4)
    expect((await refused(follow(`${from}/loop`))).code).toBe('platform.target_refused')
    expect(seen).toHaveLength(8)
  })

  test('a caller that follows by hand gets the redirect', async () => {
    const response = await follow(`${from}/loop`, { redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(seen).toHaveLength(1)
  })
})

describe('a redirect that is followed', () => {
  test.each([
    () => `http://127.0.0.2:${bait.port}/`,
    () => `//127.0.0.2:${bait.port}/`,
    () => `\\\\127.0.0.2:${bait.port}/`,
    () => `http://2130706434:${bait.port}/`,
    () => `http://[::ffff:127.0.0.2]:${bait.port}/`,
    () => `http://user:pass@127.0.0.1:${second.port}/`,
    () => `https://127.0.0.2:${bait.port}/`,
    () => 'https://169.254.169.254/latest/meta-data/',
    () => 'http://localhost/',
    () => 'file:///etc/passwd',
    () => 'https://',
  ])('is refused when it leads inside: %s', async (location) => {
    plan.location = location()
    const refusal = await refused(follow(`${from}/start`))
    expect(refusal).toMatchObject({ kind: 'invalid', code: 'platform.target_refused' })
    expect(refusal.message).not.toMatch(/127|169/)
    expect([bait.touched(), seen.length]).toEqual([0, 1])
  })

  test('has its name looked up and judged', async () => {
    const resolve = async (host: string) => [
      { address: host === 'inside.example' ? '127.0.0.2' : '127.0.0.1', family: 4 as const },
    ]
    const own = openEgress({ allow: [...allow, `10.0.0.0/8:${bait.port}`], resolve })
    plan.location = `http://inside.example:${bait.port}/`
    const call = own.fetch({ redirects: 3 })(`http://good.example:${first.port}/start`)
    expect((await refused(call)).code).toBe('platform.target_refused')
    expect(bait.touched()).toBe(0)
    await own.stop()
  })

  test('leaves credentials with their origin', async () => {
    const headers = { authorization: 'Bearer canary', cookie: 'a=canary', 'x-api-key': 'canary' }
    plan.location = '/end'
    await (await follow(`${from}/start`, { headers })).text()
    expect(seen[1]?.headers).toMatchObject(headers)
    plan.location = `http://127.0.0.1:${second.port}/take`
    const response = await follow(`${from}/start`, { headers })
    expect(await response.text()).toBe('second')
    expect(seen[3]?.line).toBe('GET /take')
    expect(JSON.stringify(seen[3])).not.toContain('canary')
  })

  test('does not post a secret to somebody else', async () => {
    plan.status = 307
    plan.location = `http://127.0.0.1:${second.port}/take`
    const call = follow(`${from}/start`, { method: 'POST', body: 'client_secret=canary' })
    expect((await refused(call)).code).toBe('platform.target_refused')
    expect(second.touched()).toBeLessThanOrEqual(1)
    expect(seen).toHaveLength(1)
  })
})
