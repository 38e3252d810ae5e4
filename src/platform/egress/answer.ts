import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import type { Deadline } from './deadline.ts'
import { targetAway, targetTooLarge } from './refusals.ts'

/** What makes a raw answer a bounded one. */
export type Frame = Readonly<{
  method: string
  url: string
  redirected: boolean
  bytesMax: number
  deadline: Deadline
}>

const UNPACKERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  br: () => createBrotliDecompress(),
}
const WITHOUT_BODY = new Set([204, 205, 304])
const JSON_TYPE = /^application\/json\b/i
/** Bytes of an answer that comes whole: below 100,000. */
const SMALL_LENGTH = /^[1-9][0-9]{0,4}$/
const REASON = /^[\t\x20-\x7e]*$/

/**
 * Makes the standard answer. Its bytes are counted while they pass, as they came and again
 * unpacked: a `content-length` is believed when it says "too much", or "little" of plain JSON, to
 * which the library holds it.
 */
export const readAnswer = async (raw: Dispatcher.ResponseData, frame: Frame): Promise<Response> => {
  if (raw.statusCode > 599) throw targetAway()
  const headers = headersOf(raw)
  const init = {
    status: raw.statusCode,
    statusText: REASON.test(raw.statusText) ? raw.statusText : '',
    headers,
  }
  if (frame.method === 'HEAD' || WITHOUT_BODY.has(raw.statusCode)) {
    raw.body.resume()
    return placed(new Response(null, init), frame)
  }
  if (Number(headers.get('content-length')) > frame.bytesMax) throw targetTooLarge(frame.bytesMax)
  // A stream costs more than a small answer does.
  if (isSmall(headers)) return placed(new Response(await raw.body.arrayBuffer(), init), frame)
  const chunks = unpacked(raw.body, headers, frame.bytesMax)
  return placed(new Response(streamOf(chunks, raw, frame), init), frame)
}

const isSmall = (headers: Headers): boolean =>
  JSON_TYPE.test(headers.get('content-type') ?? '') &&
  !headers.has('content-encoding') &&
  SMALL_LENGTH.test(headers.get('content-length') ?? '')

const headersOf = (raw: Dispatcher.ResponseData): Headers => {
  const headers = new Headers()
  for (const [name, values] of Object.entries(raw.headers)) {
    for (const value of [values ?? []].flat()) headers.append(name, value)
  }
  return headers
}

const unpacked = (
  body: AsyncIterable<Uint8Array>,
  headers: Headers,
  bytesMax: number,
): AsyncIterable<Uint8Array> => {
  const coding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  const counted = bounded(body, bytesMax)
  if (coding === 'identity' || coding === '') return counted
  const unpacker = UNPACKERS[coding]?.()
  if (unpacker === undefined) throw targetAway()
  headers.delete('content-encoding')
  headers.delete('content-length')
  // The reader of the unpacker hears of every failure; nobody else has to.
  return bounded(
    pipeline(counted, unpacker, () => {}),
    bytesMax,
  )
}

async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw targetTooLarge(bytesMax)
    yield chunk
  }
}

/** Makes the stream of a body; whoever gives it up, even unread, gives its connection back. */
const streamOf = (
  chunks: AsyncIterable<Uint8Array>,
  raw: Dispatcher.ResponseData,
  { deadline }: Frame,
): ReadableStream<Uint8Array> => {
  const reader = chunks[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        try {
          const step: IteratorResult<Uint8Array, unknown> = await reader.next()
          if (step.done !== true) return stream.enqueue(step.value)
          stream.close()
        } catch (error) {
          stream.error(deadline.explain(error))
        }
        raw.body.destroy()
      },
      cancel: () => void raw.body.destroy(),
    },
    // Nothing is read ahead: what nobody asks for stays with its sender.
    { highWaterMark: 0 },
  )
}

// A made answer knows no address; readers of `url` get the one that really answered.
const placed = (response: Response, { url, redirected }: Frame): Response =>
  Object.defineProperties(response, {
    url: { value: url },
    redirected: { value: redirected },
  })
