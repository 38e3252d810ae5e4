import { isObject, type Json } from './json.ts'
import { jsonOf, listOf, member, pointed, textOf, unfit } from './openapi-json.ts'
import { shorten } from '../../kernel/text.ts'

// Schemas of a document become JSON Schema 2020-12 without references. The new schema may say less
// than the old one and never more: what is cut, the service still checks itself. So alternatives
// are `anyOf`, `not` and conditions go, and patterns are told in words instead of being run.

/** What one translation works with. */
export type SchemaGround = Readonly<{
  document: Json
  /** Version 3.0 has its own words for null and for open ends. */
  dialect: '3.0' | '3.1'
  depthMax: number
  /** Schemas that may still be made; below zero the result is void. */
  left: { nodes: number }
}>

/** Where in a schema a translation is: how deep, and which references it is inside of. */
export type SchemaPlace = Readonly<{ depth: number; within: readonly string[] }>

const WITHIN_MAX = 32
const TEXT_CHARS_MAX = 400
const VALUE_CHARS_MAX = 200
const ENUM_MAX = 200
const LIST_MAX = 100
const PROPERTIES_MAX = 500
const PATTERN_CHARS_MAX = 120

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])
const FORMATS = new Set(
  [
    'date-time date time duration email hostname ipv4 ipv6 uri uri-reference uuid',
    'json-pointer',
  ].flatMap((line) => line.split(' ')),
)
const COUNTS = 'minLength maxLength minItems maxItems minProperties maxProperties'.split(' ')
const UNFOLLOWED = ['$dynamicRef', '$recursiveRef']

type Entry = readonly [string, unknown]

/** Translates a schema of a document. */
export const translated = (schema: unknown, place: SchemaPlace, ground: SchemaGround): Json => {
  ground.left.nodes -= 1
  if (ground.left.nodes < 0) return {}
  if (schema === false) return { not: {} }
  if (!isObject(schema)) return {}
  if (UNFOLLOWED.some((name) => Object.hasOwn(schema, name))) {
    throw unfit('Its schema refers to itself in a way that is not followed here ($dynamicRef).')
  }
  const reference = member(schema, '$ref')
  if (typeof reference === 'string') return referred({ schema, reference }, place, ground)
  if (place.depth > ground.depthMax) return cut(schema, ground)
  return nullable(schema, Object.fromEntries(entriesOf(schema, place, ground)), ground)
}

type Referring = Readonly<{ schema: Json; reference: string }>

const referred = (
  { schema, reference }: Referring,
  place: SchemaPlace,
  ground: SchemaGround,
): Json => {
  const target = pointed(ground.document, reference)
  const { within, depth } = place
  const again = within.includes(reference) || within.length >= WITHIN_MAX
  const inner = again
    ? cut(jsonOf(target), ground)
    : translated(target, { depth, within: [...within, reference] }, ground)
  // Version 3.0 ignores what stands beside a reference.
  if (ground.dialect === '3.0') return inner
  const { $ref: _, ...beside } = schema
  const own = Object.fromEntries(entriesOf(beside, place, ground))
  if (Object.keys(own).every((name) => ANNOTATIONS.has(name))) return { ...inner, ...own }
  return { allOf: [inner, own] }
}

const ANNOTATIONS = new Set(['title', 'description', 'default', 'examples', 'deprecated'])

// What is left of a schema that goes on too deep or contains itself: what kind of value it is.
const cut = (schema: Json, ground: SchemaGround): Json => {
  const description = shorten(
    textOf(member(schema, 'description')) ?? 'Goes deeper than is told here.',
    VALUE_CHARS_MAX,
  )
  const type = typesOf(schema, ground)
  return type.length === 0
    ? { description }
    : { type: type.length > 1 ? type : type[0], description }
}

const typesOf = (schema: Json, { dialect }: SchemaGround): readonly string[] => {
  const type = member(schema, 'type')
  const said = (Array.isArray(type) ? type : [type]).filter(
    (one) => typeof one === 'string' && TYPES.has(one),
  )
  const types = [...new Set(said.map(String))]
  const adds = dialect === '3.0' && member(schema, 'nullable') === true && types.length > 0
  return adds && !types.includes('null') ? [...types, 'null'] : types
}

// In 3.0 a schema without a type of its own becomes nullable as a whole.
const nullable = (schema: Json, made: Json, ground: SchemaGround): Json => {
  if (ground.dialect !== '3.0' || member(schema, 'nullable') !== true) return made
  if (made['type'] !== undefined || Object.keys(made).every((name) => ANNOTATIONS.has(name))) {
    return made
  }
  return { anyOf: [made, { type: 'null' }] }
}

const entriesOf = (schema: Json, place: SchemaPlace, ground: SchemaGround): readonly Entry[] => {
  const type = typesOf(schema, ground)
  const below: SchemaPlace = { depth: place.depth + 1, within: place.within }
  return [
    ...(type.length > 0 ? [['type', type.length > 1 ? type : type[0]] as const] : []),
    ...wordsOf(schema),
    ...valuesOf(schema, type.includes('null')),
    ...boundsOf(schema, ground),
    ...objectOf(schema, below, ground),
    ...arrayOf(schema, below, ground),
    ...choicesOf(schema, below, ground),
  ]
}

