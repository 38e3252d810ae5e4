import { isObject, type Json } from '../json.ts'

// Makes fields out of a JSON Schema: what people can fill in. Schemas come from strangers; what is
// not understood becomes a field of JSON, so that nothing of a tool is out of reach.

/** A value that can be chosen. */
export type Choice = string | number | boolean | null

type Base = Readonly<{
  /** Where it is in the arguments: `repo.name`. */
  path: string
  name: string
  title: string
  about: string
  required: boolean
  /** The value that the tool takes where none is given. */
  usual: unknown
}>

/** One thing to fill in. */
export type Field = Base &
  (
    | Readonly<{ kind: 'text'; choices?: undefined }>
    | Readonly<{ kind: 'number'; isWhole: boolean; min: number | null; max: number | null }>
    | Readonly<{ kind: 'flag' }>
    | Readonly<{ kind: 'choice'; choices: readonly Choice[] }>
    | Readonly<{
        kind: 'list'
        of: 'text' | 'number' | 'whole' | 'choice'
        choices: readonly Choice[]
      }>
    | Readonly<{ kind: 'group'; fields: readonly Field[] }>
    | Readonly<{ kind: 'json' }>
  )

/** Levels of objects that have fields of their own; deeper ones are JSON. */
const LEVELS_MAX = 3
/** Fields that one object shows; one with more is JSON. */
const FIELDS_MAX = 100
/** Values that can be chosen from; a field with more is text. */
const CHOICES_MAX = 200
const REFS_MAX = 16

/** Makes the fields of a tool's arguments; `null`: they are no object with known members. */
export const fieldsOf = (schema: Json): readonly Field[] | null => {
  const members = schema['properties']
  if (members !== undefined && !isObject(members)) return null
  const hasMore = isObject(schema['additionalProperties'])
  if (hasMore || isUnion(schema)) return null
  return membersOf(schema, { root: schema, path: '', level: 1 })
}

type Place = Readonly<{ root: Json; path: string; level: number }>

const membersOf = (schema: Json, place: Place): readonly Field[] | null => {
  const members = isObject(schema['properties']) ? schema['properties'] : {}
  const required = namesIn(schema['required'])
  const names = Object.keys(members)
  // What is required and described nowhere can be given as JSON only.
  if (names.length > FIELDS_MAX || required.some((name) => !Object.hasOwn(members, name))) {
    return null
  }
  const first = (name: string): number => (required.includes(name) ? 0 : 1)
  return names
    .toSorted((a, b) => first(a) - first(b))
    .map((name) => {
      const path = place.path === '' ? name : `${place.path}.${name}`
      const base = { path, name, required: required.includes(name) }
      return fieldOf(members[name], base, place)
    })
}

type Named = Readonly<{ path: string; name: string; required: boolean }>

const fieldOf = (given: unknown, named: Named, { root, level }: Place): Field => {
  const schema = plainOf(given, root)
  const base: Base = {
    ...named,
    title: textIn(schema, 'title') || named.name,
    about: textIn(schema, 'description'),
    usual: schema?.['default'],
  }
  if (schema === null) return { ...base, kind: 'json' }
  const choices = choicesIn(schema)
  if (choices !== null) return { ...base, kind: 'choice', choices }
  switch (typeIn(schema)) {
    case 'string':
      return { ...base, kind: 'text' }
    case 'boolean':
      return { ...base, kind: 'flag' }
    case 'integer':
    case 'number':
      return { ...base, kind: 'number', ...rangeIn(schema) }
    case 'array':
      return listOf(schema, base, root)
    case 'object': {
      const fields =
        level < LEVELS_MAX && isObject(schema['properties']) && !isUnion(schema)
          ? membersOf(schema, { root, path: named.path, level: level + 1 })
          : null
      return fields === null || fields.length === 0
        ? { ...base, kind: 'json' }
        : { ...base, kind: 'group', fields }
    }
    default:
      return { ...base, kind: 'json' }
  }
}

