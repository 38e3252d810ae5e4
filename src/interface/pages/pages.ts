import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Hall } from '../../kernel/hall.ts'
import { notFound } from '../../kernel/refusal.ts'
import type { OwnAddress } from '../guard.ts'
import type { Exchange, Reply } from '../http/answer.ts'
import { answer } from '../http/answer.ts'
import type { FlatHeaders } from '../http/headers.ts'
import { isRecord } from '../http/input.ts'
import type { OpenApi } from '../http/openapi.ts'
import { PAGE_STYLE } from './page.ts'
import type { Metrics } from './probes.ts'
import { healthz, isLocal, metricsReply, readyz } from './probes.ts'
import { problemPage } from './problem-page.ts'
import { referencePage } from './reference-page.ts'

/** What the pages beside the operations are made of. */
export type PageGround = Readonly<{
  hall: Hall
  document: OpenApi
  headers: FlatHeaders
  metrics: Metrics | undefined
  own: OwnAddress
  fail(exchange: Exchange, thrown: unknown): void
}>

type Make = (exchange: Exchange, request: FastifyRequest) => Reply | Promise<Reply>

/** Puts probes, the OpenAPI document and our own pages on the server. */
export const addPages = (app: FastifyInstance, ground: PageGround): void => {
  const { hall, document, headers, metrics, own, fail } = ground
  const put = (url: string, make: Make): void => {
    app.get(url, (request: FastifyRequest, reply: FastifyReply): void => {
      reply.hijack()
      const exchange = { req: request.raw, res: reply.raw }
      const made = async () => make(exchange, request)
      made().then(
        (done) => answer(exchange, done),
        (thrown: unknown) => fail(exchange, thrown),
      )
    })
  }
  const fixed = (type: string, body: string): Reply => ({
    status: 200,
    headers: [...headers, 'content-type', type, 'cache-control', 'no-cache'],
    body,
  })
  const described = fixed('application/json', JSON.stringify(document))
  const reference = referencePage(document, headers)
  const style = fixed('text/css; charset=utf-8', PAGE_STYLE)
  const alive = healthz(headers)
  put('/openapi.json', () => described)
  put('/docs', () => reference)
  put('/docs/page.css', () => style)
  put('/healthz', () => alive)
  put('/readyz', () => readyz(hall, headers))
  put('/problems/:code', (_, { params }) => {
    const code = isRecord(params) ? String(params['code']) : ''
    const explained = problemPage(code, headers)
    if (explained === null) throw notFound('This problem')
    return explained
  })
  if (metrics === undefined) return
  put('/metrics', (exchange) => {
    if (!isLocal(exchange, own.port)) throw notFound('This page')
    return metricsReply(metrics, headers)
  })
}
