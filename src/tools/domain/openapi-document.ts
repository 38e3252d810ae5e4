import { Refusal, refuse } from '../../kernel/refusal.ts'
import { shorten } from '../../kernel/text.ts'
import { readInput } from './openapi-fields.ts'
import { isObject, type Json } from './json.ts'
import { followed, jsonOf, listOf, member, textOf, UNFIT, unfit } from './openapi-json.ts'
import type { CredentialPlace, OpenApiOperation, OpenApiTools } from './openapi-operation.ts'
import { effectOf, isHttpToken, OPENAPI_OPERATIONS_MAX } from './openapi-operation.ts'
import type { DeclaredOperation } from './openapi-parameters.ts'
import { placeOf } from './openapi-parameters.ts'
import { isPlainPath } from './openapi-path.ts'
import type { SchemaGround } from './openapi-schema.ts'

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'trace'] as const
const TITLE_CHARS_MAX = 120
const DESCRIPTION_CHARS_MAX = 1_000
const NAME_CHARS_MAX = 100
const SCHEMES_MAX = 30
const SECURITY_MAX = 20
const LEFT_MAX = 500
const SERVERS_MAX = 10
const SERVER_CHARS_MAX = 500

/** Reads a document of OpenAPI 3.0 or 3.1 into tools, and says which operations are left out. */
export const readOpenApiDocument = (document: unknown): OpenApiTools => {
  if (!isObject(document)) throw unreadable('is not an object. Give an OpenAPI document.')
  const dialect = dialectOf(document)
  const info = jsonOf(member(document, 'info'))
  const servers = serversOf(member(document, 'servers'))
  const left: LeftOut[] = []
  const credentials = credentialPlaces(document, left)
  const found = declaredOperations(document, credentials, left)
  if (found.length > OPENAPI_OPERATIONS_MAX) {
    const message =
      `The document has ${found.length} operations; a service has at most ` +
      `${OPENAPI_OPERATIONS_MAX} here. Cut it down to those that are needed.`
    throw refuse('invalid', 'tools.openapi_too_many', message, { operations: found.length })
  }
  const names = uniqueNames(found)
  const operations = found.flatMap((declared, at) => {
    const named = { declared, name: names[at] ?? '', servers }
    return orLeft(addressOf(declared), left, () => operationOf(named, dialect)) ?? []
  })
  return {
    title: shorten(textOf(member(info, 'title')) ?? 'Untitled', TITLE_CHARS_MAX),
    version: shorten(textOf(member(info, 'version')) ?? '', 60),
    description: shortened(textOf(member(info, 'description')), DESCRIPTION_CHARS_MAX),
    ...{ servers, serverPath: serverPathOf(servers[0]), operations, left, credentials },
  }
}

const unreadable = (why: string): Refusal =>
  refuse('invalid', 'tools.openapi_unreadable', `The document ${why}`)

const dialectOf = (document: Json): SchemaGround['dialect'] => {
  const version = member(document, 'openapi')
  const [, dialect] = /^(3\.[01])\.\d+/.exec(typeof version === 'string' ? version : '') ?? []
  if (dialect === '3.0' || dialect === '3.1') return dialect
  const message = 'The document is not of OpenAPI 3.0 or 3.1. Convert it, then give it again.'
  throw refuse('invalid', 'tools.openapi_version', message)
}

const shortened = (text: string | null, max: number): string | null =>
  text === null ? null : shorten(text, max)

const addressOf = ({ method, path }: DeclaredOperation): string => `${method} ${path}`

type LeftOut = { operation: string; why: string }

const declaredOperations = (
  document: Json,
  credentials: readonly CredentialPlace[],
  left: LeftOut[],
): readonly DeclaredOperation[] => {
  const reserved = new Set(
    credentials.flatMap(({ kind, name }) => (name === null ? [] : [placeOf(kind, name)])),
  )
  return Object.entries(jsonOf(member(document, 'paths'))).flatMap(([path, given]) => {
    const item = orLeft(path, left, () => ({ ...followed(document, given), ...jsonOf(given) }))
    return METHODS.flatMap((method) => {
      const operation = member(item, method)
      if (!isObject(operation)) return []
      return [
        { document, method: method.toUpperCase(), path, item: jsonOf(item), operation, reserved },
      ]
    })
  })
}

// Carries on without what cannot be a tool, and keeps the reason for whoever added the service.
const orLeft = <T>(operation: string, left: LeftOut[], make: () => T): T | undefined => {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== UNFIT) throw error
    if (left.length < LEFT_MAX)
      left.push({ operation: shorten(operation, 200), why: error.message })
    return undefined
  }
}

/** Names every operation; those that would be called alike all get a mark of their address. */
const uniqueNames = (found: readonly DeclaredOperation[]): readonly string[] => {
  const wanted = found.map(wantedName)
  const counts = new Map<string, number>()
  for (const name of wanted) counts.set(name, (counts.get(name) ?? 0) + 1)
  const taken = new Set<string>()
  return wanted.map((name, at) => {
    const declared = found[at]
    const alone = counts.get(name) === 1 || declared === undefined
    const marked = alone ? name : `${name}_${mark(addressOf(declared))}`
    let free = marked
    for (let count = 2; taken.has(free); count += 1) free = `${marked}_${count}`
    taken.add(free)
    return free
  })
}

