import { isList, isObject, type Json, own } from './json.ts'
import { mapSchema, subschemas } from './schema-walk.ts'

// What a server's schema says is checked by code made of it. Patterns can take for ever on the
// wrong text, so they are left to the server; what older drafts wrote differently is written anew.

const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['pattern', 'patternProperties', 'format', 'contentEncoding', 'contentMediaType'],
  ...[
    'contentSchema',
    '$schema',
    '$id',
    'id',
    '$anchor',
    '$dynamicAnchor',
    '$vocabulary',
    '$async',
  ],
  ...['$comment', 'default', 'examples', 'example', 'title', 'description', 'discriminator'],
])

/**
 * Makes of a schema what arguments are checked by: without patterns and formats, in words of
 * 2020-12. It takes everything that the schema itself takes, and what only patterns would refuse.
 */
export const runnable = (schema: Json): Json => {
  const byPattern = hasPatterns(schema)
  return mapSchema(schema, (one) => modern(withoutWords(one, byPattern)))
}

const hasPatterns = (schema: Json): boolean =>
  own(schema, 'patternProperties') !== undefined ||
  subschemas(schema).some(({ schema: inner }) => hasPatterns(inner))

// Fields that a pattern allowed must not count as unknown once the pattern is gone; whether they
// are evaluated may matter far away from it.
const withoutWords = (schema: Json, byPattern: boolean): Json => {
  const own = Object.hasOwn(schema, 'patternProperties')
  return Object.fromEntries(
    Object.entries(schema).filter(([key]) => {
      if (LEFT_OUT.has(key)) return false
      if (key === 'additionalProperties') return !own
      return key !== 'unevaluatedProperties' || !byPattern
    }),
  )
}

const EXCLUSIVE: ReadonlySet<string> = new Set(['exclusiveMinimum', 'exclusiveMaximum'])
const OLD_WORDS: ReadonlySet<string> = new Set(['additionalItems', 'dependencies', 'nullable'])

const modern = (schema: Json): Json => {
  const entries = Object.entries(schema).flatMap(([key, value]): Entry[] => {
    if (OLD_WORDS.has(key) || (EXCLUSIVE.has(key) && typeof value === 'boolean')) return []
    return [[key === 'items' && isList(value) ? 'prefixItems' : key, value]]
  })
  return Object.fromEntries([
    ...dependencies(schema),
    ...entries,
    ...furtherItems(schema),
    ...exclusive(schema, 'exclusiveMinimum', 'minimum'),
    ...exclusive(schema, 'exclusiveMaximum', 'maximum'),
    ...nullable(schema),
  ])
}

type Entry = [string, unknown]

const furtherItems = (schema: Json): Entry[] => {
  const rest = own(schema, 'additionalItems')
  return isList(own(schema, 'items')) && rest !== undefined ? [['items', rest]] : []
}

// Draft 4 said "exclusive" with yes or no beside the bound.
const exclusive = (schema: Json, keyword: string, bound: string): Entry[] => {
  const limit = own(schema, bound)
  return own(schema, keyword) === true && typeof limit === 'number' ? [[keyword, limit]] : []
}

const dependencies = (schema: Json): Entry[] => {
  const all = own(schema, 'dependencies')
  if (!isObject(all)) return []
  const entries = Object.entries(all)
  return [
    ['dependentRequired', Object.fromEntries(entries.filter(([, value]) => isList(value)))],
    ['dependentSchemas', Object.fromEntries(entries.filter(([, value]) => !isList(value)))],
  ]
}

// OpenAPI 3.0 says this beside the type.
const nullable = (schema: Json): Entry[] => {
  const type = own(schema, 'type')
  if (own(schema, 'nullable') !== true || typeof type !== 'string') return []
  const values = own(schema, 'enum')
  const orNull: Entry[] = [['type', [type, 'null']]]
  return isList(values) ? [...orNull, ['enum', [...values, null]]] : orNull
}
