import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { fastify } from 'fastify'
import type { Hall } from '../../kernel/hall.ts'
import { Refusal, refuse } from '../../kernel/refusal.ts'
import type { LiveDoors } from '../live/doors.ts'
import { liveDoors } from '../live/doors.ts'
import type { LiveLimits } from '../live/limits.ts'
import type { CookiePlace } from '../session-cookie.ts'
import { shownBy } from '../session-cookie.ts'
import { addressReader } from './address.ts'
import type { Exchange } from './answer.ts'
import { answer, pathOf } from './answer.ts'
import { BODY_BYTES_MAX } from './body.ts'
import { readBodies } from './body-parsers.ts'
import { inOurWords } from './framework-errors.ts'
import { answerUnreadable, turnAway } from './front.ts'
import type { FlatHeaders } from './headers.ts'
import { flatSecurity } from './headers.ts'
import { openApi } from './openapi.ts'
import { addPages } from '../pages/pages.ts'
import type { Metrics } from '../pages/probes.ts'
import { mistake, problem } from './problem.ts'
import { operationRoutes, routeTable } from './route-table.ts'
import { addRoutes } from './routes.ts'
import { staticFiles } from '../pages/static-files.ts'
import { traceOf } from './trace.ts'
import { unanswered } from './unanswered.ts'

/** The MCP door, as far as the server must know it. */
export type McpDoor = Readonly<{
  handles(url: string): boolean
  handle(
    req: IncomingMessage,
    res: ServerResponse,
    addressOf: (req: IncomingMessage) => string | undefined,
  ): void | Promise<void>
  /** Ends its streams and sessions. */
  close?(): Promise<void>
}>

/** Waits of the server, in milliseconds. */
export type HttpTimeouts = Readonly<{
  keepAliveMs: number
  headersMs: number
  requestMs: number
  checkMs: number
}>

// Pooled clients reuse a connection after a minute; Node's 5 s would close it under their hands.
const TIMEOUTS: HttpTimeouts = {
  keepAliveMs: 75_000,
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 5000,
}

/** What the server is made of. */
export type HttpOptions = Readonly<{
  hall: Hall
  mcp?: McpDoor | undefined
  /** Folder of the built web page. */
  webRoot?: string | undefined
  version: string
  publicUrl?: string | undefined
  /** Name of the cookie that keeps a browser's session; one for each hub of a machine. */
  cookieName?: string | undefined
  /** Proxies, as ranges of addresses, whose word on the caller's address is taken. */
  trustedProxies?: readonly string[] | undefined
  /** Handlers of whole subtrees of addresses: they are rooms' own, like the OAuth server. */
  mounts?: readonly Mount[] | undefined
  metrics?: Metrics | undefined
  timeouts?: Partial<HttpTimeouts> | undefined
  live?: Partial<LiveLimits> | undefined
}>

/** A subtree of addresses that a room answers by itself. */
export type Mount = Readonly<{
  /** Tells whether it answers this path. */
  handles(pathname: string): boolean
  handle(req: IncomingMessage, res: ServerResponse): void | Promise<void>
}>

/** The running door. */
export type HttpServer = Readonly<{
  server: Server
  listen(at: Readonly<{ host: string; port: number }>): Promise<Readonly<{ port: number }>>
  /** Ends every stream and wait, lets answers finish, and cuts what is left at the deadline. */
  close(deadlineMs: number): Promise<void>
}>

/** Makes the server with all its doors: HTTP, live streams, MCP, pages. */
export const httpServer = (options: HttpOptions): HttpServer => {
  const { hall, publicUrl, mcp, trustedProxies = [] } = options
  const own = { port: 0, publicUrl }
  const cookie = { name: options.cookieName ?? 'guildhall', own }
  const addressOf = addressReader(trustedProxies)
  const headers = flatSecurity(publicUrl)
  const fail: Fail = (exchange, thrown, trace = traceOf(exchange.req)) => {
    const said = inOurWords(thrown)
    if (!(said instanceof Refusal)) logBug(hall, said, trace)
    answer(exchange, problem(said, { trace, headers: [...headers, 'cache-control', 'no-store'] }))
  }
  const waits = new Set<AbortController>()
  // A stream with a cookie stays open for long: it has to come from a page of ours.
  const shown = (req: IncomingMessage) => {
    const { headers: given, url = '/' } = req
    return shownBy({ headers: given, url, method: 'LIVE' }, cookie, addressOf(req))
  }
  const live = liveDoors({ hall, own, headers, limits: options.live, shown })
  const ground = { options, own, headers, fail, cookie, addressOf }
  const { server, app } = joined(ground)
  server.on('upgrade', live.upgrade)
  server.on('checkExpectation', (req, res) => fail({ req, res }, notExpected()))
  addDoors(app, { ...ground, waits, live })
  return {
    server,
    listen: (at) => listen({ app, server, own }, at),
    close: (deadlineMs) => close({ server, waits, live, mcp }, deadlineMs),
  }
}

type Fail = (exchange: Exchange, thrown: unknown, trace?: string) => void

type Ground = Readonly<{
  options: HttpOptions
  own: { port: number; publicUrl: string | undefined }
  headers: FlatHeaders
  fail: Fail
  cookie: CookiePlace
  addressOf(request: IncomingMessage): string | undefined
}>

