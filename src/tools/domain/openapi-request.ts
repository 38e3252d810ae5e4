import { shorten } from '../../kernel/text.ts'
import type { BodyPlan, OpenApiOperation, ParameterSlot } from './openapi-operation.ts'
import { isHttpToken, isReservedHeader, overridesMethod } from './openapi-operation.ts'
import { isObject } from './json.ts'
import { member } from './openapi-json.ts'
import { placeOf } from './openapi-parameters.ts'
import {
  argumentRefused,
  checkSegment,
  checkText,
  encoded,
  liesWithin,
  readBase,
  readPath,
} from './openapi-path.ts'
import type { Pair } from './openapi-values.ts'
import { formPairs, queryPairs, simpleTexts } from './openapi-values.ts'

/** A request that is ready to be sent, but for its credential. */
export type OpenApiRequest = Readonly<{
  url: string
  method: string
  headers: Readonly<Record<string, string>>
  body: string | null
}>

type Args = Readonly<Record<string, unknown>>

const URL_CHARS_MAX = 8_000
const HEADER_CHARS_MAX = 4_096
const BODY_CHARS_MAX = 1_000_000
const HEADER_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/
const ACCEPT = 'application/json, text/*;q=0.8, */*;q=0.5'

/**
 * Makes the request of a call. Arguments fill the places that the document gives them and nothing
 * else; what could be read as more is refused, and the finished address is checked once more.
 */
export const buildRequest = (
  operation: Pick<OpenApiOperation, 'request'>,
  args: Args,
  baseUrl: string,
): OpenApiRequest => {
  const { request } = operation
  checkFields(operation, args)
  const given = (place: ParameterSlot['in']) =>
    request.slots.filter((slot) => slot.in === place).flatMap((slot) => filled(slot, args))
  const query = queryText(operation, given('query'))
  const base = readBase(baseUrl)
  const root = `${base.origin}${base.pathname.replace(/\/$/, '')}`
  const address = `${root}${pathText(request.path, given('path'))}`
  if (!liesWithin(address, base, request.path)) {
    throw argumentRefused('of the path', 'would lead to another address; send a plain name.')
  }
  const url = `${address}${query}`
  if (url.length > URL_CHARS_MAX) throw argumentRefused('of the address', 'is too long.')
  if (URL.parse(url)?.href !== url) {
    throw argumentRefused('of the query', 'could be read in two ways; send a plain text.')
  }
  const body = request.body === null ? null : bodyText(request.body, args)
  const headers: Record<string, string> = { accept: ACCEPT }
  for (const entry of given('header'))
    headers[headerName(operation, entry.slot)] = headerText(entry)
  const cookie = given('cookie').flatMap(cookieText).join('; ')
  if (cookie !== '') headers['cookie'] = cookie
  if (body !== null && request.body !== null) headers['content-type'] = request.body.mediaType
  return { url, method: request.method, headers, body }
}

const checkFields = ({ request }: Pick<OpenApiOperation, 'request'>, args: Args): void => {
  const { slots, body } = request
  const own = body === null ? [] : [body.field, ...body.members.map(({ field }) => field)]
  const inBody = body?.field === null ? own : [body?.field]
  const known = new Set([...slots.map(({ field }) => field), ...inBody])
  const stranger = Object.keys(args).find((field) => !known.has(field))
  if (stranger !== undefined) {
    throw argumentRefused(shorten(stranger, 60), 'is not one of this tool; leave it out.')
  }
}

type Filled = Readonly<{ slot: ParameterSlot; value: unknown }>

const filled = (slot: ParameterSlot, args: Args): readonly Filled[] => {
  const value = member(args, slot.field)
  if (value !== undefined && value !== null) return [{ slot, value }]
  if (slot.required) throw argumentRefused(slot.field, 'is missing; the service needs it.')
  return []
}

const pathText = (path: string, given: readonly Filled[]): string => {
  const texts = new Map(given.map((entry) => [entry.slot.name, segmentText(entry)]))
  const segments = readPath(path).map((pieces) =>
    pieces
      .map((piece) => ('fixed' in piece ? piece.fixed : (texts.get(piece.placeholder) ?? '')))
      .join(''),
  )
  return `/${segments.join('/')}`
}

const segmentText = ({ slot, value }: Filled): string => {
  const groups = simpleTexts(slot, value)
  if (groups.length === 0) throw argumentRefused(slot.field, 'is empty; the path needs it.')
  for (const text of groups.flat()) checkSegment(slot.field, text)
  return groups.map((texts) => texts.map(encoded).join('=')).join(',')
}

