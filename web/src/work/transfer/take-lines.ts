// An export is a stream of lines of unknown length: what has come is counted as it comes, and kept
// as it came until the whole of it is a file.

/** How much of a stream has come. */
export type Taken = Readonly<{ lines: number; bytes: number }>

/** How a stream is taken. */
export type Taking = Readonly<{
  signal: AbortSignal
  /** Beyond this it does not fit into the memory of a page. */
  bytesMax: number
  taken(taken: Taken): void
}>

const LINE_END = 10

/** Takes a stream of lines to its end; fails where it breaks off, or is no longer wanted. */
export const takeLines = async (answer: Response, taking: Taking): Promise<Blob> => {
  const { signal, bytesMax, taken } = taking
  if (answer.body === null) throw new Error('The export has no content.')
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let [lines, bytes] = [0, 0]
  const reader = answer.body.getReader()
  for (;;) {
    signal.throwIfAborted()
    const { value, done } = await reader.read()
    if (done) break
    chunks.push(value)
    bytes += value.byteLength
    lines += linesIn(value)
    if (bytes > bytesMax) {
      await reader.cancel()
      throw new Error(
        'This is more than a page can hold. Export project by project, or run: guildhall export',
      )
    }
    taken({ lines, bytes })
  }
  return new Blob(chunks, { type: 'application/x-ndjson' })
}

const linesIn = (chunk: Uint8Array): number => {
  let count = 0
  for (let at = chunk.indexOf(LINE_END); at !== -1; at = chunk.indexOf(LINE_END, at + 1)) count += 1
  return count
}

const STEP = 1000
const UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** Says how large something is: "3.2 MB". */
export const sizeOf = (bytes: number): string => {
  const step = bytes < STEP ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3))
  const size = bytes / STEP ** step
  return `${size.toLocaleString(undefined, { maximumFractionDigits: step === 0 ? 0 : 1 })} ${
    UNITS[step] ?? 'B'
  }`
}
