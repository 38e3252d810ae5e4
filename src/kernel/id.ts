declare const brand: unique symbol

/** A UUID of one kind of thing: a task's id does not fit where a board's is wanted. */
export type Id<Kind extends string> = string & { readonly [brand]?: Kind }

/** Makes fresh ids; handed in with the call, never taken from the machine. */
export type NewId = <Kind extends string>() => Id<Kind>

/** Fills a byte array with chance; handed in, so that tests can repeat a run. */
export type Random = (bytes: Uint8Array) => Uint8Array

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Tells whether a text is a UUID in lower case. */
export const isUuid = (text: string): boolean => UUID.test(text)

const COUNTER_BITS = 12
const COUNTERS_PER_MS = 2 ** COUNTER_BITS

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Makes UUIDv7s (RFC 9562) of one process: strictly rising, also when the clock steps back. */
export const idMaker = (now: () => number, random: Random): NewId => {
  const chance = new Uint8Array(8)
  let stamp = 0
  return () => {
    stamp = Math.max(stamp + 1, Math.floor(now()) * COUNTERS_PER_MS)
    random(chance)
    chance[0] = ((chance[0] ?? 0) & 0x3f) | 0x80
    const ms = Math.floor(stamp / COUNTERS_PER_MS)
    const counter = stamp % COUNTERS_PER_MS
    const time = ms.toString(16).padStart(12, '0')
    const middle = counter.toString(16).padStart(3, '0')
    const tail = chance.reduce((text, byte) => text + (HEX[byte] ?? ''), '')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${middle}-${tail.slice(0, 4)}-${tail.slice(4)}`
  }
}

/** Reads the order stamp out of a UUIDv7: its milliseconds and counter as one rising integer. */
export const orderOf = (id: string): number =>
  Number.parseInt(id.slice(0, 8) + id.slice(9, 13) + id.slice(15, 18), 16)
