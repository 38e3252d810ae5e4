import { LineFailure } from './line.ts'

/** Bytes of one message while they come in. */
export type ByteStore = Readonly<{
  size(): number
  /** Adds bytes, or throws `too_large`. */
  add(chunk: Uint8Array): void
  /** Gives the text of all bytes and forgets them. */
  take(): string
}>

const FIRST_BYTES = 4_096

/**
 * Makes a store that copies what it is given: a sender of single bytes costs what it sends, not a
 * buffer of the socket for every byte.
 */
export const byteStore = (bytesMax: number): ByteStore => {
  let held = Buffer.alloc(0)
  let size = 0
  return {
    size: () => size,
    add(chunk) {
      const wanted = size + chunk.byteLength
      if (wanted > bytesMax) throw tooLarge(bytesMax)
      if (wanted > held.length) {
        const grown = Buffer.allocUnsafe(Math.max(FIRST_BYTES, wanted, held.length * 2))
        held.copy(grown, 0, 0, size)
        held = grown
      }
      held.set(chunk, size)
      size = wanted
    },
    take() {
      const text = held.toString('utf8', 0, size)
      size = 0
      // What one large message needed is not kept for the small ones after it.
      if (held.length > FIRST_BYTES) held = Buffer.alloc(0)
      return text
    },
  }
}

/** Makes the failure for an answer that is larger than anybody asked for. */
export const tooLarge = (bytesMax: number): LineFailure =>
  new LineFailure('too_large', `The server sent more than ${bytesMax} bytes.`)
