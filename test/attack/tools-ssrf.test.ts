import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpPost, type Post } from './egress-ground.ts'
import { egressHouse } from '../tools/egress-house.ts'
import { FREE, puppetWith } from '../tools/house.ts'
import { type Puppet, toolNamed } from '../tools/puppet.ts'

// T7 and T8: the hub is asked to go where it must not: by addresses of servers and replicas, of
// documents, by redirects of servers, and by arguments that become paths. The bait inside counts
// every connection.

let bait: Post
let good: Puppet
let house: Awaited<ReturnType<typeof egressHouse>>

beforeAll(async () => {
  bait = await httpPost((_request, response) => response.end('{"inside":true}'), '127.0.0.2')
  good = await puppetWith([toolNamed('echo')])
  const resolve = async (host: string) => {
    const address = host.startsWith('inside') ? '127.0.0.2' : '127.0.0.1'
    return [{ address, family: 4 as const }]
  }
  house = await egressHouse({ allow: [`127.0.0.1/32:${good.port}`], resolve })
})
afterAll(async () => {
  await house.stop()
  await bait.stop()
})

/** Addresses of the bait and of places nobody should be led to. */
const inside = (): readonly string[] => {
  const { port } = bait
  return [
    ...[`http://127.0.0.2:${port}/`, `http://2130706434:${port}/`, `http://0x7f.2:${port}/`],
    ...[
      `http://[::ffff:127.0.0.2]:${port}/`,
      `http://127.2:${port}/`,
      `http://0177.0.0.2:${port}/`,
    ],
    ...[
      `https://127.0.0.2:${port}/`,
      `http://inside.example:${port}/`,
      `http://localhost:${port}/`,
    ],
    ...[`http://user@127.0.0.2:${port}/`, `http://127.0.0.1:${good.port}@127.0.0.2:${port}/`],
    ...[`http://127.0.0.2:${port}\\@127.0.0.1:${good.port}/`, `//127.0.0.2:${port}/`],
    ...[
      'http://169.254.169.254/latest/meta-data/',
      'https://169.254.169.254/',
      'http://[fd00:ec2::254]/',
    ],
    ...[
      'http://100.100.100.200/',
      'http://168.63.129.16/',
      'http://127.0.0.1:5432/',
      'http://0.0.0.0/',
    ],
    ...['file:///etc/passwd', 'ftp://127.0.0.2/', 'unix:///run/docker.sock', 'data:text/plain,x'],
    ...[
      'javascript:1',
      'gopher://127.0.0.2:1/',
      'http:127.0.0.2',
      'http://',
      'https://a b/',
      '\n',
      '',
    ],
  ]
}

test('no server and no replica is added at an address inside', async () => {
  const added: string[] = []
  for (const [at, url] of inside().entries()) {
    for (const wish of [
      { slug: `a${at}`, url },
      { slug: `b${at}`, url, kind: 'sse' },
      { slug: `c${at}`, url: good.url, replicas: [{ url }] },
    ]) {
      const code = await house.codeOf(house.run('tools.add_tool_server', wish))
      if (code === 'done') added.push(url)
    }
  }
  expect(added).toEqual([])
  expect(bait.touched()).toBe(0)
})

test('no replica of a server that is there is moved inside', async () => {
  await house.run('tools.add_tool_server', {
    slug: 'good',
    url: good.url,
    trust: true,
    rules: FREE,
  })
  for (const url of inside()) {
    const wish = { slug: 'good', replicas: [{ url: good.url }, { url }] }
    const code = await house.codeOf(house.run('tools.change_tool_server', wish))
    // A name says nothing before it is looked up; the call is what is refused then.
    if (code === 'done') expect(url).toContain('inside.example')
  }
  await house.run('tools.change_tool_server', { slug: 'good', replicas: [{ url: good.url }] })
  expect(bait.touched()).toBe(0)
  expect(await house.run('tools.call_tool', { name: 'good__echo', args: { a: 1 } })).toMatchObject({
    text: '{"a":1}',
  })
})

const REDIRECTS = [301, 302, 303, 307, 308]

test('no redirect of a server leads inside, and none takes a credential along', async () => {
  const places = [
    `http://127.0.0.2:${bait.port}/`,
    `//127.0.0.2:${bait.port}/`,
    `http://inside.example:${bait.port}/`,
    'http://169.254.169.254/',
    'file:///etc/passwd',
  ]
  const auth = { kind: 'header', name: 'X-Api-Key' }
  const wish = {
    slug: 'moved',
    url: good.url,
    credential: 'shared',
    auth,
    trust: true,
    rules: FREE,
  }
  await house.run('tools.add_tool_server', wish)
  await house.run('tools.connect_account', { server: 'moved', value: 'a-long-credential' })
  await house.run('tools.refresh_tools', { slug: 'moved' })
  const codes = new Set<string>()
  for (const location of places) {
    for (const status of REDIRECTS) {
      good.instead = (_req, res, text) => {
        if (!text.includes('"tools/call"')) return false
        res.writeHead(status, { location }).end()
        return true
      }
      codes.add(await house.codeOf(house.run('tools.call_tool', { name: 'moved__echo', args: {} })))
      await house.run('tools.reset_tool', { slug: 'moved' })
    }
  }
  good.instead = null
  expect(codes.has('done')).toBe(false)
  expect(bait.touched()).toBe(0)
})

