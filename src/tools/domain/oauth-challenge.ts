// What a server says in `WWW-Authenticate` when it wants a token, or another one (RFC 9110, 6750,
// 9728). The header is written by strangers: what cannot be read is passed over.

/** What a server that wants a token says of it. */
export type Challenge = Readonly<{
  /** Where it says who issues its tokens. */
  resourceMetadata: string | null
  /** The scopes that the refused request needs. */
  scopes: readonly string[]
  error: string | null
}>

/** Characters of a header that are read. */
const CHARS_MAX = 8_192
/** Scopes that one challenge names at most. */
export const SCOPES_MAX = 100

const SCHEME = /[\s,]*([\w!#$%&'*+.^`|~-]+)(?=[\s,]|$)(?!\s*=)/y
const PARAMETER = /[\s,]*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y
/** One scope, as RFC 6749 writes it. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/

/** Reads the scopes in a text, each once. */
export const scopesIn = (text: string): readonly string[] =>
  [...new Set(text.split(' ').filter((word) => SCOPE.test(word)))].slice(0, SCOPES_MAX)

/** Reads the challenge for a bearer token; `null` where there is none. */
export const bearerChallenge = (header: string | null): Challenge | null => {
  const text = (header ?? '').slice(0, CHARS_MAX)
  const fields = new Map<string, string>()
  let isBearer = false
  let at = 0
  while (at < text.length) {
    const parameter = matchAt(PARAMETER, text, at)
    const scheme = parameter ? null : matchAt(SCHEME, text, at)
    if (parameter) {
      const [, name = '', quoted, plain = ''] = parameter
      const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain
      // The first of a name counts: a second could only be there to take its place.
      const key = name.toLowerCase()
      if (isBearer && !fields.has(key)) fields.set(key, value)
      at += parameter[0].length
    } else if (scheme) {
      if (isBearer) break
      isBearer = scheme[1]?.toLowerCase() === 'bearer'
      at += scheme[0].length
    } else at += 1
  }
  if (!isBearer) return null
  return {
    resourceMetadata: fields.get('resource_metadata') ?? null,
    scopes: scopesIn(fields.get('scope') ?? ''),
    error: fields.get('error') ?? null,
  }
}

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}
