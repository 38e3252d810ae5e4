import type { Refusal } from '../../kernel/refusal.ts'
import { refuse } from '../../kernel/refusal.ts'
import { unfit } from './openapi-json.ts'

// The address of a call is made of the service's address, which an administrator gave, the path of
// the document, and values of arguments. Values can only ever fill one segment: what could be read
// as more than that, by any server on the way, is refused and not repaired.

/** A piece of a segment: fixed text, or the name of a placeholder. */
export type PathPiece = Readonly<{ fixed: string }> | Readonly<{ placeholder: string }>

const VALUE_CHARS_MAX = 2_048
const PATH_CHARS_MAX = 1_024
const LITERAL = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*$/
// What a second decoding would turn into a slash, backslash, dot, percent or control character.
const RISKY_ESCAPE = /%(?:2[ef5]|5c|[01][0-9a-f]|7f|[89a-f][0-9a-f])/i
const PLACEHOLDER = /^[\w.$:@-]{1,100}$/
const ADDRESS = /^https?:\/\/[A-Za-z0-9._:[\]-]+(?:[/?#]|$)/i
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u
const SLASH_ALIKE = /[\u2044\u2215\u2216\u29f5\u29f8\u29f9]/
const ESCAPE = /%(?:[0-9a-f]{2}|u[0-9a-f]{4})/i

/** Reads a path of a document into segments; refuses one that is more than segments. */
export const readPath = (path: string): readonly (readonly PathPiece[])[] => {
  if (!path.startsWith('/')) throw unfit('Its path does not begin with a slash.')
  if (path.length > PATH_CHARS_MAX) throw unfit('Its path is too long.')
  const segments = path.slice(1).split('/')
  return segments.map((segment, at) => {
    const last = at === segments.length - 1
    if (segment === '' && !last) throw unfit('Its path has an empty segment.')
    const pieces = piecesOf(segment)
    const fixed = pieces.every((piece) => 'fixed' in piece)
    if (fixed && segment !== '' && isDots(segment)) throw unfit('Its path has dots as a segment.')
    return pieces
  })
}

const piecesOf = (segment: string): readonly PathPiece[] =>
  segment
    .split(/(\{[^{}]*\})/)
    .filter((text) => text !== '')
    .map((text) => {
      if (text.startsWith('{')) {
        const placeholder = text.slice(1, -1)
        if (PLACEHOLDER.test(placeholder)) return { placeholder }
        throw unfit(
          `Its path has the placeholder ${text.slice(0, 60)}, which says more than a name.`,
        )
      }
      if (LITERAL.test(text) && !RISKY_ESCAPE.test(text)) return { fixed: text }
      throw unfit('Its path has characters that do not belong into a path.')
    })

/** Lists the placeholders of a path. */
export const placeholdersOf = (path: string): readonly string[] => [
  ...new Set(
    readPath(path).flatMap((pieces) =>
      pieces.flatMap((piece) => ('placeholder' in piece ? [piece.placeholder] : [])),
    ),
  ),
]

// Some servers cut off what follows a semicolon, some trim blanks and dots.
const isDots = (text: string): boolean => /^[\s.]*(?:;.*)?$/s.test(text)

/** Refuses a value of an argument: it names the field and says what to send instead. */
export const argumentRefused = (field: string, why: string): Refusal =>
  refuse('invalid', 'tools.argument_refused', `The argument ${field} ${why}`, { field })

/** Refuses control characters: they end headers, lines and texts where nobody expects it. */
export const checkText = (field: string, text: string): void => {
  if (!text.isWellFormed()) {
    throw argumentRefused(field, 'has half a character in it; send whole ones.')
  }
  if (CONTROL.test(text)) {
    throw argumentRefused(field, 'has a line break or control character; leave it out.')
  }
}

/** Refuses a value that could be read as more, or other, than one piece of a path segment. */
export const checkSegment = (field: string, text: string): void => {
  checkText(field, text)
  if (text.length > VALUE_CHARS_MAX) {
    throw argumentRefused(
      field,
      `is longer than ${VALUE_CHARS_MAX} characters; send a shorter one.`,
    )
  }
  // Some servers fold wide and composed characters into plain ones before they look at a path.
  for (const form of [text, text.normalize('NFKC')]) {
    if (/[/\\]/.test(form) || SLASH_ALIKE.test(text)) {
      throw argumentRefused(
        field,
        'has a slash or backslash; it can only be one segment of a path.',
      )
    }
    if (isDots(form)) throw argumentRefused(field, 'is empty or only dots; name what you mean.')
    if (ESCAPE.test(form)) {
      throw argumentRefused(field, 'is percent-encoded; send it plain, it is encoded here.')
    }
  }
}

/** Encodes a text so that no character of it means anything in an address. */
export const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `%${code.toString(16).toUpperCase()}`
  })

const baseRefused = (why: string): Refusal =>
  refuse('invalid', 'tools.base_url_refused', `The address of the service ${why}`)

/**
 * Resolves the address of a service, once. A path that the administrator gave is the whole of it;
 * to an address without one the document's server path is added.
 */
export const openApiAddress = (given: string, serverPath: string): string => {
  const base = readBase(given)
  const path = base.pathname === '/' ? serverPath : base.pathname
  return `${base.origin}${path.replace(/\/$/, '')}`
}

/** Reads the address of a service; refuses what a parser would repair or what is not an address. */
export const readBase = (given: string): URL => {
  const url = URL.parse(given)
  if (url === null || !ADDRESS.test(given)) {
    throw baseRefused('is not one. Write https://host/path, without a user name.')
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(given)) {
    throw baseRefused('has a query or fragment. Leave it out; parameters come from the document.')
  }
  const path = given.replace(/^https?:\/\/[^/]+/i, '') || '/'
  if (!isPlainPath(path)) {
    throw baseRefused('has a path that could be read in two ways. Write it plainly, like /v1.')
  }
  return url
}

/** Tells whether a path is fixed segments and nothing else. */
export const isPlainPath = (path: string): boolean => {
  try {
    return readPath(path)
      .flat()
      .every((piece) => 'fixed' in piece)
  } catch {
    return false
  }
}

/**
 * Checks a finished address against its template, as the parser of addresses sees it: same
 * origin, below the address of the service, same segments but for the placeholders.
 */
export const liesWithin = (address: string, base: URL, path: string): boolean => {
  const url = URL.parse(address)
  if (url === null || url.href !== address || url.origin !== base.origin) return false
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false
  const root = base.pathname.replace(/\/$/, '')
  if (!url.pathname.startsWith(`${root}/`)) return false
  const template = readPath(path)
  const segments = url.pathname.slice(root.length + 1).split('/')
  return (
    segments.length === template.length &&
    template.every((pieces, at) => fits(segments[at] ?? '', pieces))
  )
}

const fits = (segment: string, pieces: readonly PathPiece[]): boolean => {
  if (pieces.every((piece) => 'fixed' in piece)) {
    return segment === pieces.map((piece) => ('fixed' in piece ? piece.fixed : '')).join('')
  }
  // Fixed pieces stand in their order; whatever is between them came from arguments.
  let at = 0
  for (const [index, piece] of pieces.entries()) {
    if (!('fixed' in piece)) continue
    const found = segment.indexOf(piece.fixed, at)
    if (found < 0 || (index === 0 && found !== 0)) return false
    at = found + piece.fixed.length
  }
  const last = pieces.at(-1)
  const ends = last === undefined || !('fixed' in last) || segment.endsWith(last.fixed)
  return ends && !isDots(segment) && !/[\\]|%(?:2[ef]|5c)/i.test(segment)
}
