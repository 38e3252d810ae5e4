import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect } from 'node:net'
import { brotliCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { TASK_OPERATIONS, testHall } from '../../../test/http-hall.ts'
import { operation } from '../../kernel/operation.ts'
import { openApi } from '../http/openapi.ts'
import { operationRoutes } from '../http/route-table.ts'
import { httpServer } from '../http/server.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'guildhall-web-'))
const webRoot = path.join(folder, 'dist')
mkdirSync(path.join(webRoot, 'assets'), { recursive: true })
writeFileSync(path.join(webRoot, 'index.html'), '<!doctype html><title>Hall</title>')
const script = `// ${'x'.repeat(4000)}`
writeFileSync(path.join(webRoot, 'assets', 'app-1a2b.js'), script)
writeFileSync(path.join(webRoot, 'assets', 'app-1a2b.js.br'), brotliCompressSync(script))
writeFileSync(path.join(folder, 'secret.txt'), 'swordfish')
symlinkSync(path.join(folder, 'secret.txt'), path.join(webRoot, 'link.txt'))

const given = testHall()
const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'guildhall_up 1\n' }
const publicUrl = 'https://hall.example.org'
const hub = httpServer({ hall: given.hall, version: '1.2.3', webRoot, metrics, publicUrl })
let base = ''
let port = 0

beforeAll(async () => {
  port = (await hub.listen({ host: '127.0.0.1', port: 0 })).port
  base = `http://127.0.0.1:${port}`
})
afterAll(() => hub.close(500))

const PAGE = { accept: 'text/html,*/*;q=0.8' }
const get = (pathname: string, headers: Record<string, string> = {}) =>
  fetch(`${base}${pathname}`, { headers })

test('the page is served fresh, its assets for ever', async () => {
  const index = await get('/')
  expect([index.status, await index.text()]).toEqual([200, '<!doctype html><title>Hall</title>'])
  expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(index.headers.get('cache-control')).toBe('no-cache')
  const again = await get('/', { 'if-none-match': index.headers.get('etag') ?? '' })
  expect(again.status).toBe(304)
  const asset = await get('/assets/app-1a2b.js')
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
})

test.each([
  ['gzip, deflate, br;q=1.0', 'br'],
  ['deflate,gzip , br;q=0', 'gzip'],
  ['gzip;q=0.5', 'gzip'],
  ['gzip;q=0.0, brotli', null],
  ['identity', null],
])('whoever takes %s gets %s', async (accepts, packing) => {
  const asset = await get('/assets/app-1a2b.js', { 'accept-encoding': accepts })
  expect([asset.headers.get('content-encoding'), await asset.text()]).toEqual([packing, script])
  expect(asset.headers.get('vary')).toBe('accept-encoding')
})

test('what the build has packed has no address of its own', async () => {
  expect((await get('/assets/app-1a2b.js.br')).status).toBe(404)
})

test('addresses of the application get the page, addresses of doors never', async () => {
  const deep = await get('/projects/GH/board', PAGE)
  expect([deep.status, await deep.text()]).toEqual([200, expect.stringContaining('Hall')])
  expect((await get('/projects/GH/board', { accept: 'application/json' })).status).toBe(404)
  const doors = ['/v1', '/v1/x', '/mcp', '/agent/mcp', '/a2a', '/docs/x', '/healthz/x', '/problems']
  const known = ['/.well-known/oauth-authorization-server', '/.well-known/agent-card.json']
  for (const pathname of [...doors, ...known]) {
    const answer = await get(pathname, PAGE)
    expect([pathname, answer.status]).toEqual([pathname, 404])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  }
  expect((await fetch(`${base}/projects`, { method: 'POST', headers: PAGE })).status).toBe(405)
})

