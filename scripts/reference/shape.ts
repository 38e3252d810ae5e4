import { isRecord } from '../../src/interface/http/input.ts'

// JSON Schema as a person reads it: the way a type is written.

/** Named schemas that references lead to. */
export type Named = Readonly<Record<string, unknown>>

const DEPTH_MAX = 8
const SAME_LINE_CHARS_MAX = 90

/** Writes a schema as a type, over several lines where one would be too long. */
export const shapeText = (schema: unknown, named: Named = {}, depth = 0): string => {
  if (!isRecord(schema) || depth > DEPTH_MAX) return 'unknown'
  const ref = schema['$ref']
  if (typeof ref === 'string') return refText(ref, named, depth)
  const { const: only, enum: values, type } = schema
  if (only !== undefined) return JSON.stringify(only)
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ')
  const choices = [schema['anyOf'], schema['oneOf']].flatMap(listOf)
  if (choices.length > 0) {
    const texts = choices.map((choice) => shapeText(choice, named, depth))
    return [...new Set(texts)].join(' | ')
  }
  const parts = listOf(schema['allOf'])
  if (parts.length > 0) {
    return parts.map((part) => shapeText(part, named, depth)).join(' & ')
  }
  if (Array.isArray(type)) return type.join(' | ')
  if (type === 'array') return listText(shapeText(schema['items'], named, depth))
  if (type === 'object') return objectText(schema, named, depth)
  return typeof type === 'string' ? type : 'unknown'
}

/** Writes a schema as a type on one line, for tables. */
export const shapeLine = (schema: unknown, named: Named = {}): string =>
  shapeText(schema, named)
    .replaceAll(/\{\s*\n\s*/g, '{ ')
    .replaceAll(/\s*\n\s*\}/g, ' }')
    .replaceAll(/\s*\n\s*/g, ', ')

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const listText = (item: string): string => (/ [|&] /.test(item) ? `(${item})[]` : `${item}[]`)

// A name that leads back to itself stays a name.
const refText = (ref: string, named: Named, depth: number): string => {
  const name = ref.slice(ref.lastIndexOf('/') + 1)
  const { [name]: found, ...others } = named
  return found === undefined
    ? name === '#'
      ? 'itself'
      : name
    : shapeText(found, others, depth + 1)
}

const objectText = (schema: Readonly<Record<string, unknown>>, named: Named, depth: number) => {
  const { properties, additionalProperties } = schema
  if (!isRecord(properties) || Object.keys(properties).length === 0) {
    const values = isRecord(additionalProperties) ? additionalProperties : null
    const isOpen = values !== null && Object.keys(values).length > 0
    return `{ [name]: ${isOpen ? shapeText(values, named, depth + 1) : 'unknown'} }`
  }
  const required = listOf(schema['required'])
  const fields = Object.entries(properties).map(([name, field]) => {
    const mark = required.includes(name) ? '' : '?'
    return `${name}${mark}: ${shapeText(field, named, depth + 1)}`
  })
  const short = `{ ${fields.join(', ')} }`
  if (short.length + 2 * depth <= SAME_LINE_CHARS_MAX && !short.includes('\n')) return short
  const lines = fields.map((field) => `  ${field.replaceAll('\n', '\n  ')}`)
  return `{\n${lines.join('\n')}\n}`
}
