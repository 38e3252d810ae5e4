import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { openEgress } from '../../src/platform/egress/egress.ts'
import type { Certificate } from './egress-certificate.ts'
import { selfSigned } from './egress-certificate.ts'
import type { Post } from './egress-ground.ts'
import { httpPost, post, refused, resolveTo } from './egress-ground.ts'

const trusted = selfSigned('good.example')
const stranger = selfSigned('good.example')
const authorities = getCACertificates('default')
setDefaultCACertificates([...authorities, trusted.cert])

const seen: string[] = []
const plain = await httpPost((_request, response) => response.end('plain'))
const answer = (request: IncomingMessage, response: ServerResponse): void => {
  const name = request.socket instanceof TLSSocket ? String(request.socket.servername) : ''
  seen.push([name, request.headers.host, request.url].join(' '))
  const location = `http://good.example:${plain.port}/`
  if (request.url === '/down') response.writeHead(302, { location }).end()
  else response.end('sealed')
}
const sealed = (certificate: Certificate): Promise<Post> =>
  post(createServer({ ...certificate }, answer))
const honest = await sealed(trusted)
const posing = await sealed(stranger)
const egress = openEgress({
  allow: [honest, posing, plain].map(({ port }) => `127.0.0.1/32:${port}`),
  resolve: resolveTo('127.0.0.1'),
})

afterAll(async () => {
  await egress.stop()
  await Promise.all([honest, posing, plain].map((one) => one.stop()))
  setDefaultCACertificates(authorities)
})

describe('TLS', () => {
  test('greets with the name, asks with the name, at the pinned address', async () => {
    seen.length = 0
    const response = await egress.fetch()(`https://good.example:${honest.port}/a`)
    expect(await response.text()).toBe('sealed')
    expect(seen).toEqual([`good.example good.example:${honest.port} /a`])
  })

  test.each([
    ['of nobody we trust', () => `https://good.example:${posing.port}/`],
    ['for another name', () => `https://other.example:${honest.port}/`],
    ['for a name, not for its address', () => `https://127.0.0.1:${honest.port}/`],
    [
      'that is missing, because the other side is plain',
      () => `https://good.example:${plain.port}/`,
    ],
  ])('refuses a certificate %s', async (_what, url) => {
    seen.length = 0
    const refusal = await refused(egress.fetch()(url()))
    expect(refusal).toMatchObject({ kind: 'unavailable', code: 'platform.target_away' })
    expect(seen).toEqual([])
  })

  test('cannot be told by the environment to trust everybody', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const call = egress.fetch()(`https://good.example:${posing.port}/`)
    expect((await refused(call)).code).toBe('platform.target_away')
    vi.unstubAllEnvs()
  })

  test('is not given up for a redirect to plain http, even to an allowed target', async () => {
    const before = plain.touched()
    const direct = await egress.fetch()(`http://good.example:${plain.port}/`)
    expect(await direct.text()).toBe('plain')
    const call = egress.fetch({ redirects: 3 })(`https://good.example:${honest.port}/down`)
    expect((await refused(call)).code).toBe('platform.target_refused')
    expect(plain.touched()).toBe(before + 1)
  })
})
