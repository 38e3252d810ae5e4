import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { authUrl, BACK, proof, signedIn } from './oauth-flow.ts'
import { openWorld, type Page, type World } from './oauth-world.ts'

let world: World
let count = 0
let id = ''
const { challenge } = proof()

beforeAll(async () => {
  world = await openWorld()
})

beforeEach(() => {
  count += 1
  id = `https://hostile-${count}.example/client.json`
})

/** Asks for access as a client; tells whether that began anything. */
const begins = async (client: string, redirect = BACK) => {
  const browser = await signedIn(world)
  const params = { client_id: client, redirect_uri: redirect }
  const heard = await browser.get(authUrl(world, challenge, params))
  const { location } = heard.headers
  return { begun: heard.status === 303 && location?.startsWith('/oauth/interaction/'), heard }
}

const document = (more: object = {}) => ({
  ...{ client_id: id, client_name: 'X', redirect_uris: [BACK] },
  ...{ token_endpoint_auth_method: 'none', ...more },
})

type Hostile = readonly [why: string, page: Page]

const long = () =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536).fill(0x20))
    },
  })

const HOSTILE: readonly Hostile[] = [
  ['ten million bytes', () => new Response(new Uint8Array(10_000_000).fill(0x20))],
  ['no end', () => new Response(long())],
  [
    'a document of a hundred thousand bytes',
    () => Response.json(document({ client_uri: `https://x.example/${'a'.repeat(100_000)}` })),
  ],
  [
    'a document hidden in spaces',
    () => new Response(`${JSON.stringify(document())}${' '.repeat(65_536)}`),
  ],
  [
    'silence',
    (init) =>
      new Promise<Response>((_, reject) => {
        init.signal?.addEventListener('abort', () => reject(new Error('too slow')))
      }),
  ],
  [
    'a redirect',
    () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1/' } }),
  ],
  ['an error', () => new Response('no', { status: 500 })],
  ['nothing', () => new Response('')],
  ['a page', () => new Response('<!doctype html><title>Just a moment</title>')],
  ['a list', () => Response.json([document()])],
  ['half a document', () => new Response(JSON.stringify(document()).slice(0, -9))],
  ['another name', () => Response.json(document({ client_id: 'https://claude.ai/oauth/x' }))],
  ['no name', () => Response.json(document({ client_id: undefined }))],
  ['a secret', () => Response.json(document({ client_secret: 'swordfish' }))],
  [
    'a way in by secret',
    () => Response.json(document({ token_endpoint_auth_method: 'client_secret_post' })),
  ],
  ['no redirects', () => Response.json(document({ redirect_uris: [] }))],
  [
    'a thousand redirects',
    () => Response.json(document({ redirect_uris: Array(1_000).fill(BACK) })),
  ],
  [
    'a plain redirect',
    () => Response.json(document({ redirect_uris: [BACK, 'http://x.example/cb'] })),
  ],
  ['a script', () => Response.json(document({ redirect_uris: [BACK, 'javascript:alert(1)'] }))],
  ['a star', () => Response.json(document({ redirect_uris: [BACK, 'https://*.example/cb'] }))],
  ['a user', () => Response.json(document({ redirect_uris: [BACK, 'https://a:b@x.example/cb'] }))],
  ['a fragment', () => Response.json(document({ redirect_uris: [BACK, 'https://x.example/#cb'] }))],
  [
    'keys at another host',
    () =>
      Response.json(
        document({
          token_endpoint_auth_method: 'private_key_jwt',
          jwks_uri: 'https://169.254.169.254/keys',
        }),
      ),
  ],
  [
    'a shared key',
    () =>
      Response.json(
        document({
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] },
        }),
      ),
  ],
]

describe('a client whose document is', () => {
  test.each(HOSTILE)('%s gets nowhere', async (_, page) => {
    world.pages.set(id, page)
    const { begun, heard } = await begins(id)
    expect(begun).toBe(false)
    expect(heard.status).toBe(400)
    expect(heard.headers.location).toBeUndefined()
    expect(heard.text).not.toContain('swordfish')
  })

  test('as it should be gets to the page', async () => {
    world.pages.set(id, () => Response.json(document({ scope: 'anything', contacts: ['x'] })))
    expect((await begins(id)).begun).toBe(true)
  })

  test('asked for once, however many come', async () => {
    let asked = 0
    world.pages.set(id, () => {
      asked += 1
      return Response.json(document())
    })
    await Promise.all(Array.from({ length: 10 }, () => begins(id)))
    expect((await begins(id)).begun).toBe(true)
    expect(asked).toBe(1)
  })

  test('gone is not remembered as gone', async () => {
    let status = 503
    world.pages.set(id, () =>
      status === 503 ? new Response('', { status }) : Response.json(document()),
    )
    expect((await begins(id)).begun).toBe(false)
    status = 200
    expect((await begins(id)).begun).toBe(true)
  })
})

// These go the real way out, which asks no one: the addresses themselves are refused.
const PRIVATE = [
  'https://127.0.0.1/client.json',
  'https://localhost/client.json',
  'https://[::1]/client.json',
  'https://10.0.0.1/client.json',
  'https://169.254.169.254/latest/meta-data',
  'https://192.168.1.1:8443/client.json',
  'https://[::ffff:127.0.0.1]/client.json',
  'https://0x7f000001/client.json',
  'https://2130706433/client.json',
  'http://client.example/client.json',
  'https://user@client.example/client.json',
  'https://client.example/client.json#x',
  'https://client.example/a/../client.json',
  'https://client.example/%2e%2e/client.json',
  'ftp://client.example/client.json',
  'file:///etc/passwd',
  'data:application/json,{}',
]

test.each(PRIVATE)('a client at %s gets nowhere', async (address) => {
  const { begun, heard } = await begins(address)
  expect(begun).toBe(false)
  expect(heard.status).toBe(400)
})