const document = (paths: object, more: object = {}) =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths, ...more })

test('documents are fetched from nowhere inside, and name no server of their own', async () => {
  for (const documentUrl of inside()) {
    const wish = { slug: 'doc', kind: 'openapi', url: good.url, documentUrl }
    const code = await house.codeOf(house.run('tools.add_tool_server', wish))
    expect([documentUrl, code === 'done']).toEqual([documentUrl, false])
  }
  good.instead = (req, res) => {
    if (req.url !== '/doc.json') return false
    res.writeHead(302, { location: `http://127.0.0.2:${bait.port}/doc.json` }).end()
    return true
  }
  const moved = {
    slug: 'doc',
    kind: 'openapi',
    url: good.url,
    documentUrl: good.url.replace('/mcp', '/doc.json'),
  }
  expect(await house.codeOf(house.run('tools.add_tool_server', moved))).not.toBe('done')
  good.instead = null
  const paths = {
    '/a': { get: { operationId: 'a', servers: [{ url: `http://127.0.0.2:${bait.port}` }] } },
    '/b': { servers: [{ url: '//127.0.0.2/' }], get: { operationId: 'b' } },
    '/c': {
      get: { operationId: 'c', parameters: [{ $ref: `http://127.0.0.2:${bait.port}/p.json` }] },
    },
  }
  const servers = [{ url: `http://127.0.0.2:${bait.port}/v1` }]
  const heard: string[] = []
  good.instead = (req, res) => {
    heard.push(`${req.headers.host} ${req.url}`)
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    return true
  }
  const wish = { slug: 'svc', kind: 'openapi', url: good.url, rules: FREE, trust: true }
  const code = await house.codeOf(
    house.run('tools.add_tool_server', { ...wish, document: document(paths, { servers }) }),
  )
  for (const name of ['svc__a', 'svc__b', 'svc__c']) {
    await house.codeOf(house.run('tools.call_tool', { name, args: {} }))
  }
  good.instead = null
  expect([code === 'done' || code.startsWith('tools.'), bait.touched()]).toEqual([true, 0])
  for (const one of heard) expect(one).toMatch(new RegExp(`^127\\.0\\.0\\.1:${good.port} /mcp`))
})

/** Values of a segment that try to leave it, or to become a query, a host or a header. */
const SEGMENTS: readonly string[] = [
  ...['..', '.', '../admin', '..%2fadmin', '%2e%2e/admin', '%2e%2e%2fadmin', '..\\admin', '\\\\x'],
  ...['/admin', '//127.0.0.2/', 'a/../../admin', '%252e%252e%252fadmin', '..;/admin', '. .', '...'],
  ...[
    'a?b=c',
    'a#b',
    'a\r\nX-Evil: 1',
    'a\nb',
    'a%0d%0aX-Evil:1',
    '@127.0.0.2',
    ':8080',
    '\u2025/',
  ],
  ...['\uff0e\uff0e/admin', 'a\u0000', '%00', 'http://127.0.0.2/', '{id}', '%', '%zz', ' ', ''],
]

test('no argument leaves the path that its place in the document gives it', async () => {
  const get = (operationId: string, more: object = {}) => ({
    get: {
      operationId,
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      ...more,
    },
  })
  const paths = { '/items/{id}': get('one'), '/items/{id}/parts': get('parts') }
  const wish = { slug: 'path', kind: 'openapi', url: good.url, document: document(paths) }
  await house.run('tools.add_tool_server', { ...wish, rules: FREE, trust: true })
  const seen: string[] = []
  const headers: string[] = []
  good.instead = (req, res) => {
    seen.push(req.url ?? '')
    headers.push(...Object.keys(req.headers))
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    return true
  }
  for (const id of SEGMENTS) {
    for (const name of ['path__one', 'path__parts']) {
      await house.codeOf(house.run('tools.call_tool', { name, args: { id } }))
    }
  }
  good.instead = null
  expect(seen.length).toBeGreaterThan(4)
  for (const url of seen) {
    const parts = url.split('/')
    expect([url, parts.slice(0, 3)]).toEqual([url, ['', 'mcp', 'items']])
    expect([url, parts.length <= 5, /[?#\\]/.test(url)]).toEqual([url, true, false])
    expect(['.', '..', '']).not.toContain(decodeURIComponent(parts[3] ?? ''))
  }
  expect(headers).not.toContain('x-evil')
  expect(bait.touched()).toBe(0)
})

test('the bait is alive', async () => {
  expect(await (await fetch(`http://127.0.0.2:${bait.port}/`)).text()).toContain('inside')
  expect(bait.touched()).toBe(1)
})