const wordsOf = (schema: Json): readonly Entry[] => {
  const entries: Entry[] = []
  const title = textOf(member(schema, 'title'))
  if (title !== null) entries.push(['title', shorten(title, VALUE_CHARS_MAX)])
  const pattern = textOf(member(schema, 'pattern'))
  const matches =
    pattern !== null && pattern.length <= PATTERN_CHARS_MAX ? `Matches ${pattern}` : null
  const said = [textOf(member(schema, 'description')), matches].filter((text) => text !== null)
  if (said.length > 0) entries.push(['description', shorten(said.join(' '), TEXT_CHARS_MAX)])
  const format = member(schema, 'format')
  if (typeof format === 'string' && FORMATS.has(format)) entries.push(['format', format])
  const encoding = format === 'byte' ? 'base64' : textOf(member(schema, 'contentEncoding'))
  if (encoding !== null) entries.push(['contentEncoding', shorten(encoding, 20)])
  if (member(schema, 'deprecated') === true) entries.push(['deprecated', true])
  return entries
}

const isSmall = (value: unknown): boolean =>
  value !== undefined && JSON.stringify(value).length <= VALUE_CHARS_MAX

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null

const valuesOf = (schema: Json, withNull: boolean): readonly Entry[] => {
  const entries: Entry[] = []
  const one = member(schema, 'const')
  if (isScalar(one) && isSmall(one)) entries.push(['const', one])
  const listed = listOf(member(schema, 'enum'))
  const plain = listed.length <= ENUM_MAX && listed.every((each) => isScalar(each) && isSmall(each))
  if (listed.length > 0 && plain) {
    const values = new Set(withNull ? [...listed, null] : listed)
    entries.push(['enum', [...values]])
  }
  const fallback = member(schema, 'default')
  if (isScalar(fallback) && isSmall(fallback)) entries.push(['default', fallback])
  const example = member(schema, 'example') ?? listOf(member(schema, 'examples'))[0]
  if (isScalar(example) && isSmall(example)) entries.push(['examples', [example]])
  return entries
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

const boundsOf = (schema: Json, { dialect }: SchemaGround): readonly Entry[] => {
  const entries: Entry[] = []
  for (const name of COUNTS) {
    const count = member(schema, name)
    if (isNumber(count) && Number.isInteger(count) && count >= 0) entries.push([name, count])
  }
  const step = member(schema, 'multipleOf')
  if (isNumber(step) && step > 0) entries.push(['multipleOf', step])
  for (const [name, open] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const bound = member(schema, name)
    const opened = member(schema, open)
    const isOpen = dialect === '3.0' && opened === true
    if (isNumber(bound)) entries.push([isOpen ? open : name, bound])
    if (isNumber(opened)) entries.push([open, opened])
  }
  if (member(schema, 'uniqueItems') === true) entries.push(['uniqueItems', true])
  return entries
}

const objectOf = (schema: Json, place: SchemaPlace, ground: SchemaGround): readonly Entry[] => {
  const entries: Entry[] = []
  const all = Object.entries(jsonOf(member(schema, 'properties')))
  // So many can never fit, and looking at each of them again and again takes long.
  if (all.length > PROPERTIES_MAX) ground.left.nodes = -1
  if (ground.left.nodes < 0) return entries
  const properties: Entry[] = []
  const unwanted = new Set<unknown>()
  for (const [name, each] of all) {
    if (name === '__proto__') throw unfit('Its schema has a property that is called __proto__.')
    if (isAnswerOnly(ground.document, each)) unwanted.add(name)
    else properties.push([name, translated(each, place, ground)])
  }
  if (properties.length > 0) entries.push(['properties', Object.fromEntries(properties)])
  const required = listOf(member(schema, 'required'))
    .slice(0, PROPERTIES_MAX)
    .filter((name) => typeof name === 'string' && !unwanted.has(name))
  if (required.length > 0) entries.push(['required', [...new Set(required)]])
  const more = member(schema, 'additionalProperties')
  // Names that a pattern allows are no longer told apart from the rest.
  const isOpen = more === true || Object.hasOwn(schema, 'patternProperties')
  if (isOpen) entries.push(['additionalProperties', true])
  else if (more === false) entries.push(['additionalProperties', false])
  else if (isObject(more)) entries.push(['additionalProperties', translated(more, place, ground)])
  return entries
}

// What only answers have is not asked for.
const isAnswerOnly = (document: Json, schema: unknown): boolean => {
  const reference = member(schema, '$ref')
  if (typeof reference !== 'string') return member(schema, 'readOnly') === true
  return (
    member(schema, 'readOnly') === true || member(pointed(document, reference), 'readOnly') === true
  )
}

const arrayOf = (schema: Json, place: SchemaPlace, ground: SchemaGround): readonly Entry[] => {
  const items = member(schema, 'items')
  const first = member(schema, 'prefixItems')
  const entries: Entry[] = []
  if (Array.isArray(first) && first.length > 0 && first.length <= LIST_MAX) {
    entries.push(['prefixItems', first.map((each) => translated(each, place, ground))])
  }
  if (isObject(items) || items === false) entries.push(['items', translated(items, place, ground)])
  return entries
}

const choicesOf = (schema: Json, place: SchemaPlace, ground: SchemaGround): readonly Entry[] => {
  const entries: Entry[] = []
  const lists = ['anyOf', 'oneOf'].map((name) => listOf(member(schema, name)))
  const both = listOf(member(schema, 'allOf')).slice(0, LIST_MAX)
  const choices = lists
    .filter((list) => list.length > 0 && list.length <= LIST_MAX)
    .map((list) => list.map((each) => translated(each, place, ground)))
  const all = both.map((each) => translated(each, place, ground))
  if (choices.length === 1) entries.push(['anyOf', choices[0]])
  if (choices.length === 2) all.push(...choices.map((anyOf) => ({ anyOf })))
  if (all.length > 0) entries.push(['allOf', all])
  return entries
}
