import { shorten } from '../../kernel/text.ts'
import { estimateTokens } from './advise.ts'
import { type Definition, shownBody } from './definition.ts'
import { isList, isObject, type Json, own, textIn } from './json.ts'
import { schemaText, type TypeDetail } from './schema-text.ts'

/** Tokens of a signature, as they are estimated: up to 1,500 really. */
export const SIGNATURE_TOKENS_MAX = 1_400

const CHARACTERS_MAX = 6_000
// Where nothing else is short enough: signs without words have two characters a token.
const CUT_CHARACTERS_MAX = 2_400

type Detail = TypeDetail & Readonly<{ about: number; field: number; fields: number }>

// From everything to hardly anything; the first that fits is taken.
const DETAILS: readonly Detail[] = [
  { about: 2_000, field: 400, fields: 80, levels: 4, values: 20 },
  { about: 1_200, field: 160, fields: 60, levels: 3, values: 12 },
  { about: 800, field: 80, fields: 50, levels: 2, values: 8 },
  { about: 500, field: 40, fields: 40, levels: 1, values: 5 },
  { about: 300, field: 0, fields: 30, levels: 1, values: 3 },
  { about: 200, field: 0, fields: 20, levels: 0, values: 0 },
]

/**
 * Writes a tool for a model: `name(args: type)`, what it does, and a line for each argument. Long
 * definitions lose their words first, then the depth of their types; the same text for the same
 * definition, always.
 */
export const signatureOf = (hubName: string, definition: Definition): string => {
  const { body } = shownBody(definition)
  let text = ''
  for (const detail of DETAILS) {
    text = signature(hubName, body, detail)
    if (text.length <= CHARACTERS_MAX && estimateTokens(text) <= SIGNATURE_TOKENS_MAX) return text
  }
  return shorten(text, CUT_CHARACTERS_MAX)
}

const signature = (hubName: string, body: Json, detail: Detail): string => {
  const input = own(body, 'inputSchema')
  const schema = isObject(input) ? input : {}
  const fields = fieldsOf(schema)
  const shown = fields.slice(0, detail.fields)
  const rest = fields.length - shown.length
  const args = shown.map(({ name, isNeeded, type }) => {
    const fallback = own(type, 'default')
    const said = fallback === undefined ? '' : ` = ${shorten(JSON.stringify(fallback), 40)}`
    return `${name}${isNeeded ? '' : '?'}: ${schemaText(type, schema, detail)}${said}`
  })
  if (rest > 0) args.push(`…${rest} more`)
  const lines = [`${hubName}(${args.join(', ')})`]
  const about = oneLine(textIn(body, 'description') ?? textIn(body, 'title') ?? '')
  if (about !== '') lines.push(shorten(about, detail.about))
  for (const { name, type } of shown) {
    const words = detail.field === 0 ? '' : oneLine(textIn(type, 'description') ?? '')
    if (words !== '') lines.push(`- ${name}: ${shorten(words, detail.field)}`)
  }
  const output = own(body, 'outputSchema')
  if (isObject(output)) lines.push(`returns ${schemaText(output, output, detail)}`)
  return lines.join('\n')
}

type Field = Readonly<{ name: string; isNeeded: boolean; type: Json }>

/** Gives the arguments of a schema: needed ones first, else in the server's order. */
const fieldsOf = (schema: Json): readonly Field[] => {
  const properties = own(schema, 'properties')
  const required = own(schema, 'required')
  const needed = new Set(isList(required) ? required : [])
  const all = Object.entries(isObject(properties) ? properties : {}).map(([name, type]) => ({
    ...{ name, isNeeded: needed.has(name), type: isObject(type) ? type : {} },
  }))
  return [...all.filter(({ isNeeded }) => isNeeded), ...all.filter(({ isNeeded }) => !isNeeded)]
}

/** Gives the names of a tool's arguments, as searching uses them. */
export const argumentNames = (schema: unknown): readonly string[] =>
  isObject(schema) ? fieldsOf(schema).map(({ name }) => name) : []

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()
