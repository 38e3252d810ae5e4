import { z } from 'zod'
import type { Json } from './protocol.ts'
import { isJson } from './protocol.ts'

// Lists of tools are read by models with every request, so a schema says what helps to call and
// nothing else; and model APIs refuse unions and references, so there are none. What the list
// leaves out is still checked: the pipeline parses with the whole shape.

/** The part of JSON Schema that lists of tools use. */
export type ToolSchema = Readonly<{
  type?: string
  properties?: Readonly<Record<string, ToolSchema>>
  required?: readonly string[]
  items?: ToolSchema
  enum?: readonly unknown[]
  description?: string
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  default?: unknown
}>

/** Makes the schema of an input as lists of tools show it. */
export const toolSchema = (shape: z.ZodType): ToolSchema =>
  reduced(z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' }))

const reduced = (schema: unknown): ToolSchema => {
  if (!isJson(schema)) return {}
  const own = ownWords(schema)
  const { allOf, anyOf, oneOf } = schema
  const together = listOf(allOf).map(reduced)
  const choices = [anyOf, oneOf].flatMap(listOf)
  const real = choices.filter((choice) => !(isJson(choice) && choice['type'] === 'null'))
  const either = real.length > 0 ? [mergeChoices(real.map(reduced))] : []
  return [...together, ...either].reduce(mergeBoth, own)
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const ownWords = (schema: Json): ToolSchema => {
  const { properties, items, required, description } = schema
  const type = soleType(schema['type'])
  const values = 'const' in schema ? [schema['const']] : schema['enum']
  const named = isJson(properties)
    ? Object.entries(properties).map(([name, field]) => [name, reduced(field)] as const)
    : null
  return {
    ...(type !== undefined && { type }),
    ...(typeof description === 'string' && { description }),
    ...(named && { properties: Object.fromEntries(named) }),
    ...(Array.isArray(required) && required.length > 0 && { required: required.map(String) }),
    ...(isJson(items) && { items: reduced(items) }),
    ...(Array.isArray(values) && { enum: values }),
    ...bounds(schema),
    ...('default' in schema && { default: schema['default'] }),
  }
}

const soleType = (type: unknown): string | undefined => {
  const named = typeof type === 'string' ? [type] : listOf(type)
  const types = named.filter((name) => name !== 'null')
  const [only] = types
  return types.length === 1 && typeof only === 'string' ? only : undefined
}

const bounds = (schema: Json): ToolSchema => {
  const kept: Record<string, number> = {}
  for (const name of ['minimum', 'maximum', 'minItems', 'maxItems'] as const) {
    const bound = schema[name]
    // The bounds of safe integers cost tokens and say nothing.
    if (typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER) kept[name] = bound
  }
  return kept
}

/** Merges schemas of which one holds into the widest that says no less than the truth allows. */
export const mergeChoices = (schemas: readonly ToolSchema[]): ToolSchema => {
  const [first = {}, ...rest] = schemas
  return rest.reduce(mergeEither, first)
}

const mergeEither = (a: ToolSchema, b: ToolSchema): ToolSchema => {
  if (JSON.stringify(a) === JSON.stringify(b)) return a
  const description = a.description ?? b.description
  const said = description === undefined ? {} : { description }
  if (a.type !== b.type) return said
  const required = (a.required ?? []).filter((name) => b.required?.includes(name))
  const values = a.enum && b.enum ? [...new Set([...a.enum, ...b.enum])] : undefined
  const items = a.items && b.items ? mergeEither(a.items, b.items) : undefined
  return {
    ...(a.type !== undefined && { type: a.type }),
    ...said,
    ...((a.properties || b.properties) && { properties: mergeProperties(a, b, mergeEither) }),
    ...(required.length > 0 && { required }),
    ...(items && { items }),
    ...(values && { enum: values }),
    ...widest(a, b),
  }
}

const widest = (a: ToolSchema, b: ToolSchema): ToolSchema => ({
  ...(a.minimum !== undefined &&
    b.minimum !== undefined && { minimum: Math.min(a.minimum, b.minimum) }),
  ...(a.maximum !== undefined &&
    b.maximum !== undefined && { maximum: Math.max(a.maximum, b.maximum) }),
  ...(a.minItems !== undefined &&
    b.minItems !== undefined && { minItems: Math.min(a.minItems, b.minItems) }),
  ...(a.maxItems !== undefined &&
    b.maxItems !== undefined && { maxItems: Math.max(a.maxItems, b.maxItems) }),
})

const mergeBoth = (a: ToolSchema, b: ToolSchema): ToolSchema => {
  const required = [...new Set([...(a.required ?? []), ...(b.required ?? [])])]
  return {
    ...b,
    ...a,
    ...((a.properties || b.properties) && { properties: mergeProperties(a, b, mergeBoth) }),
    ...(required.length > 0 && { required }),
  }
}

type Merge = (a: ToolSchema, b: ToolSchema) => ToolSchema

const mergeProperties = (a: ToolSchema, b: ToolSchema, merge: Merge) => {
  const fields = new Map(Object.entries(a.properties ?? {}))
  for (const [name, schema] of Object.entries(b.properties ?? {})) {
    const known = fields.get(name)
    fields.set(name, known ? merge(known, schema) : schema)
  }
  return Object.fromEntries(fields)
}
