import { isObject, type Json } from './json.ts'
import { followed, jsonOf, listOf, member, textOf, unfit } from './openapi-json.ts'
import type { BodyPlan } from './openapi-operation.ts'
import type { DeclaredOperation } from './openapi-parameters.ts'

/** The body of an operation as the document declares it. */
export type DeclaredBody = Readonly<{
  mediaType: string
  as: BodyPlan['as']
  required: boolean
  description: string | null
  schema: unknown
  /** Says how members of a form are written. */
  encoding: Json
}>

const MEDIA_TYPES_MAX = 50
const JSON_TYPE = /^application\/json$|^[\w.-]+\/[\w.-]+\+json$/
const FORM = 'application/x-www-form-urlencoded'

/** Reads which body an operation wants: JSON before a form, a form before plain text. */
export const readBody = (declared: DeclaredOperation): DeclaredBody | null => {
  const { document, method, operation } = declared
  if (method === 'GET' || method === 'HEAD') return null
  const body = followed(document, member(operation, 'requestBody'))
  const content = jsonOf(member(body, 'content'))
  const offered = Object.keys(content).slice(0, MEDIA_TYPES_MAX)
  if (offered.length === 0) return null
  const plain = offered.map((key) => ({ key, type: key.split(';')[0]?.trim().toLowerCase() ?? '' }))
  const chosen =
    plain.find(({ type }) => type === 'application/json') ??
    plain.find(({ type }) => JSON_TYPE.test(type)) ??
    plain.find(({ type }) => type === FORM) ??
    plain.find(({ type }) => type === 'text/plain') ??
    plain.find(({ type }) => type === '*/*' || type === 'application/*')
  if (chosen === undefined) {
    throw unfit(
      `Its body travels as ${offered[0]?.slice(0, 60)}; JSON, forms and text can be sent.`,
    )
  }
  const { type, key } = chosen
  const as = type === FORM ? 'form' : type === 'text/plain' ? 'text' : 'json'
  const media = jsonOf(content[key])
  return {
    mediaType: type.includes('*') ? 'application/json' : type,
    as,
    required: member(body, 'required') === true,
    description: textOf(member(body, 'description')),
    schema: member(media, 'schema'),
    encoding: jsonOf(member(media, 'encoding')),
  }
}

/** Named members of a translated body. */
export type Members = Readonly<{
  properties: Readonly<Record<string, unknown>>
  required: readonly string[]
}>

// What may stand beside the members of a body that becomes fields: nothing that would be lost.
const HARMLESS = new Set(
  [
    'type properties required additionalProperties allOf',
    'title description default examples deprecated',
  ].flatMap((line) => line.split(' ')),
)
const PARTS_DEPTH_MAX = 8

/**
 * Takes a translated schema apart into members, if that is all it is; null where it has to stay
 * one value: alternatives, free members, a list, nothing at all.
 */
export const membersOf = (schema: unknown, depth = 0): Members | null => {
  if (!isObject(schema) || depth > PARTS_DEPTH_MAX) return null
  if (!Object.keys(schema).every((name) => HARMLESS.has(name))) return null
  const type = schema['type']
  if (type !== undefined && type !== 'object') return null
  const more = schema['additionalProperties']
  if (more !== undefined && more !== false) return null
  const parts = listOf(schema['allOf']).map((part) => membersOf(part, depth + 1))
  const own: Members = {
    properties: jsonOf(schema['properties']),
    required: listOf(schema['required']).filter((name) => typeof name === 'string'),
  }
  const whole = parts.reduce<Members | null>(merged, own)
  // A member that has to be there and is described nowhere could not be given as a field.
  const known = whole?.required.every((name) => Object.hasOwn(whole.properties, name)) ?? false
  return known || depth > 0 ? whole : null
}

const merged = (one: Members | null, other: Members | null): Members | null => {
  if (one === null || other === null) return null
  const clash = Object.entries(other.properties).some(
    ([name, schema]) =>
      Object.hasOwn(one.properties, name) &&
      JSON.stringify(one.properties[name]) !== JSON.stringify(schema),
  )
  if (clash) return null
  return {
    properties: { ...one.properties, ...other.properties },
    required: [...new Set([...one.required, ...other.required])],
  }
}
