import type { IncomingMessage } from 'node:http'
import { gzip } from 'node:zlib'
import { answer, type Exchange, type Reply } from './answer.ts'

/** From here on an answer is packed where its reader takes that: a board is mostly repetition. */
const PACK_BYTES_MIN = 8 * 1024
/** The fastest level; higher ones cost more time than they save bytes of JSON. */
const LEVEL = 1

/** Tells whether a client takes answers packed in a way (RFC 9110, section 12.5.3). */
export const takes = (way: 'gzip' | 'br', { headers }: IncomingMessage): boolean =>
  [headers['accept-encoding'] ?? []]
    .flat()
    .join()
    .split(',')
    .some((one) => {
      const [name, weight = ''] = one.split(';', 2).map((text) => text.trim())
      return name === way && !/^q=0(?:\.0*)?$/.test(weight)
    })

/**
 * Writes the answer of a read, packed where it is large. An answer with an entity tag keeps its
 * bytes, because the tag names them; what a write gives may hold a secret beside words of others,
 * whose length would tell of it (the BREACH attack), and is never packed.
 */
export const answerRead = (exchange: Exchange, reply: Reply): void => {
  const { headers, body } = reply
  const isLarge = body !== null && body.length >= PACK_BYTES_MIN
  if (!isLarge || headers.includes('etag') || !takes('gzip', exchange.req)) {
    return answer(exchange, reply)
  }
  gzip(body, { level: LEVEL }, (error, packed) => {
    if (error) return answer(exchange, reply)
    const more = ['content-encoding', 'gzip', 'vary', 'accept-encoding']
    answer(exchange, { ...reply, headers: [...headers, ...more], body: packed })
  })
}