const queryText = (
  { request }: Pick<OpenApiOperation, 'request'>,
  given: readonly Filled[],
): string => {
  const reserved = new Set(request.reserved)
  const seen = new Map<string, string>()
  const declared = new Map(
    request.slots.filter((slot) => slot.in === 'query').map(({ name, field }) => [name, field]),
  )
  const pairs = given.flatMap(({ slot, value }) =>
    queryPairs(slot, value).map((pair): Pair => {
      const { field } = slot
      const owner = declared.get(pair.name) ?? seen.get(pair.name) ?? field
      // Members of an object can become parameters of their own: not those of somebody else.
      if (owner !== field || overridesMethod(pair.name) || reserved.has(`query:${pair.name}`)) {
        throw argumentRefused(field, `may not set the parameter ${shorten(pair.name, 60)}.`)
      }
      checkText(field, pair.name)
      seen.set(pair.name, field)
      return pair
    }),
  )
  const text = pairs.map((pair) => `${encoded(pair.name)}=${pair.text}`).join('&')
  return text === '' ? '' : `?${text}`
}

const headerName = (
  { request }: Pick<OpenApiOperation, 'request'>,
  { name, field }: ParameterSlot,
): string => {
  const fine = isHttpToken(name) && !isReservedHeader(name)
  if (!fine || request.reserved.includes(placeOf('header', name))) {
    throw argumentRefused(field, 'would fill a header that belongs to the connection.')
  }
  return name.toLowerCase()
}

const headerText = ({ slot, value }: Filled): string => {
  const text = simpleTexts(slot, value)
    .map((texts) => texts.join('='))
    .join(',')
  if (text.length > HEADER_CHARS_MAX) throw argumentRefused(slot.field, 'is too long for a header.')
  if (!HEADER_VALUE.test(text)) {
    const why = 'has to be plain printable characters without blanks at its ends.'
    throw argumentRefused(slot.field, why)
  }
  return text
}

const cookieText = ({ slot, value }: Filled): readonly string[] => {
  if (!isHttpToken(slot.name)) throw argumentRefused(slot.field, 'would fill a broken cookie.')
  const texts = simpleTexts({ ...slot, explode: false }, value).flat()
  for (const text of texts) checkText(slot.field, text)
  const text = texts.map(encoded).join(',')
  if (text.length > HEADER_CHARS_MAX) throw argumentRefused(slot.field, 'is too long for a cookie.')
  return texts.length === 0 ? [] : [`${slot.name}=${text}`]
}

const bodyText = (plan: BodyPlan, args: Args): string | null => {
  const value = plan.field === null ? membersOf(plan, args) : member(args, plan.field)
  const name = plan.field ?? 'body'
  if (value === undefined) {
    if (plan.required) throw argumentRefused(name, 'is missing; the service needs it.')
    return null
  }
  const text = writtenBody(plan, name, value)
  if (text.length <= BODY_CHARS_MAX) return text
  throw argumentRefused(name, `is larger than ${BODY_CHARS_MAX} characters; send less.`)
}

const writtenBody = (plan: BodyPlan, name: string, value: unknown): string => {
  if (plan.as === 'json') return JSON.stringify(value)
  if (plan.as === 'text') {
    if (typeof value === 'string' && value.isWellFormed()) return value
    throw argumentRefused(name, 'has to be a text.')
  }
  if (!isObject(value)) throw argumentRefused(name, 'has to be an object.')
  return formText(plan, value)
}

// Undefined where none of the fields is given: the body stays away unless it is needed.
const membersOf = (plan: BodyPlan, args: Args): unknown => {
  const entries = plan.members.flatMap(({ field, name }) => {
    const value = member(args, field)
    return value === undefined ? [] : [[name, value] as const]
  })
  return entries.length === 0 && !plan.required ? undefined : Object.fromEntries(entries)
}

const formText = (plan: BodyPlan, values: Args): string => {
  const forms = new Map(plan.members.map((form) => [form.name, form]))
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null)
    .flatMap(([name, value]) => {
      const plain = { field: name, name, style: 'form', explode: true, json: false } as const
      if (overridesMethod(name)) throw argumentRefused(name, 'would change the method.')
      return formPairs(forms.get(name) ?? plain, value)
    })
    .map(({ name, text }) => `${encoded(name)}=${text}`)
    .join('&')
}
