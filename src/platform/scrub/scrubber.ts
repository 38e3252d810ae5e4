import type { Transform } from 'node:stream'
import { matcher, replaceSpans } from './matcher.ts'
import { SECRET_CHARS_MIN, spellingsOf } from './spellings.ts'
import { scrubStream } from './stream.ts'
import { SCRUBBED, scrubTokens } from './tokens.ts'

/** Secrets that are looked for at a time; the one that would be forgotten first makes room. */
const SECRETS_MAX = 1_000
const DEPTH_MAX = 12

/** Takes secrets out of everything that leaves the process as text. */
export type Scrubber = Readonly<{
  /** Looks for a secret of eight characters or more from now on, in every way it gets written. */
  remember(secret: Uint8Array | string, ms: number): void
  scrub(text: string): string
  /** Takes out only what it was told of: for what has to come back, whatever it looks like. */
  scrubKnown(text: string): string
  /** Scrubs every text in the fields, names too; gives the same object where nothing was found. */
  scrubFields(fields: Fields): Fields
  /** A stream to put between what writes and what keeps; secrets across chunks are found. */
  stream(): Transform
}>

type Fields = Readonly<Record<string, unknown>>
type Remembered = Readonly<{ spellings: readonly string[]; until: number }>

/** Makes the scrubber of this process; `now` is the clock by which it forgets. */
export const scrubber = (now: () => number): Scrubber => {
  const secrets = new Map<string, Remembered>()
  let look = matcher()
  let nextEnd = Number.POSITIVE_INFINITY

  const rebuild = () => {
    const moment = now()
    for (const [name, { until }] of secrets) if (until <= moment) secrets.delete(name)
    const kept = [...secrets.values()]
    look = matcher()
    for (const { spellings } of kept) for (const text of spellings) look.add(text)
    nextEnd = Math.min(...kept.map(({ until }) => until), Number.POSITIVE_INFINITY)
  }
  const current = () => {
    if (nextEnd <= now()) rebuild()
    return look
  }

  const scrubKnown = (text: string): string => {
    const spans = current().find(text)
    return spans.length === 0 ? text : replaceSpans(text, spans, SCRUBBED)
  }
  const scrub = (text: string): string => scrubTokens(scrubKnown(text))

  return {
    remember(secret, ms) {
      const bytes = Buffer.from(secret)
      if (bytes.toString('utf8').length < SECRET_CHARS_MIN) return
      const name = bytes.toString('latin1')
      const known = secrets.get(name)
      const until = now() + ms
      if (known && known.until >= until) return
      const spellings = known?.spellings ?? spellingsOf(bytes)
      if (!known && secrets.size >= SECRETS_MAX) dropSoonest(secrets)
      secrets.set(name, { spellings, until })
      nextEnd = Math.min(nextEnd, until)
      for (const text of spellings) look.add(text)
    },
    scrub,
    scrubKnown,
    scrubFields: (fields) => scrubEntries(fields, scrub, [fields]) ?? fields,
    stream: () => scrubStream({ scrub, unfinished: (text) => current().unfinished(text) }),
  }
}

const dropSoonest = (secrets: Map<string, Remembered>): void => {
  let soonest: string | undefined
  let end = Number.POSITIVE_INFINITY
  for (const [name, { until }] of secrets) {
    if (until >= end) continue
    soonest = name
    end = until
  }
  if (soonest !== undefined) secrets.delete(soonest)
}

type Scrub = (text: string) => string

const scrubValue = (value: unknown, scrub: Scrub, above: readonly object[]): unknown => {
  if (typeof value === 'string') return scrub(value)
  if (typeof value === 'number' || typeof value === 'bigint') {
    const text = String(value)
    return text.length >= SECRET_CHARS_MIN && scrub(text) !== text ? SCRUBBED : value
  }
  if (typeof value !== 'object' || value === null) return value
  // Nothing that is written goes deeper, and a circle has no end.
  if (above.length >= DEPTH_MAX || above.includes(value)) return '[deep]'
  return scrubObject(value, scrub, [...above, value])
}

const writesItself = (value: object): value is { toJSON(): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function'

const scrubObject = (value: object, scrub: Scrub, above: readonly object[]): unknown => {
  if (ArrayBuffer.isView(value)) return scrubBytes(value, scrub)
  if (value instanceof Error) return scrubError(value, scrub, above)
  if (writesItself(value)) {
    const written = value.toJSON()
    const clean = scrubValue(written, scrub, above)
    return clean === written ? value : clean
  }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    const clean = items.map((item) => scrubValue(item, scrub, above))
    return clean.every((item, at) => item === items[at]) ? value : clean
  }
  if (value instanceof Map || value instanceof Set) {
    const items: readonly unknown[] = [...value]
    const clean = items.map((item) => scrubValue(item, scrub, above))
    return clean.every((item, at) => item === items[at]) ? value : clean
  }
  return scrubEntries(value, scrub, above) ?? value
}

/** Scrubs names and fields; `null` where nothing was found. */
const scrubEntries = (value: object, scrub: Scrub, above: readonly object[]): Fields | null => {
  const entries: readonly [string, unknown][] = Object.entries(value)
  let same = true
  const clean = entries.map(([key, field]): [string, unknown] => {
    const [cleanKey, cleanField] = [scrub(key), scrubValue(field, scrub, above)]
    same &&= cleanKey === key && cleanField === field
    return [cleanKey, cleanField]
  })
  return same ? null : Object.fromEntries(clean)
}

const scrubBytes = (value: ArrayBufferView, scrub: Scrub): unknown => {
  const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
  return scrub(text) === text ? value : SCRUBBED
}

const scrubError = (error: Error, scrub: Scrub, above: readonly object[]): unknown => {
  const { name, message } = error
  const fields: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(error)),
    name,
    message,
  }
  if (error.stack !== undefined) fields['stack'] = error.stack
  if (error.cause !== undefined) fields['cause'] = error.cause
  return scrubEntries(fields, scrub, above) ?? error
}
