import { Transform } from 'node:stream'
import { endsInToken, type Swallow, unfinishedToken } from './tokens.ts'

/** Characters that a stream waits with at most, for the end of what may be a secret. */
const HELD_MAX = 16_384

/** What a stream needs of the scrubber that it belongs to. */
export type Scrubbing = Readonly<{
  scrub(text: string): string
  unfinished(text: string): number
}>

/**
 * Makes a stream that takes secrets out of what passes, also where one lies across chunks. Bytes
 * pass as they are, in whatever encoding: each is looked at as one character. What may be the
 * beginning of a secret waits for the next chunk.
 */
export const scrubStream = ({ scrub, unfinished }: Scrubbing): Transform => {
  let held = ''
  let swallowing: Swallow | null = null

  /** Drops the rest of a token whose beginning was taken out already. */
  const afterSwallowed = (text: string): string => {
    if (swallowing === null) return text
    const end = swallowing.until.exec(text)
    if (end === null) return ''
    const isPem = end[0].length > 1
    swallowing = null
    return text.slice(end.index + (isPem ? end[0].length : 0))
  }

  const pass = (chunk: string): string => {
    const text = held + afterSwallowed(chunk)
    const from = Math.min(unfinished(text), unfinishedToken(text))
    if (text.length - from <= HELD_MAX) {
      held = text.slice(from)
      return scrub(text.slice(0, from))
    }
    held = ''
    swallowing = endsInToken(text)
    return scrub(text)
  }

  return new Transform({
    transform(chunk: Buffer | string, encoding, done) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
      done(null, Buffer.from(pass(bytes.toString('latin1')), 'latin1'))
    },
    flush(done) {
      const rest = scrub(held)
      held = ''
      done(null, Buffer.from(rest, 'latin1'))
    },
  })
}
