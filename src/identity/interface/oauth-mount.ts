import type { IncomingMessage, ServerResponse } from 'node:http'
import { refuse } from '../../kernel/refusal.ts'
import { OAUTH_SCOPES } from '../domain/scope.ts'
import { homeOf, RESOURCE_METADATA } from '../application/oauth-homes.ts'
import { FIRST_SCOPES } from '../application/oauth-words.ts'
import type { Counted, Exchange, OauthMountOptions } from './oauth-ground.ts'
import { browserSteps } from './oauth-steps.ts'

// The addresses of the OAuth server. Those of the protocol are answered by its library; what
// stands between them (sign in, decide, go on) is ours. Nothing else below `/oauth` exists: what
// the library could answer besides is never reached.

/** The subtree of addresses that the OAuth server answers. */
export type OauthMount = Readonly<{
  handles(pathname: string): boolean
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
}>

const METADATA = '/.well-known/oauth-authorization-server/oauth'
/** The page on which people decide; the web application answers it. */
const PAGE = /^\/oauth\/interaction\/[\w-]+$/

type Handler = (exchange: Exchange, home: string, word: string) => Promise<void>
type Route = Readonly<{ method: 'GET' | 'POST'; path: RegExp; handle: Handler }>

/** Makes the mount. */
export const oauthMount = (options: OauthMountOptions): OauthMount => {
  const { place, headers } = options
  const routes = routesOf(options)
  return {
    handles: (pathname) =>
      (/^\/oauth(\/|$)/.test(pathname) && !PAGE.test(pathname)) ||
      pathname === METADATA ||
      pathname === RESOURCE_METADATA,
    async handle(req, res) {
      const pathname = pathOf(req)
      for (let at = 0; at + 1 < headers.length; at += 2) {
        res.setHeader(headers[at] ?? '', headers[at + 1] ?? '')
      }
      res.setHeader('cache-control', 'no-store')
      const found = routes.filter(({ path }) => path.test(pathname))
      const route = found.find(({ method }) => method === req.method)
      if (!route) return noRoute(res, found)
      const word = route.path.exec(pathname)?.[1] ?? ''
      await route.handle({ req, res }, homeOf(place, req.headers.host), word)
    },
  }
}

const routesOf = (options: OauthMountOptions): readonly Route[] => {
  const { engine, count, addressOf, registration } = options
  const steps = browserSteps(options)
  const to = (path: string, counted?: Counted): Handler => {
    return async (exchange, home, word) => {
      if (counted) await count(counted, addressOf(exchange.req) ?? '')
      const query = exchange.req.url?.split('?')[1]
      const asked = counted === 'authorize' ? withScope(query) : query
      const url = `${path}${word && `/${word}`}${asked === undefined ? '' : `?${asked}`}`
      await engine.handle(exchange, home, url)
    }
  }
  return [
    get(RESOURCE_METADATA, resourceMetadata),
    get(METADATA, to('/.well-known/oauth-authorization-server')),
    get('/oauth/.well-known/openid-configuration', to('/.well-known/openid-configuration')),
    get('/oauth/jwks', to('/jwks')),
    get('/oauth/auth', to('/auth', 'authorize')),
    { method: 'GET', path: /^\/oauth\/auth\/([\w-]{1,64})$/, handle: to('/auth') },
    post('/oauth/token', to('/token', 'token')),
    post('/oauth/revoke', to('/revoke', 'token')),
    post('/oauth/device/auth', to('/device/auth', 'device_code')),
    ...(registration ? [post('/oauth/register', to('/register', 'client_metadata'))] : []),
    { method: 'GET', path: /^\/oauth\/device\/([A-Za-z-]{8,16})$/, handle: steps.device },
    { method: 'GET', path: /^\/oauth\/interaction\/([\w-]{20,64})\/go$/, handle: steps.go },
  ]
}

const exactly = (path: string): RegExp => new RegExp(`^${path.replaceAll('.', '\\.')}$`)
const get = (path: string, handle: Handler): Route => ({
  ...{ method: 'GET', path: exactly(path), handle },
})
const post = (path: string, handle: Handler): Route => ({
  ...{ method: 'POST', path: exactly(path), handle },
})

const pathOf = (req: IncomingMessage): string => (req.url ?? '/').split('?')[0] ?? '/'

/** Tells clients of `/mcp` who issues its tokens. */
const resourceMetadata: Handler = async ({ res }, home) => {
  const body = {
    resource: `${home}/mcp`,
    authorization_servers: [`${home}/oauth`],
    scopes_supported: OAUTH_SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'Guildhall',
  }
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Asks for the first scopes where a client named none that this server has. */
const withScope = (query: string | undefined): string | undefined => {
  const params = new URLSearchParams(query ?? '')
  const asked = params.getAll('scope')
  if (asked.length > 1) return query
  const known: readonly string[] = OAUTH_SCOPES
  const words = (asked[0] ?? '').split(' ')
  if (words.some((word) => known.includes(word))) return query
  params.set('scope', [...FIRST_SCOPES, ...words.filter((word) => word !== '')].join(' '))
  return String(params)
}

const noRoute = (res: ServerResponse, found: readonly Route[]): void => {
  if (found.length === 0) {
    const message = 'There is nothing at this address. See /docs for all routes.'
    throw refuse('not_found', 'identity.no_such_address', message)
  }
  const allow = [...new Set(found.map(({ method }) => method))].join(', ')
  const body = {
    type: '/problems/platform.method_not_allowed',
    title: `This is not possible here; use ${allow}.`,
    status: 405,
    code: 'platform.method_not_allowed',
  }
  const head = { 'content-type': 'application/problem+json', allow }
  res.writeHead(405, head).end(JSON.stringify(body))
}
