import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../../kernel/actor.ts'
import type { Answer, Asked, Hall } from '../../kernel/hall.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { STRANGER } from '../stranger.ts'
import type { CookiePlace } from '../session-cookie.ts'
import { sessionHeader, shownBy } from '../session-cookie.ts'
import type { Exchange, Reply } from './answer.ts'
import { answer } from './answer.ts'
import { answerRead } from './packing.ts'
import { BULK_BYTES_MAX } from './body.ts'
import type { FlatHeaders } from './headers.ts'
import { quotaHeaders } from './limit-headers.ts'
import type { Coercer, Query } from './input.ts'
import { coercer, fieldsOf, inputSchema, isRecord, mergeInput } from './input.ts'
import {
  etagOf,
  expectedVersion,
  holdsVersion,
  idempotencyKeyOf,
  noVersionHere,
} from './preconditions.ts'
import type { OperationRoute } from './route-table.ts'
import { traceOf } from './trace.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks and under which trace: set before the body is read. */
    asking: Readonly<{ actor: Actor; trace: string; address: string | undefined }> | null
  }
}

/** What all routes share. */
export type RouteGround = Readonly<{
  hall: Hall
  /** Headers of every answer below `/v1`. */
  headers: FlatHeaders
  /** Waits that end when the hub closes. */
  waits: Set<AbortController>
  /** Where browsers keep their session. */
  cookie: CookiePlace
  /** Gives the caller's network address, proxies taken off. */
  addressOf(request: IncomingMessage): string | undefined
  fail(exchange: Exchange, thrown: unknown, trace?: string): void
}>

/** Puts the routes of all operations on the server. */
export const addRoutes = (
  app: FastifyInstance,
  routes: readonly OperationRoute[],
  ground: RouteGround,
): void => {
  app.decorateRequest('asking', null)
  for (const route of routes) {
    const onRequest = identify(ground, route.operation)
    app.route({
      method: route.method,
      url: route.path,
      ...(route.operation.bulk && { bodyLimit: BULK_BYTES_MAX }),
      onRequest,
      handler: handler(route, ground),
    })
  }
}

type Next = () => void

// Who asks is settled before a byte of the body is read.
const identify =
  ({ hall, cookie, addressOf, fail }: RouteGround, operation: AnyOperation) =>
  (request: FastifyRequest, reply: FastifyReply, next: Next): void => {
    const { raw } = request
    const trace = traceOf(raw)
    const address = addressOf(raw)
    const refused = (thrown: unknown): void => {
      reply.hijack()
      fail({ req: raw, res: reply.raw }, thrown, trace)
    }
    const known = (actor: Actor): void => {
      request.asking = { actor, trace, address }
      next()
    }
    try {
      if (operation.open !== undefined) {
        // Signing in is for whoever comes: a session that is over must not be in the way of it.
        if (operation.session) sessionHeader(null, cookie, raw.headers)
        hall.admit(address)
        return known(STRANGER)
      }
      const { headers, url = '/', method = '' } = raw
      const { credential, presented } = shownBy({ headers, url, method }, cookie, address)
      if (credential === undefined) hall.admit(address)
      const actor = hall.authenticate(credential, presented)
      if (actor instanceof Promise) actor.then(known, refused)
      else known(actor)
    } catch (thrown) {
      refused(thrown)
    }
  }

type Plan = Readonly<{
  route: OperationRoute
  read: Coercer
  versioned: boolean
  paged: boolean
  prepared: FlatHeaders
}>

const handler = (route: OperationRoute, ground: RouteGround) => {
  const schema = inputSchema(route.operation.input)
  const fields = fieldsOf(schema)
  const plan: Plan = {
    route,
    read: coercer(schema),
    versioned: fields.has('version'),
    paged: route.method === 'GET' && fields.has('cursor'),
    prepared: [...ground.headers, 'content-type', 'application/json'],
  }
  return (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack()
    const exchange = { req: request.raw, res: reply.raw }
    const failed = (thrown: unknown) => ground.fail(exchange, thrown, request.asking?.trace)
    const done = (given: Answer) => {
      if (route.operation.streamed) sendLines(exchange, given, { request, plan, ground })
      else {
        const send = route.operation.effect === 'read' ? answerRead : answer
        send(exchange, replyOf(given, request, { plan, ground }))
      }
    }
    try {
      const given = ask(request, exchange, { plan, ground })
      if (given instanceof Promise) given.then(done).catch(failed)
      else done(given)
    } catch (thrown) {
      failed(thrown)
    }
  }
}

