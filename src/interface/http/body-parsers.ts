import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refuse } from '../../kernel/refusal.ts'
import { BODY_BYTES_MAX, readBody, readLines } from './body.ts'

/** Teaches the server the bodies it reads: JSON, and lines of JSON where a route takes them. */
export const readBodies = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers()
  const plain = (request: FastifyRequest) => {
    const encoding = request.raw.headers['content-encoding'] ?? 'identity'
    if (encoding !== 'identity') throw notPlain()
  }
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      plain(request)
      return readBody(Buffer.from(body), isBulk(request))
    },
  )
  app.addContentTypeParser(
    'application/x-ndjson',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      plain(request)
      if (!isBulk(request)) throw notPlain()
      return readLines(Buffer.from(body))
    },
  )
}

/** Tells whether a request's route takes whole backlogs; its options say so. */
const isBulk = ({ routeOptions }: FastifyRequest): boolean =>
  (routeOptions.bodyLimit ?? 0) > BODY_BYTES_MAX

const notPlain = () =>
  refuse('invalid', 'platform.media_type_not_supported', 'Send the body without an encoding.')
