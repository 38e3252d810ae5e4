import { isList, isObject, type Json, own } from './json.ts'

// Where a JSON Schema (2020-12, and the drafts before it) keeps further schemas. A property may be
// called "pattern" or "items", so nothing here looks for a word without knowing its place.

/**
 * How a schema stands to the one it is in: `place` looks at the same value, `child` at a part of
 * it, `shelf` is kept for `$ref` to point at.
 */
export type Standing = 'place' | 'child' | 'shelf'

/** A schema inside another. */
export type Subschema = Readonly<{
  keyword: string
  /** The property, or the place in a list; nothing where the keyword holds one schema. */
  name: string | null
  standing: Standing
  schema: Json
}>

const IN_PLACE: readonly string[] = ['not', 'if', 'then', 'else']
const OF_PARTS: readonly string[] = [
  ...['items', 'contains', 'propertyNames', 'additionalItems', 'additionalProperties'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
]

const ONE: Readonly<Record<string, Standing>> = Object.fromEntries([
  ...IN_PLACE.map((keyword) => [keyword, 'place'] as const),
  ...OF_PARTS.map((keyword) => [keyword, 'child'] as const),
  ['contentSchema', 'shelf'] as const,
])

const LISTED: Readonly<Record<string, Standing>> = {
  allOf: 'place',
  anyOf: 'place',
  oneOf: 'place',
  items: 'child',
  prefixItems: 'child',
}

const NAMED: Readonly<Record<string, Standing>> = {
  properties: 'child',
  patternProperties: 'child',
  dependentSchemas: 'place',
  dependencies: 'place',
  $defs: 'shelf',
  definitions: 'shelf',
}

/** Gives the schemas directly inside a schema; those that only say yes or no are left out. */
export const subschemas = (schema: Json): readonly Subschema[] =>
  Object.entries(schema).flatMap(([keyword, value]) => {
    if (isList(value)) return listed(keyword, value)
    if (!isObject(value)) return []
    const one = own(ONE, keyword)
    if (isStanding(one)) return [{ keyword, name: null, standing: one, schema: value }]
    const standing = own(NAMED, keyword)
    if (!isStanding(standing)) return []
    return Object.entries(value).flatMap(([name, inner]) =>
      isObject(inner) ? [{ keyword, name, standing, schema: inner }] : [],
    )
  })

const listed = (keyword: string, values: readonly unknown[]): readonly Subschema[] => {
  const standing = own(LISTED, keyword)
  if (!isStanding(standing)) return []
  return values.flatMap((schema, at) =>
    isObject(schema) ? [{ keyword, name: String(at), standing, schema }] : [],
  )
}

const isStanding = (value: unknown): value is Standing => typeof value === 'string'

/** Changes every schema in a schema, the innermost first. */
export const mapSchema = (schema: Json, change: (schema: Json) => Json): Json =>
  change(
    Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => {
        if (isList(value)) {
          const isListed = Object.hasOwn(LISTED, keyword)
          return [keyword, isListed ? value.map((inner) => changed(inner, change)) : value]
        }
        if (!isObject(value)) return [keyword, value]
        if (Object.hasOwn(ONE, keyword)) return [keyword, mapSchema(value, change)]
        if (!Object.hasOwn(NAMED, keyword)) return [keyword, value]
        const inner = Object.entries(value).map(([name, one]) => [name, changed(one, change)])
        return [keyword, Object.fromEntries(inner)]
      }),
    ),
  )

const changed = (value: unknown, change: (schema: Json) => Json): unknown =>
  isObject(value) ? mapSchema(value, change) : value

/** Writes a step of a JSON pointer. */
export const pointerOf = (parent: string, { keyword, name }: Subschema): string => {
  const steps = name === null ? [keyword] : [keyword, name]
  return [parent, ...steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'))].join(
    '/',
  )
}

/** Reads the JSON pointer of a local `$ref`; nothing for one that leads elsewhere. */
export const pointerIn = (ref: string): string | undefined => {
  if (ref === '#') return ''
  if (!ref.startsWith('#/')) return undefined
  try {
    return decodeURIComponent(ref.slice(1))
  } catch {
    return undefined
  }
}