type Work = Readonly<{ plan: Plan; ground: RouteGround }>

const ask = (request: FastifyRequest, exchange: Exchange, { plan, ground }: Work) => {
  const { operation } = plan.route
  const { asking } = request
  if (asking === null) throw new Error('A route ran before its caller was known.')
  const input = inputOf(request, plan)
  const asked: Asked = {
    actor: asking.actor,
    door: asking.actor.via === 'session' ? 'web' : 'http',
    trace: asking.trace,
    address: asking.address,
    ...(operation.effect !== 'read' && {
      idempotencyKey: idempotencyKeyOf(request.raw.headers),
    }),
  }
  // What waits or acts outside ends with its caller.
  const isLong = operation.waiting !== undefined || operation.effect === 'outside'
  if (!isLong) return ground.hall.run(operation, input, asked)
  const wait = waitFor(exchange, ground.waits)
  const run = async () => ground.hall.run(operation, input, { ...asked, signal: wait.signal })
  return run()
    .catch((thrown: unknown) => {
      throw wait.signal.aborted ? ended() : thrown
    })
    .finally(wait.end)
}

/** Sends the lines that an answer opened; what breaks on the way cuts the connection. */
const sendLines = (
  { res }: Exchange,
  { output }: Answer,
  { request, plan, ground }: Work & Readonly<{ request: FastifyRequest }>,
): void => {
  const { asking } = request
  if (asking === null) throw new Error('A route ran before its caller was known.')
  const lines = ground.hall.lines(plan.route.operation, output, asking.actor)
  res.writeHead(200, [...ground.headers, 'content-type', 'application/x-ndjson'])
  pipeline(Readable.from(lines), res).catch(() => {
    ground.hall.log('warn', 'A stream of lines was cut.', { trace: asking.trace })
  })
}

const ended = () =>
  refuse('unavailable', 'platform.closing', 'The hub is closing; ask again in a moment.')

const inputOf = (request: FastifyRequest, { read, versioned, route }: Plan) => {
  const { params, query, body } = request
  const input = mergeInput(
    {
      params: isTexts(params) ? params : {},
      query: isQuery(query) ? query : {},
      body: isRecord(body) ? body : null,
    },
    read,
  )
  if (route.operation.effect === 'read') return input
  const version = expectedVersion(request.raw.headers)
  if (version === undefined) return input
  if (!versioned) throw noVersionHere()
  return mergeInput({ params: {}, query: {}, body: { version } }, read, input)
}

// What Fastify's router and query parser make; both give objects of texts.
const isTexts = (value: unknown): value is Readonly<Record<string, string>> => isRecord(value)
const isQuery = (value: unknown): value is Query => isRecord(value)

const waitFor = ({ res }: Exchange, waits: Set<AbortController>) => {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  waits.add(controller)
  res.once('close', abort)
  return {
    signal: controller.signal,
    end: () => {
      waits.delete(controller)
      res.off('close', abort)
    },
  }
}

const replyOf = (
  { output, version, trace, quota }: Answer,
  request: FastifyRequest,
  { plan, ground }: Work,
): Reply => {
  const headers = [...plan.prepared, 'guildhall-trace', trace, ...quotaHeaders(quota)]
  const kept = plan.route.operation.session ? withoutSession(output) : null
  if (kept) headers.push(...sessionHeader(kept.session, ground.cookie, request.raw.headers))
  const body = JSON.stringify(kept?.rest ?? output ?? null)
  if (version !== null && plan.route.operation.effect === 'read') {
    const etag = etagOf(version, body)
    headers.push('etag', etag)
    if (plan.route.method === 'GET' && holdsVersion(request.raw.headers, etag)) {
      return { status: 304, headers, body: null }
    }
  }
  const next = plan.paged && isRecord(output) ? output['next'] : null
  if (typeof next === 'string') headers.push('link', `<${nextPage(request, next)}>; rel="next"`)
  return { status: 200, headers, body }
}

const nextPage = ({ raw }: FastifyRequest, cursor: string): string => {
  const [path = '', query = ''] = (raw.url ?? '/').split('?', 2)
  const params = new URLSearchParams(query)
  params.set('cursor', cursor)
  return `${path}?${params.toString()}`
}

/** Takes the session out of an output: it goes into the cookie, never into a body. */
const withoutSession = (output: unknown) => {
  if (!isRecord(output)) throw new Error('An operation with a session gives an object.')
  const { session, ...rest } = output
  return { session: typeof session === 'string' ? session : null, rest }
}