const wantedName = ({ method, path, operation }: DeclaredOperation): string => {
  const id = textOf(member(operation, 'operationId'))
  const name = plainName(id ?? '')
  return name === '' ? plainName(`${method.toLowerCase()}${path.replace('/', '_')}`) : name
}

const plainName = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, NAME_CHARS_MAX)

// FNV-1a: short, and the same for the same address wherever it stands in the document.
const mark = (text: string): string => {
  let hash = 0x811c9dc5
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0').slice(0, 6)
}

type Named = Readonly<{ declared: DeclaredOperation; name: string; servers: readonly string[] }>

const operationOf = (
  { declared, name, servers }: Named,
  dialect: SchemaGround['dialect'],
): OpenApiOperation => {
  const { document, item, operation, method } = declared
  if (method === 'TRACE') throw unfit('TRACE echoes what was sent, credentials too.')
  checkServers([member(operation, 'servers'), member(item, 'servers')], servers)
  const { inputSchema, request } = readInput(declared, dialect)
  const summary = textOf(member(operation, 'summary')) ?? textOf(member(item, 'summary'))
  const long = textOf(member(operation, 'description')) ?? textOf(member(item, 'description'))
  const deprecated = member(operation, 'deprecated') === true ? 'Deprecated. ' : ''
  const about = shorten(`${deprecated}${long ?? summary ?? ''}`, DESCRIPTION_CHARS_MAX)
  return {
    name,
    title: shortened(summary, TITLE_CHARS_MAX),
    // The address is part of what people approve: another one is another tool.
    description: [about, addressOf(declared)].filter((text) => text !== '').join('\n'),
    ...{ inputSchema, effect: effectOf(method), request },
    security: securityOf(member(operation, 'security') ?? member(document, 'security')),
  }
}

// The address of a service is given once; an operation that lives elsewhere cannot be reached.
const checkServers = (own: readonly unknown[], servers: readonly string[]): void => {
  const said = own.find((list) => listOf(list).length > 0)
  if (said === undefined) return
  if (!serversOf(said).some((url) => servers.includes(url))) {
    throw unfit('It names a server of its own; add that as a service of its own.')
  }
}

const securityOf = (said: unknown): readonly (readonly string[])[] =>
  listOf(said)
    .slice(0, SECURITY_MAX)
    .map((one) => Object.keys(jsonOf(one)).slice(0, SECURITY_MAX))

const serversOf = (said: unknown): readonly string[] =>
  listOf(said)
    .slice(0, SERVERS_MAX)
    .flatMap((server) => {
      const url = member(server, 'url')
      if (typeof url !== 'string' || url.length > SERVER_CHARS_MAX) return []
      const variables = member(server, 'variables')
      return [
        url.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
          const fallback = member(member(variables, name), 'default')
          return typeof fallback === 'string' || typeof fallback === 'number'
            ? String(fallback)
            : whole
        }),
      ]
    })

/** Takes the path out of a server's address; only that is used, never its host. */
const serverPathOf = (url: string | undefined): string => {
  if (url === undefined) return ''
  const path = url.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/]*/i, '')
  const whole = path.startsWith('/') || path === '' ? path : `/${path.replace(/^\.\//, '')}`
  const plain = whole.replace(/\/$/, '')
  if (plain !== '' && !isPlainPath(plain)) {
    throw unreadable('names a server whose path could be read in two ways. Write it plainly.')
  }
  return plain
}

const credentialPlaces = (document: Json, left: LeftOut[]): readonly CredentialPlace[] => {
  const schemes = jsonOf(member(member(document, 'components'), 'securitySchemes'))
  return Object.entries(schemes)
    .slice(0, SCHEMES_MAX)
    .map(([scheme, given]) => {
      const said = orLeft(scheme, left, () => followed(document, given)) ?? {}
      const description = shortened(textOf(member(said, 'description')), DESCRIPTION_CHARS_MAX)
      return { scheme, description, ...credentialPlace(said) }
    })
}

type Place = Pick<CredentialPlace, 'kind' | 'name' | 'says'>

const credentialPlace = (scheme: Json): Place => {
  const type = textOf(member(scheme, 'type')) ?? 'unknown'
  if (type === 'oauth2' || type === 'openIdConnect') {
    return { kind: 'bearer', name: null, says: type }
  }
  if (type === 'http') {
    const way = (textOf(member(scheme, 'scheme')) ?? '').toLowerCase()
    const kind = way === 'bearer' || way === 'basic' ? way : 'unsupported'
    return { kind, name: null, says: shorten(`http ${way}`, 60) }
  }
  const name = textOf(member(scheme, 'name'))
  const where = member(scheme, 'in')
  if (type !== 'apiKey' || name === null || name.length > 100) {
    return { kind: 'unsupported', name: null, says: shorten(type, 60) }
  }
  const says = shorten(`apiKey ${String(where)}`, 60)
  if (where === 'query') return { kind: 'query', name, says }
  const kind = where === 'header' || where === 'cookie' ? where : 'unsupported'
  return isHttpToken(name) ? { kind, name, says } : { kind: 'unsupported', name, says }
}
