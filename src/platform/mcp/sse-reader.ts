import { byteStore, tooLarge } from './byte-store.ts'

/** One event of a stream. */
export type SseEvent = Readonly<{
  name: string
  data: string
  /** Where to go on after this event, if the server says so. */
  id: string | null
}>

/** What a reader of a stream wants to know, and what it takes. */
export type SseReading = Readonly<{
  /** Bytes of one event. */
  eventBytesMax: number
  /** Bytes of the whole stream. */
  streamBytesMax: number
  event(event: SseEvent): void
  /** Hears that the server gives a pause before reconnecting, in milliseconds. */
  retry?(ms: number): void
  /** Hears that bytes came. */
  alive?(): void
}>

const NEWLINE = 10
const RETURN = 13
const BYTE_ORDER_MARK = '\ufeff'
const DIGITS = /^[0-9]{1,7}$/

/** Reads a stream of server-sent events to its end; its reader holds one event at a time. */
export const readEvents = async (
  body: AsyncIterable<Uint8Array>,
  reading: SseReading,
): Promise<void> => {
  const lines = lineReader(reading)
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > reading.streamBytesMax) throw tooLarge(reading.streamBytesMax)
    reading.alive?.()
    lines(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  }
}

/** Cuts chunks into lines; a line ends with a newline, a carriage return, or both. */
const lineReader = (reading: SseReading) => {
  const line = eventReader(reading)
  const rest = byteStore(reading.eventBytesMax)
  let afterReturn = false
  return (chunk: Buffer): void => {
    let start = 0
    // Looked for again only when passed: many short lines must not mean many looks to the end.
    let newline = chunk.indexOf(NEWLINE)
    let carriage = chunk.indexOf(RETURN)
    if (afterReturn && newline === 0) start = 1
    afterReturn = false
    for (;;) {
      if (newline >= 0 && newline < start) newline = chunk.indexOf(NEWLINE, start)
      if (carriage >= 0 && carriage < start) carriage = chunk.indexOf(RETURN, start)
      const end = carriage < 0 || (newline >= 0 && newline < carriage) ? newline : carriage
      if (end < 0) break
      if (rest.size() === 0) line(chunk.toString('utf8', start, end))
      else {
        rest.add(chunk.subarray(start, end))
        line(rest.take())
      }
      start = end + 1
      if (end === carriage) {
        if (start === chunk.length) afterReturn = true
        else if (newline === start) start += 1
      }
    }
    if (start < chunk.length) rest.add(chunk.subarray(start))
  }
}

/** Puts lines together to events. */
const eventReader = (reading: SseReading) => {
  let name = ''
  let data: string[] = []
  let size = 0
  let id: string | null = null
  let first = true
  const end = () => {
    if (data.length > 0 || id !== null) reading.event({ name, data: data.join('\n'), id })
    name = ''
    data = []
    size = 0
    id = null
  }
  return (raw: string): void => {
    const line = first && raw.startsWith(BYTE_ORDER_MARK) ? raw.slice(1) : raw
    first = false
    if (line === '') return end()
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const from = colon < 0 ? line.length : colon + (line[colon + 1] === ' ' ? 2 : 1)
    const value = line.slice(from)
    size += line.length
    if (size > reading.eventBytesMax) throw tooLarge(reading.eventBytesMax)
    if (field === 'data') data.push(value)
    else if (field === 'event') name = value
    else if (field === 'id') id = value
    else if (field === 'retry' && DIGITS.test(value)) reading.retry?.(Number(value))
  }
}
