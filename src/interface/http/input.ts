import { z } from 'zod'
import { refuse } from '../../kernel/refusal.ts'

/** A JSON Schema as far as doors look into it. */
export type JsonSchema = Readonly<{ [member: string]: unknown }>

/** Values of a query: one text, or several for a name given more than once. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** Makes the JSON Schema of what a caller may send. */
export const inputSchema = (shape: z.ZodType): JsonSchema => jsonSchema(shape, 'input')

/** Makes the JSON Schema of what a caller gets back. */
export const outputSchema = (shape: z.ZodType): JsonSchema => jsonSchema(shape, 'output')

const jsonSchema = (shape: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' })
  return { ...schema }
}

/** Tells whether a value is an object with members. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lists the fields of an object schema with their own schemas. */
export const fieldsOf = (schema: JsonSchema): ReadonlyMap<string, JsonSchema> => {
  const properties = resolve(schema, schema)['properties']
  if (!isRecord(properties)) return new Map()
  const fields = Object.entries(properties).map(([name, field]): [string, JsonSchema] => [
    name,
    isRecord(field) ? field : {},
  ])
  return new Map(fields)
}

type Kinds = Readonly<{ scalar: ReadonlySet<string>; items: Kinds | null }>

/** Reads texts of a path or query as the types their fields want. */
export type Coercer = (name: string, value: string | readonly string[]) => unknown

/**
 * Makes a reader of path and query texts from the input's schema, once.
 * What does not fit stays the text it was, so that the pipeline refuses it by name.
 */
export const coercer = (schema: JsonSchema): Coercer => {
  const fields = [...fieldsOf(schema)]
  const kinds = new Map(fields.map(([name, field]) => [name, kindsOf(field, schema)]))
  return (name, value) => {
    const wanted = kinds.get(name)
    if (wanted === undefined) return value
    if (wanted.items === null) return typeof value === 'string' ? one(value, wanted) : value
    const { items } = wanted
    const texts = typeof value === 'string' ? [value] : value
    return texts
      .flatMap((text) => text.split(','))
      .filter((text) => text !== '')
      .map((text) => one(text, items))
  }
}

const NUMBER = /^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$/

const one = (text: string, { scalar }: Kinds): unknown => {
  if ((scalar.has('number') || scalar.has('integer')) && NUMBER.test(text)) return Number(text)
  if (scalar.has('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  return scalar.has('null') && text === 'null' ? null : text
}

const resolve = (schema: JsonSchema, root: JsonSchema): JsonSchema => {
  const ref = schema['$ref']
  if (typeof ref !== 'string') return schema
  const definitions = root['$defs']
  const found = isRecord(definitions) ? definitions[ref.replace('#/$defs/', '')] : undefined
  return isRecord(found) ? found : schema
}

const kindsOf = (given: JsonSchema, root: JsonSchema, depth = 0): Kinds => {
  const schema = resolve(given, root)
  const scalar = new Set<string>()
  let items: Kinds | null = null
  const add = (kinds: Kinds): void => {
    for (const kind of kinds.scalar) scalar.add(kind)
    items ??= kinds.items
  }
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']]
  for (const type of types) if (typeof type === 'string') scalar.add(type)
  const values = Array.isArray(schema['enum']) ? schema['enum'] : [schema['const']]
  for (const value of values) if (value !== undefined) scalar.add(typeof value)
  if (depth < 8) {
    for (const group of ['anyOf', 'oneOf', 'allOf']) {
      const choices = schema[group]
      if (!Array.isArray(choices)) continue
      for (const choice of choices) if (isRecord(choice)) add(kindsOf(choice, root, depth + 1))
    }
    const inner = schema['items']
    if (scalar.has('array')) items = kindsOf(isRecord(inner) ? inner : {}, root, depth + 1)
  }
  // A number may be meant only where no text is: `title=42` stays a title.
  if (scalar.has('string')) for (const kind of ['number', 'integer', 'boolean']) scalar.delete(kind)
  return { scalar, items }
}

/** The three places a field can come from. */
export type Given = Readonly<{
  params: Readonly<Record<string, string | undefined>>
  query: Query
  body: Readonly<Record<string, unknown>> | null
}>

/** Lays path, query and body together into one input; a field may come from one place only. */
export const mergeInput = (
  { params, query, body }: Given,
  read: Coercer,
  input: Record<string, unknown> = {},
): Record<string, unknown> => {
  for (const name in params) {
    const value = params[name]
    if (value !== undefined) put(input, name, read(name, value))
  }
  for (const name in query) {
    const value = query[name]
    if (value !== undefined) put(input, name, read(name, value))
  }
  if (body !== null) for (const name in body) put(input, name, body[name])
  return input
}

const put = (input: Record<string, unknown>, name: string, value: unknown): void => {
  if (name === '__proto__') throw fieldNotValid(name, 'is no field.')
  if (Object.hasOwn(input, name) && input[name] !== value) {
    throw fieldNotValid(name, 'is given twice with different values; give it once.')
  }
  input[name] = value
}

const fieldNotValid = (field: string, what: string) =>
  refuse('invalid', 'platform.field_not_valid', `The field ${field} ${what}`, { field })