// One server of Node: the MCP door takes its paths first, the framework gets what is left.
const joined = ({ options, own, headers, fail, addressOf }: Ground) => {
  const { mcp, mounts = [] } = options
  const hand = (exchange: Exchange, over: () => void | Promise<void>): void => {
    const done = async () => over()
    done().catch((thrown: unknown) => fail(exchange, thrown))
  }
  let inner: Listener = (_, res) => void res.destroy()
  const server = createServer(nodeOptions(options.timeouts), (req, res) => {
    if (!server.listening) res.setHeader('connection', 'close')
    const exchange = { req, res }
    if (mcp?.handles(req.url ?? '/')) {
      hand(exchange, () => mcp.handle(req, res, addressOf))
      return
    }
    const refusal = turnAway(exchange, own)
    if (refusal !== null) return fail(exchange, refusal)
    const mount = mounts.find((one) => one.handles(pathOf(req.url ?? '/')))
    if (mount === undefined) inner(req, res)
    else hand(exchange, () => mount.handle(req, res))
  })
  server.on('clientError', (error, socket) => answerUnreadable(error, socket, headers))
  const app = fastify({
    serverFactory: (handler) => {
      inner = handler
      return server
    },
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, request, reply) => {
      reply.hijack()
      fail({ req: request.raw, res: reply.raw }, error)
    },
  })
  return { server, app }
}

const addDoors = (
  app: FastifyInstance,
  ground: Ground & Readonly<{ waits: Set<AbortController>; live: LiveDoors }>,
): void => {
  const { options, own, headers, fail, waits, live, cookie, addressOf } = ground
  const { hall, version, metrics, webRoot } = options
  const routes = operationRoutes(hall.operations)
  const table = routeTable([...routes, ...OTHER_ROUTES])
  const rest = unanswered({ table, files: staticFiles(webRoot, headers), fail, headers })
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done()
    reply.hijack()
    rest({ req: request.raw, res: reply.raw }, pathOf(request.raw.url ?? '/'))
  })
  app.setErrorHandler((thrown, request, reply) => {
    reply.hijack()
    fail({ req: request.raw, res: reply.raw }, thrown, request.asking?.trace)
  })
  readBodies(app)
  const kept: FlatHeaders = [...headers, 'cache-control', 'no-store']
  addRoutes(app, routes, { hall, headers: kept, waits, cookie, addressOf, fail })
  // Without HEAD routes: a stream's head alone would be a stream that says nothing.
  app.get('/v1/stream', { exposeHeadRoute: false }, (request, reply) => {
    reply.hijack()
    const exchange = { req: request.raw, res: reply.raw }
    live.stream(exchange).catch((thrown: unknown) => fail(exchange, thrown))
  })
  app.get('/v1/ws', { exposeHeadRoute: false }, (request, reply) => {
    reply.hijack()
    fail({ req: request.raw, res: reply.raw }, noUpgrade())
  })
  addPages(app, { hall, document: openApi(routes, version), headers, metrics, own, fail })
}

const OTHER_ROUTES = [
  '/v1/stream',
  '/v1/ws',
  '/openapi.json',
  '/docs',
  '/docs/page.css',
  '/healthz',
  '/readyz',
  '/problems/:code',
].map((path) => ({ method: 'GET', path }))

const logBug = (hall: Hall, thrown: unknown, trace: string): void => {
  const error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  hall.log('error', 'An HTTP request met a bug.', { door: 'http', trace, error })
}

const nodeOptions = (given: Partial<HttpTimeouts> = {}) => {
  const { keepAliveMs, headersMs, requestMs, checkMs } = { ...TIMEOUTS, ...given }
  return {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
    requireHostHeader: false, // The front asks for it, and answers in our words.
    // A client that offers HTTP/2 by the way is answered in HTTP/1.1, as if it had not.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) =>
      headers.upgrade?.toLowerCase() === 'websocket',
  }
}

type Listener = (req: IncomingMessage, res: ServerResponse) => void

const notExpected = () =>
  mistake('platform.expectation_not_met', 'Send no Expect header but 100-continue.')

const noUpgrade = () => mistake('platform.upgrade_required', 'Open this address as a WebSocket.')

type Running = Readonly<{ app: FastifyInstance; server: Server; own: { port: number } }>

const listen = async (
  { app, server, own }: Running,
  { host, port }: Readonly<{ host: string; port: number }>,
): Promise<Readonly<{ port: number }>> => {
  await app.ready()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  }).catch((thrown: unknown) => {
    const taken = thrown instanceof Error && Reflect.get(thrown, 'code') === 'EADDRINUSE'
    const message = `Port ${port} is in use; choose another one with GUILDHALL_PORT.`
    throw taken ? refuse('conflict', 'platform.port_taken', message, { port }) : thrown
  })
  const address = server.address()
  if (address !== null && typeof address === 'object') own.port = address.port
  return { port: own.port }
}

const SWEEP_MS = 20

type Closing = Readonly<{
  server: Server
  waits: Set<AbortController>
  live: LiveDoors
  mcp: McpDoor | undefined
}>

const close = async ({ server, waits, live, mcp }: Closing, deadlineMs: number): Promise<void> => {
  live.close()
  for (const wait of waits) wait.abort()
  if (!server.listening) return
  const ended = new Promise<void>((resolve) => server.close(() => resolve()))
  const cut = setTimeout(() => {
    live.cut()
    server.closeAllConnections()
  }, deadlineMs)
  // A connection whose last answer ends now would stay open for the next request.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  await Promise.all([ended, mcp?.close?.()])
  clearInterval(sweep)
  clearTimeout(cut)
}
