import { shorten } from '../../kernel/text.ts'
import { isList, isObject, type Json, own, textIn } from './json.ts'
import { pointerIn } from './schema-walk.ts'

/** How much of a type is written: levels of fields inside it, and values of a choice. */
export type TypeDetail = Readonly<{ levels: number; values: number }>

const VALUE_CHARACTERS_MAX = 40
const FIELDS_MAX = 30
const CHOICES_MAX = 8
const REFS_MAX = 8

type Walk = TypeDetail & Readonly<{ root: Json; refs: number }>

/** Writes the type that a schema describes, as in TypeScript: `"a" | "b"`, `{x: integer}[]`. */
export const schemaText = (schema: Json, root: Json, detail: TypeDetail): string =>
  typeText(schema, { root, refs: 0, ...detail })

const typeText = (schema: unknown, walk: Walk): string => {
  if (!isObject(schema)) return schema === false ? 'never' : 'any'
  const target = refOf(schema, walk.root)
  if (target !== undefined) {
    if (walk.refs >= REFS_MAX) return 'any'
    return typeText(target, { ...walk, refs: walk.refs + 1 })
  }
  const fixed = own(schema, 'const')
  if (fixed !== undefined) return valueText(fixed)
  const values = own(schema, 'enum')
  if (isList(values)) return valuesText(values, walk)
  for (const keyword of ['anyOf', 'oneOf']) {
    const choices = own(schema, keyword)
    if (isList(choices) && own(schema, 'properties') === undefined) return union(choices, walk)
  }
  const types = own(schema, 'type')
  if (isList(types))
    return union(
      types.map((type) => ({ ...schema, type })),
      walk,
    )
  return plainText(schema, typeof types === 'string' ? types : guessed(schema), walk)
}

const plainText = (schema: Json, type: string, walk: Walk): string => {
  if (type === 'array') return arrayText(schema, walk)
  if (type === 'object') return objectText(schema, walk)
  if (type === 'integer' || type === 'number') return `${type}${boundsText(schema)}`
  const format = textIn(schema, 'format')
  return type === 'string' && format !== undefined ? `string(${shorten(format, 20)})` : type
}

const guessed = (schema: Json): string => {
  if (own(schema, 'properties') !== undefined) return 'object'
  if (own(schema, 'items') !== undefined) return 'array'
  const parts = own(schema, 'allOf')
  return isList(parts) ? 'object' : 'any'
}

const arrayText = (schema: Json, walk: Walk): string => {
  const items = own(schema, 'items')
  const prefix = own(schema, 'prefixItems') ?? items
  if (isList(prefix)) {
    const inner = prefix.slice(0, CHOICES_MAX).map((item) => typeText(item, walk))
    return `[${inner.join(', ')}${prefix.length > CHOICES_MAX ? ', …' : ''}]`
  }
  const inner = items === undefined ? 'any' : typeText(items, walk)
  return inner.includes(' | ') && !inner.startsWith('{') ? `(${inner})[]` : `${inner}[]`
}

const objectText = (schema: Json, walk: Walk): string => {
  const properties = own(schema, 'properties')
  if (!isObject(properties) || Object.keys(properties).length === 0) {
    const others = own(schema, 'additionalProperties')
    return isObject(others) ? `{[key]: ${typeText(others, walk)}}` : 'object'
  }
  if (walk.levels <= 0) return 'object'
  const required = own(schema, 'required')
  const needed = new Set(isList(required) ? required : [])
  const all = Object.entries(properties)
  const fields = all.slice(0, FIELDS_MAX).map(([name, type]) => {
    const inner = typeText(type, { ...walk, levels: walk.levels - 1 })
    return `${name}${needed.has(name) ? '' : '?'}: ${inner}`
  })
  if (all.length > FIELDS_MAX) fields.push('…')
  return `{${fields.join(', ')}}`
}

const union = (choices: readonly unknown[], walk: Walk): string => {
  const texts = choices.slice(0, CHOICES_MAX).map((choice) => typeText(choice, walk))
  if (choices.length > CHOICES_MAX) texts.push('…')
  return [...new Set(texts)].join(' | ')
}

const valuesText = (values: readonly unknown[], { values: max }: Walk): string => {
  const texts = values.slice(0, Math.max(1, max)).map(valueText)
  if (values.length > texts.length) texts.push(`…${values.length - texts.length} more`)
  return texts.join(' | ')
}

const valueText = (value: unknown): string => shorten(JSON.stringify(value), VALUE_CHARACTERS_MAX)

const boundsText = (schema: Json): string => {
  const low = own(schema, 'minimum') ?? own(schema, 'exclusiveMinimum')
  const high = own(schema, 'maximum') ?? own(schema, 'exclusiveMaximum')
  const isLow = typeof low === 'number' && low > Number.MIN_SAFE_INTEGER
  const isHigh = typeof high === 'number' && high < Number.MAX_SAFE_INTEGER
  if (!isLow && !isHigh) return ''
  return `(${isLow ? low : ''}..${isHigh ? high : ''})`
}

/** Finds the schema that a local `$ref` names. */
const refOf = (schema: Json, root: Json): Json | undefined => {
  const ref = textIn(schema, '$ref')
  const pointer = ref === undefined ? undefined : pointerIn(ref)
  if (pointer === undefined) return undefined
  let at: unknown = root
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    at = isList(at) ? at[Number(key)] : isObject(at) ? own(at, key) : undefined
  }
  return isObject(at) ? at : undefined
}
