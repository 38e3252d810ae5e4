import { createHash, randomBytes } from 'node:crypto'
import { type Browser, browserOn } from './oauth-browser.ts'
import { textIn, type World } from './oauth-world.ts'
import type { Heard } from './wire.ts'

/** A client's document and the address at which it lies. */
export const CLIENT = 'https://client.example/oauth/client.json'
/** Where the client wants the browser back. */
export const BACK = 'https://client.example/callback'

/** Lays a client's document into the world. */
export const publish = (
  world: World,
  more: Readonly<Record<string, unknown>> = {},
  id = CLIENT,
) => {
  const document = {
    client_id: id,
    client_name: 'Example Client',
    redirect_uris: [BACK],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    ...more,
  }
  world.pages.set(id, () => Response.json(document))
  return id
}

/** A proof key of a client. */
export const proof = () => {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

type Params = Readonly<Record<string, string | readonly string[] | undefined>>

/** Writes the address of an authorization request; `undefined` leaves a parameter out. */
export const authUrl = (world: World, challenge: string, more: Params = {}): string => {
  const all: Params = {
    response_type: 'code',
    client_id: CLIENT,
    redirect_uri: BACK,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'state-1',
    scope: 'work:read work:write',
    resource: `${world.home}/mcp`,
    ...more,
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(all)) {
    for (const one of [value].flat()) if (one !== undefined) query.append(name, one)
  }
  return `/oauth/auth?${query.toString()}`
}

/** Sends a form, as clients do. */
export const form = (
  world: World,
  path: string,
  fields: Params,
  headers: Readonly<Record<string, string>> = {},
): Promise<Heard> => {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) if (one !== undefined) body.append(name, one)
  }
  const { host } = new URL(world.home)
  const type = 'application/x-www-form-urlencoded'
  return world.wire.send({
    ...{ method: 'POST', path, body: String(body) },
    headers: { host, 'content-type': type, accept: 'application/json', ...headers },
  })
}

/** Reads JSON out of an answer. */
export const bodyOf = (heard: Heard): Record<string, unknown> => {
  const value: unknown = JSON.parse(heard.text)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** Opens a browser in which somebody has signed in. */
export const signedIn = async (world: World, who = world.owner): Promise<Browser> =>
  browserOn(world.wire, world.home, await world.session(who))

/** Begins a request in a browser; gives the name of the request. */
export const begin = async (world: World, browser: Browser, url: string): Promise<string> => {
  const heard = await browser.follow(url)
  const [, uid] =
    /^\/oauth\/interaction\/([\w-]+)$/.exec(new URL(heard.at, world.home).pathname) ?? []
  if (uid === undefined) throw new Error(`No request was begun: ${heard.status} ${heard.text}`)
  return uid
}

/** Says yes on the consent page; gives the answer of the hub. */
export const consent = (browser: Browser, uid: string, more: object = {}): Promise<Heard> =>
  browser.post(`/v1/oauth/consents/${uid}`, {
    ...{ agent: 'dev-1', scopes: ['work:read', 'work:write'] },
    ...more,
  })

/** Goes on after a decision; gives where the browser is sent in the end. */
export const goOn = async (browser: Browser, uid: string): Promise<URL> => {
  const heard = await browser.follow(`/oauth/interaction/${uid}/go`)
  if (heard.headers.location === undefined) {
    throw new Error(`The browser was sent nowhere: ${heard.status} ${heard.text}`)
  }
  return new URL(heard.headers.location)
}

type Wanted = Readonly<{ auth?: Params; consent?: object; browser?: Browser }>

/** Takes a client to its code: the whole way through a browser. */
export const codeFor = async (world: World, wanted: Wanted = {}) => {
  const { verifier, challenge } = proof()
  const browser = wanted.browser ?? (await signedIn(world))
  const uid = await begin(world, browser, authUrl(world, challenge, wanted.auth))
  const said = await consent(browser, uid, wanted.consent)
  if (said.status !== 200) throw new Error(`No consent: ${said.status} ${said.text}`)
  const back = await goOn(browser, uid)
  return { code: back.searchParams.get('code') ?? '', verifier, back, browser, uid }
}

/** Redeems a code. */
export const redeem = (
  world: World,
  { code, verifier }: Readonly<{ code: string; verifier: string }>,
  more: Params = {},
): Promise<Heard> =>
  form(world, '/oauth/token', {
    ...{ grant_type: 'authorization_code', code, code_verifier: verifier },
    ...{ client_id: CLIENT, redirect_uri: BACK, ...more },
  })

/** Tokens as a client holds them. */
export type Tokens = Readonly<{ access: string; refresh: string; code: string; verifier: string }>

/** Takes a client to its tokens. */
export const tokensFor = async (world: World, wanted: Wanted = {}): Promise<Tokens> => {
  const { code, verifier } = await codeFor(world, wanted)
  const { client_id: client, redirect_uri: back } = wanted.auth ?? {}
  const heard = await redeem(
    world,
    { code, verifier },
    {
      ...(client !== undefined && { client_id: client }),
      ...(back !== undefined && { redirect_uri: back }),
    },
  )
  if (heard.status !== 200) throw new Error(`No tokens: ${heard.status} ${heard.text}`)
  const body = bodyOf(heard)
  const [access, refresh] = [textIn(body, 'access_token'), textIn(body, 'refresh_token')]
  return { access, refresh, code, verifier }
}

/** Uses a refresh token. */
export const refresh = (world: World, token: string, more: Params = {}): Promise<Heard> =>
  form(world, '/oauth/token', {
    ...{ grant_type: 'refresh_token', refresh_token: token, client_id: CLIENT, ...more },
  })

/** Calls the door of MCP clients with a token, in the stateless era. */
export const callMcp = (
  world: World,
  token: string | undefined,
  asked: Readonly<{ path?: string; method?: string; params?: object; header?: string }> = {},
): Promise<Heard> => {
  const { path = '/mcp', method = 'tools/list', params = {}, header = 'authorization' } = asked
  const name: unknown = Reflect.get(params, 'name')
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return world.wire.send({
    method: 'POST',
    path,
    headers: {
      ...{ host: new URL(world.home).host, 'content-type': 'application/json' },
      ...{ 'mcp-protocol-version': '2026-07-28', 'mcp-method': method },
      ...(typeof name === 'string' && { 'mcp-name': name }),
      ...(token !== undefined && {
        [header]: header === 'authorization' ? `Bearer ${token}` : token,
      }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
  })
}

/** Asks who a token is, at the API. */
export const whoAt = (world: World, token: string): Promise<Heard> =>
  world.wire.send({
    ...{ method: 'GET', path: '/v1/me' },
    headers: { host: new URL(world.home).host, authorization: `Bearer ${token}` },
  })
