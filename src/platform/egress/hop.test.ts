import { describe, expect, test } from 'vitest'
import { readAllowList } from './allow-list.ts'
import { firstHop, nextHop } from './hop.ts'
import { readTarget } from './target.ts'

const allow = readAllowList(['127.0.0.1/32:8080'])
const hopTo = (url: string, init?: RequestInit) =>
  firstHop(readTarget(url, allow), new Request(url, init))

const SECRETS = {
  authorization: 'Bearer x',
  cookie: 'a=b',
  'x-api-key': 'x',
  'mcp-session-id': 'x',
}

describe('the first request', () => {
  test('takes nothing from the caller that the connection decides', async () => {
    const headers = {
      host: 'evil.example',
      connection: 'upgrade',
      upgrade: 'h2c',
      te: 'trailers',
      'transfer-encoding': 'chunked',
      'content-length': '7',
      'proxy-authorization': 'x',
      expect: '100-continue',
      'x-mine': 'kept',
    }
    const hop = await hopTo('https://example.com/', { headers })
    expect(Object.keys(hop.headers).toSorted()).toEqual(['accept-encoding', 'user-agent', 'x-mine'])
  })

  test('holds its body and refuses one that is too large', async () => {
    const small = await hopTo('https://example.com/', { method: 'POST', body: 'a=b' })
    expect(Buffer.from(small.body ?? []).toString()).toBe('a=b')
    const body = Buffer.alloc(16_000_001)
    await expect(hopTo('https://example.com/', { method: 'POST', body })).rejects.toMatchObject({
      code: 'platform.request_too_large',
    })
  })
})

describe('a redirect', () => {
  test('to the same origin keeps what was sent', async () => {
    const hop = await hopTo('https://example.com/a', { headers: SECRETS })
    const next = nextHop(hop, { status: 302, location: 'b?c' }, allow)
    expect(next.target.url.href).toBe('https://example.com/b?c')
    expect(next.headers).toMatchObject(SECRETS)
  })

  test.each(['https://other.example/', 'https://example.com:8443/', '//sub.example.com/'])(
    'to %s takes no credential along',
    async (location) => {
      const hop = await hopTo('https://example.com/a', {
        headers: { ...SECRETS, accept: 'text/html' },
      })
      const next = nextHop(hop, { status: 302, location }, allow)
      expect(Object.keys(next.headers).toSorted()).toEqual([
        'accept',
        'accept-encoding',
        'user-agent',
      ])
    },
  )

  test.each([
    [301, 'POST', 'GET', null],
    [302, 'POST', 'GET', null],
    [303, 'POST', 'GET', null],
    [303, 'PUT', 'GET', null],
    [301, 'PUT', 'PUT', 'x'],
    [307, 'POST', 'POST', 'x'],
    [308, 'POST', 'POST', 'x'],
  ])('%i of a %s asks with %s', async (status, method, then, body) => {
    const headers = { 'content-type': 'text/plain' }
    const hop = await hopTo('https://example.com/', { method, headers, body: 'x' })
    const next = nextHop(hop, { status, location: '/b' }, allow)
    expect(next.method).toBe(then)
    expect(next.body && Buffer.from(next.body).toString()).toBe(body)
    expect('content-type' in next.headers).toBe(body !== null)
  })

  test.each([
    'http://example.com/',
    'http://127.0.0.1:8080/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://user@example.com/',
    '//[::1]/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
  ])('to %s is refused', async (location) => {
    const hop = await hopTo('https://example.com/')
    expect(() => nextHop(hop, { status: 302, location }, allow)).toThrow(
      expect.objectContaining({ code: 'platform.target_refused' }),
    )
  })

  test('never carries a body to another origin', async () => {
    const hop = await hopTo('https://example.com/', { method: 'POST', body: 'client_secret=x' })
    const answer = { status: 307, location: 'https://other.example/' }
    expect(() => nextHop(hop, answer, allow)).toThrow(/redirects where/)
  })
})