test.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/..\\..\\..\\secret.txt',
  '/assets/../../secret.txt',
  '//secret.txt',
  '/link.txt',
  '/index.html%00.txt',
])('%s reaches no file outside the folder', async (target) => {
  const said = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`)
    })
    socket.on('data', (chunk) => (text += chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
  expect(said).toMatch(/^HTTP\/1\.1 40[04] /)
  expect(said).not.toContain('swordfish')
})

test('every answer carries the security headers', async () => {
  const paths = ['/', '/v1/tasks/GH-1', '/v1/nowhere', '/docs', '/openapi.json', '/healthz']
  for (const pathname of [...paths, '/problems/work.column_full', '/metrics', '/nowhere']) {
    const { headers } = await get(pathname)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; .*trusted-types guildhall$/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  }
})

test('probes say whether the hub lives and whether it can serve', async () => {
  expect(await (await get('/healthz')).json()).toEqual({ alive: true })
  const ready = await get('/readyz')
  expect([ready.status, await ready.json()]).toEqual([200, { ready: true, database: 'up' }])
  given.ready.now = false
  const away = await get('/readyz')
  given.ready.now = true
  expect([away.status, await away.json()]).toEqual([503, { ready: false, database: 'away' }])
  expect(away.headers.get('retry-after')).toBe('2')
})

test('counters are read from this machine only', async () => {
  expect(await (await get('/metrics')).text()).toBe('guildhall_up 1\n')
  const proxied = await new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET /metrics HTTP/1.1\r\nHost: hall.example.org\r\nConnection: close\r\n\r\n')
    })
    let text = ''
    socket.on('data', (chunk) => (text += chunk))
    socket.on('close', () => resolve(text))
  })
  expect(proxied).toMatch(/^HTTP\/1\.1 404 /)
})

test('a problem has a page, and its code cannot carry markup', async () => {
  const page = await get('/problems/work.column_full')
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await page.text()).toMatch(/<h1>column full<\/h1>[^]*work\.column_full/)
  expect((await get('/problems/x.%3Cscript%3E')).status).toBe(404)
})

test('the reference page names every route without a script or a style of its own', async () => {
  const text = await (await get('/docs')).text()
  for (const { http } of TASK_OPERATIONS) {
    expect(text).toContain(http?.replace(' /', ' /v1/').replace(/:(\w+)/g, '{$1}'))
  }
  expect(text).not.toMatch(/<script|<style|style=|http:|https:/)
  expect((await get('/docs/page.css')).headers.get('content-type')).toMatch('text/css')
})

test('the document describes path, query, body and refusals', async () => {
  const document = await (await get('/openapi.json')).json()
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { version: '1.2.3' },
    servers: [{ url: '/v1' }],
    paths: {
      '/tasks/{key}': {
        get: {
          operationId: 'work.get_task',
          tags: ['work'],
          'x-permission': 'task:read',
          parameters: [
            { name: 'key', in: 'path', required: true },
            { name: 'full', in: 'query', required: false },
            { name: 'If-None-Match', in: 'header' },
          ],
          responses: { 404: { $ref: '#/components/responses/Problem404' } },
        },
        patch: {
          parameters: [{ name: 'key' }, { name: 'Idempotency-Key' }, { name: 'If-Match' }],
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  required: ['title'],
                  properties: { title: { type: 'string' }, version: { type: 'integer' } },
                },
              },
            },
          },
        },
      },
      '/tasks': { get: { parameters: expect.arrayContaining([LABELS]) } },
    },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  })
})

const LABELS = expect.objectContaining({ name: 'labels', in: 'query', style: 'form' })

test('every reference in the document leads somewhere, those of recursive shapes too', () => {
  type Tree = { name: string; inside: Tree[] }
  const Tree: z.ZodType<Tree> = z.strictObject({
    name: z.string(),
    get inside() {
      return z.array(Tree)
    },
  })
  const plant = operation<object>()({
    name: 'work.plant_tree',
    about: 'Plant a tree.',
    input: z.strictObject({ tree: Tree }),
    output: Tree,
    access: null,
    effect: 'write',
    http: 'POST /trees',
    mcp: null,
    run: async ({ tree }) => tree,
  })
  const document: unknown = JSON.parse(
    JSON.stringify(openApi(operationRoutes([...TASK_OPERATIONS, plant]), '1')),
  )
  const at = (value: unknown, key: string): unknown => Reflect.get(Object(value), key)
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    ([, ref = '']) => ref,
  )
  expect(refs.some((ref) => ref.includes('plant_tree'))).toBe(true)
  for (const ref of refs) {
    expect([ref, typeof ref.split('/').reduce(at, document)]).toEqual([ref, 'object'])
  }
})
