const NEWLINE = 10
const CARRIAGE_RETURN = 13

/** Takes bytes as they come. */
export type Taker = (chunk: Buffer) => void

/** Cuts a stream of bytes into lines; after one that is too long it hears nothing more. */
export const lineCutter = (options: {
  bytesMax: number
  line: (text: string) => void
  tooLong: () => void
}): Taker => {
  let parts: Buffer[] = []
  let bytes = 0
  let isOver = false
  const add = (part: Buffer): void => {
    parts.push(part)
    bytes += part.length
    if (bytes <= options.bytesMax) return
    isOver = true
    parts = []
    options.tooLong()
  }
  const cut = (): void => {
    const whole = Buffer.concat(parts)
    parts = []
    bytes = 0
    const end = whole.at(-1) === CARRIAGE_RETURN ? whole.length - 1 : whole.length
    if (end > 0) options.line(whole.toString('utf8', 0, end))
  }
  return (chunk) => {
    let from = 0
    for (let to = chunk.indexOf(NEWLINE); to >= 0 && !isOver; to = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, to))
      if (!isOver) cut()
      from = to + 1
    }
    if (!isOver && from < chunk.length) add(chunk.subarray(from))
  }
}

/** Keeps the last bytes of a stream. */
export const tailKeeper = (bytesMax: number): Readonly<{ take: Taker; text: () => string }> => {
  let kept = Buffer.alloc(0)
  return {
    take(chunk) {
      kept = Buffer.concat([kept, chunk]).subarray(-bytesMax)
    },
    // Cut in the middle of a character, the rest of it is no text.
    text() {
      const from = kept.findIndex((byte) => (byte & 0xc0) !== 0x80)
      return kept.toString('utf8', Math.max(from, 0))
    },
  }
}
