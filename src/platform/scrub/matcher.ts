import { SECRET_CHARS_MIN } from './spellings.ts'

// Finds many texts in one pass: the hash of the eight characters at each place is looked up in a
// small table, and only where it is marked is anything compared. A line of 200 characters costs
// about a microsecond, however many texts are looked for.

const WINDOW = SECRET_CHARS_MIN
const MARKS = 2 ** 16
const FACTOR = 0x01000193

/** A piece of a text: from, up to and without `end`. */
export type Span = Readonly<{ start: number; end: number }>

/** Looks for a set of texts. */
export type Matcher = Readonly<{
  /** Adds a text of eight characters or more. */
  add(text: string): void
  find(text: string): readonly Span[]
  /** Gives the first place from which the end of a text may be the beginning of one looked for. */
  unfinished(text: string): number
}>

/** Makes a matcher that looks for nothing yet. */
export const matcher = (): Matcher => {
  const marks = new Uint8Array(MARKS)
  const byHash = new Map<number, string[]>()
  const byFirst = new Map<string, string[]>()
  let longest = 0
  const found = (text: string, at: number, hash: number) =>
    byHash.get(hash)?.find((one) => text.startsWith(one, at))
  return {
    add(text) {
      const hash = hashAt(text, 0)
      const alike = byHash.get(hash) ?? []
      if (alike.includes(text)) return
      marks[hash & (MARKS - 1)] = 1
      // The longest first: of two that begin alike, the longer is the whole of it.
      byHash.set(
        hash,
        [...alike, text].toSorted((a, b) => b.length - a.length),
      )
      const first = byFirst.get(text.charAt(0))
      if (first) first.push(text)
      else byFirst.set(text.charAt(0), [text])
      longest = Math.max(longest, text.length)
    },
    find(text) {
      if (longest === 0 || text.length < WINDOW) return []
      const spans: Span[] = []
      let hash = hashAt(text, 0)
      for (let at = 0; at + WINDOW <= text.length; at += 1) {
        if (at > 0) hash = roll(hash, text, at)
        if (marks[hash & (MARKS - 1)] === 0) continue
        const one = found(text, at, hash)
        if (one !== undefined) spans.push({ start: at, end: at + one.length })
      }
      return spans
    },
    unfinished(text) {
      for (let at = Math.max(0, text.length - longest + 1); at < text.length; at += 1) {
        const rest = text.slice(at)
        if (byFirst.get(text.charAt(at))?.some((one) => one.startsWith(rest))) return at
      }
      return text.length
    },
  }
}

const hashAt = (text: string, start: number): number => {
  let hash = 0
  for (let at = start; at < start + WINDOW; at += 1) {
    hash = (Math.imul(hash, FACTOR) + text.charCodeAt(at)) | 0
  }
  return hash
}

/** What the character that leaves the window has contributed: the factor, seven times. */
const LEAVING = Array.from({ length: WINDOW - 1 }).reduce<number>(
  (power) => Math.imul(power, FACTOR),
  1,
)

const roll = (hash: number, text: string, at: number): number => {
  const without = (hash - Math.imul(text.charCodeAt(at - 1), LEAVING)) | 0
  return (Math.imul(without, FACTOR) + text.charCodeAt(at + WINDOW - 1)) | 0
}

/** Replaces pieces of a text, those that touch each other by one word. */
export const replaceSpans = (text: string, spans: readonly Span[], word: string): string => {
  const pieces: string[] = []
  let done = 0
  let open: { start: number; end: number } | undefined
  const close = () => {
    if (!open) return
    pieces.push(text.slice(done, open.start), word)
    done = open.end
  }
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (open && start <= open.end) open.end = Math.max(open.end, end)
    else {
      close()
      open = { start, end }
    }
  }
  close()
  return pieces.join('') + text.slice(done)
}