const listOf = (schema: Json, base: Base, root: Json): Field => {
  const items = plainOf(schema['items'], root)
  if (items === null || Array.isArray(schema['prefixItems'])) return { ...base, kind: 'json' }
  const choices = choicesIn(items)
  if (choices !== null) return { ...base, kind: 'list', of: 'choice', choices }
  switch (typeIn(items)) {
    case 'string':
      return { ...base, kind: 'list', of: 'text', choices: [] }
    case 'integer':
      return { ...base, kind: 'list', of: 'whole', choices: [] }
    case 'number':
      return { ...base, kind: 'list', of: 'number', choices: [] }
    default:
      return { ...base, kind: 'json' }
  }
}

/** Follows references within the schema, and sees through "this or null". */
const plainOf = (given: unknown, root: Json): Json | null => {
  let schema: unknown = given
  for (let step = 0; step < REFS_MAX; step++) {
    if (!isObject(schema)) return null
    const ref = schema['$ref']
    const inner = typeof ref === 'string' ? pointedAt(ref, root) : orNull(schema)
    if (inner === undefined) return isUnion(schema) ? null : schema
    // What stands beside a reference is about this place: its title and description count.
    const { $ref: _r, anyOf: _a, oneOf: _o, ...beside } = schema
    schema = isObject(inner) ? { ...inner, ...beside } : null
  }
  return null
}

const pointedAt = (ref: string, root: Json): unknown => {
  if (!ref.startsWith('#/')) return null
  let value: unknown = root
  for (const step of ref.slice(2).split('/')) {
    const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
    if (!isObject(value) || !Object.hasOwn(value, name)) return null
    value = value[name]
  }
  return value
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const orNull = (schema: Json): unknown => {
  const forms = schema['anyOf'] ?? schema['oneOf']
  if (!Array.isArray(forms) || forms.length !== 2) return undefined
  const isNull = (form: unknown): boolean => isObject(form) && form['type'] === 'null'
  const others = forms.filter((form) => !isNull(form))
  return others.length === 1 ? others[0] : undefined
}

const UNIONS = ['anyOf', 'oneOf', 'allOf', 'not', 'if', '$ref', '$dynamicRef'] as const

// Forms of which one has to be chosen; constants among them are a choice that can be shown.
const isUnion = (schema: Json): boolean =>
  UNIONS.some((name) => schema[name] !== undefined) && choicesIn(schema) === null

const typeIn = ({ type, properties }: Json): string | null => {
  if (typeof type === 'string') return type
  if (Array.isArray(type)) {
    const others = type.filter((one) => one !== 'null')
    return others.length === 1 && typeof others[0] === 'string' ? others[0] : null
  }
  return properties === undefined ? null : 'object'
}

const choicesIn = (schema: Json): readonly Choice[] | null => {
  const listed = schema['enum'] ?? constantsIn(schema)
  if (!Array.isArray(listed)) return null
  const scalars = listed.filter(isChoice)
  const isWhole = scalars.length === listed.length && scalars.length > 0
  return isWhole && scalars.length <= CHOICES_MAX ? scalars : null
}

const constantsIn = (schema: Json): readonly unknown[] | null => {
  if (schema['const'] !== undefined) return [schema['const']]
  const forms = schema['oneOf'] ?? schema['anyOf']
  if (!Array.isArray(forms)) return null
  const constants = forms.map((form) => (isObject(form) ? form['const'] : undefined))
  return constants.every((one) => one !== undefined) ? constants : null
}

const isChoice = (value: unknown): value is Choice =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

const rangeIn = (schema: Json) => ({
  isWhole: typeIn(schema) === 'integer',
  min: numberIn(schema, 'minimum'),
  max: numberIn(schema, 'maximum'),
})

const numberIn = (schema: Json, name: string): number | null => {
  const value = schema[name]
  return typeof value === 'number' ? value : null
}

const textIn = (schema: Json | null, name: string): string => {
  const value = schema?.[name]
  return typeof value === 'string' ? value.trim() : ''
}

const namesIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
