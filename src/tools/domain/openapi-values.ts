import { isList, isObject } from './json.ts'
import type { FieldForm } from './openapi-operation.ts'
import { argumentRefused, checkText, encoded } from './openapi-path.ts'

// How values become text: what OpenAPI calls style and explode.

const ITEMS_MAX = 1_000
const DEPTH_MAX = 5

/** Gives the text of a text, number or yes-or-no; refuses everything that is not one value. */
export const scalarText = (field: string, value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw argumentRefused(field, 'has to be a text, a number, or true or false.')
}

const members = (
  field: string,
  value: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] => {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined && each !== null)
  if (entries.length > ITEMS_MAX) throw tooMany(field)
  return entries
}

const tooMany = (field: string) =>
  argumentRefused(field, `has more than ${ITEMS_MAX} values; send fewer.`)

/** Lists the texts that a simple value is made of: `a`, `a,b`, `k,v` or `k=v`. */
export const simpleTexts = (form: FieldForm, value: unknown): readonly (readonly string[])[] => {
  const { field, explode, json } = form
  if (json) return [[JSON.stringify(value)]]
  if (isList(value)) {
    if (value.length > ITEMS_MAX) throw tooMany(field)
    return value.map((each) => [scalarText(field, each)])
  }
  if (!isObject(value)) return [[scalarText(field, value)]]
  const pairs = members(field, value).map(([key, each]) => [key, scalarText(field, each)] as const)
  return explode ? pairs : pairs.flatMap(([key, text]) => [[key], [text]])
}

/** One parameter of a query or a form: name and value, both encoded. */
export type Pair = Readonly<{ name: string; text: string }>

const SEPARATORS = { form: ',', spaceDelimited: '%20', pipeDelimited: '%7C' } as const

type Writing = Readonly<{
  form: FieldForm
  /** Looks at every text before it is encoded. */
  check: (field: string, text: string) => void
}>

/** Writes a value for a query. */
export const queryPairs = (form: FieldForm, value: unknown): readonly Pair[] =>
  pairsOf({ form, check: checkText }, value)

/** Writes a value for a form, where lines may break. */
export const formPairs = (form: FieldForm, value: unknown): readonly Pair[] => {
  const check = (field: string, text: string) => {
    if (!text.isWellFormed() || text.includes('\0')) {
      throw argumentRefused(field, 'has a character that cannot be sent; leave it out.')
    }
  }
  // A form without a rule for an object holds it as JSON, and the service unpacks it.
  const packed = isObject(value) && form.style === 'form'
  return pairsOf({ form: packed ? { ...form, json: true } : form, check }, value)
}

const pairsOf = (writing: Writing, value: unknown): readonly Pair[] => {
  const { form, check } = writing
  const { field, name, style, explode, json } = form
  const write = (text: string): string => {
    check(field, text)
    return encoded(text)
  }
  if (json) return [{ name, text: write(JSON.stringify(value)) }]
  if (style === 'deepObject' && typeof value === 'object') return deepPairs(writing, value)
  const separator = style === 'spaceDelimited' || style === 'pipeDelimited' ? style : 'form'
  if (isList(value)) {
    if (value.length > ITEMS_MAX) throw tooMany(field)
    const texts = value.map((each) => write(scalarText(field, each)))
    if (explode) return texts.map((text) => ({ name, text }))
    return texts.length === 0 ? [] : [{ name, text: texts.join(SEPARATORS[separator]) }]
  }
  if (!isObject(value)) return [{ name, text: write(scalarText(field, value)) }]
  const entries = members(field, value)
  if (explode && separator === 'form') {
    return entries.map(([key, each]) => ({ name: key, text: write(scalarText(field, each)) }))
  }
  const flat = entries.flatMap(([key, each]) => [write(key), write(scalarText(field, each))])
  return flat.length === 0 ? [] : [{ name, text: flat.join(SEPARATORS[separator]) }]
}

const deepPairs = ({ form, check }: Writing, value: unknown): readonly Pair[] => {
  const { field } = form
  const pairs: Pair[] = []
  const add = (name: string, each: unknown, depth: number): void => {
    if (depth > DEPTH_MAX)
      throw argumentRefused(field, `is nested deeper than ${DEPTH_MAX} levels.`)
    if (pairs.length >= ITEMS_MAX) throw tooMany(field)
    if (isList(each)) {
      for (const item of each) add(name, item, depth + 1)
    } else if (isObject(each)) {
      for (const [key, inner] of members(field, each)) {
        if (/[[\]]/.test(key)) throw argumentRefused(field, 'has a key with brackets in it.')
        check(field, key)
        add(`${name}[${key}]`, inner, depth + 1)
      }
    } else {
      const text = scalarText(field, each)
      check(field, text)
      pairs.push({ name, text: encoded(text) })
    }
  }
  add(form.name, value, 0)
  return pairs
}
