// A small scanner instead of a parser: TypeScript 7 offers no JavaScript API, and tidy must answer
// in under a second. It knows comments, strings, templates and regular expressions, and gives back
// the code with all of these blanked, so that plain patterns can be used on what is left.

/** Names a stretch of a file that was blanked: where it starts and what it said. */
export type Piece = Readonly<{ start: number; end: number; text: string }>

/** Describes one file: its text, and its code without comments, strings and patterns. */
export type Source = Readonly<{
  path: string
  text: string
  code: string
  comments: readonly Piece[]
  strings: ReadonlyMap<number, Piece>
  lineStarts: readonly number[]
}>

type Found = {
  readonly text: string
  readonly jsx: boolean
  readonly comments: Piece[]
  readonly strings: Map<number, Piece>
  readonly blanks: [number, number][]
}

const BEFORE_PATTERN = new Set(
  'return typeof case of in do else void delete throw new await yield instanceof'.split(' '),
)

/** Reads one file's text into code, comments and strings. */
export const scan = (path: string, text: string): Source => {
  const found: Found = {
    text,
    jsx: path.endsWith('x'),
    comments: [],
    strings: new Map(),
    blanks: [],
  }
  scanCode(found, text.startsWith('#!') ? endOfLine(text, 0) : 0, false)
  const { comments, strings } = found
  return { path, text, code: blanked(found), comments, strings, lineStarts: startsOf(text) }
}

/** Counts lines from 1 up to the offset. */
export const lineAt = ({ lineStarts }: Source, offset: number): number => {
  let low = 0
  let high = lineStarts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return low + 1
}

/** Finds the bracket that closes the one at `open`; the end of the code if none does. */
export const closing = (code: string, open: number): number => {
  let depth = 0
  for (let at = open; at < code.length; at++) {
    const char = code[at]
    if (char === '(' || char === '[' || char === '{') depth++
    if (char === ')' || char === ']' || char === '}') depth--
    if (depth === 0) return at
  }
  return code.length
}

/** Skips blanks, forward from `at`. */
export const skipBlank = (code: string, at: number): number => {
  let next = at
  while (next < code.length && (code.charCodeAt(next) <= 32 || code[next] === '\u00a0')) next++
  return next
}

// Scans until the end, or inside a template's hole until the brace that closes it.
function scanCode(found: Found, from: number, inHole: boolean): number {
  const { text } = found
  let depth = 0
  let last = from - 1
  let at = from
  while (at < text.length) {
    const char = text[at]
    const after = char === '/' ? afterSlash(found, at, last) : at
    if (after > at) {
      if (text[at + 1] !== '/' && text[at + 1] !== '*') last = after - 1
      at = after
      continue
    }
    if (char === "'" || char === '"' || char === '`') {
      at = char === '`' ? scanTemplate(found, at) : scanString(found, at)
      last = at - 1
      continue
    }
    if (char === '{') depth++
    if (char === '}' && depth-- === 0 && inHole) return at
    if (text.charCodeAt(at) > 32) last = at
    at++
  }
  return at
}

// Comments and regular expressions; gives back `at` for a plain division.
function afterSlash(found: Found, at: number, last: number): number {
  const { text, jsx, comments, blanks } = found
  const next = text[at + 1]
  if (next === '/' && !(jsx && text[at - 1] === ':')) {
    const end = endOfLine(text, at)
    comments.push({ start: at, end, text: text.slice(at, end) })
    blanks.push([at, end])
    return end
  }
  if (next === '*') {
    const close = text.indexOf('*/', at + 2)
    const end = close < 0 ? text.length : close + 2
    comments.push({ start: at, end, text: text.slice(at, end) })
    blanks.push([at, end])
    return end
  }
  if (!startsPattern(text, last, jsx)) return at
  const end = endOfPattern(text, at)
  if (end > at) blanks.push([at + 1, end - 1])
  return end
}

function startsPattern(text: string, last: number, jsx: boolean): boolean {
  if (last < 0) return true
  const char = text[last] ?? ''
  if (jsx && char === '<') return false
  if (/[\w$]/.test(char)) {
    let start = last
    while (start > 0 && /[\w$]/.test(text[start - 1] ?? '')) start--
    return BEFORE_PATTERN.has(text.slice(start, last + 1))
  }
  return !`)]}'"\``.includes(char)
}

function endOfPattern(text: string, start: number): number {
  let inSet = false
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === '[') inSet = true
    else if (char === ']') inSet = false
    else if (char === '/' && !inSet) return at + 1
  }
  return start
}

// A quote without its partner on the line is an apostrophe in JSX text.
function scanString({ text, strings, blanks }: Found, start: number): number {
  const quote = text[start]
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) {
      strings.set(start, { start, end: at + 1, text: text.slice(start + 1, at) })
      blanks.push([start + 1, at])
      return at + 1
    }
  }
  return start + 1
}

function scanTemplate(found: Found, start: number): number {
  const { text, strings, blanks } = found
  let said = ''
  let from = start + 1
  let at = from
  while (at < text.length && text[at] !== '`') {
    if (text[at] === '\\') at += 2
    else if (text[at] === '$' && text[at + 1] === '{') {
      const hole = at + 2
      said += `${text.slice(from, at)}$`
      blanks.push([from, hole])
      at = scanCode(found, hole, true)
      // Line breaks of a hole stay, so that lines can be counted inside the text.
      said += '\n'.repeat(text.slice(hole, at).split('\n').length - 1)
      blanks.push([at, at + 1])
      at++
      from = at
    } else at++
  }
  said += text.slice(from, at)
  blanks.push([from, at])
  strings.set(start, { start, end: at + 1, text: said })
  return at + 1
}

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

function startsOf(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function blanked({ text, blanks }: Found): string {
  blanks.sort(([a], [b]) => a - b)
  const parts: string[] = []
  let from = 0
  for (const [start, end] of blanks) {
    if (start < from) continue
    parts.push(text.slice(from, start), text.slice(start, end).replaceAll(/[^\n]/g, ' '))
    from = end
  }
  parts.push(text.slice(from))
  return parts.join('')
}
