// Reads the JSON Schema of an operation's input as a list of fields, and turns what a person typed
// back into a value of that schema. Whether the value is allowed is the hub's business: here only
// that happens without which no JSON could be sent.
import { z } from 'zod'
import type { AnyOperation } from '../../kernel/operation.ts'
import { fail } from './failure.ts'

/** Operations whose command is not `<noun> <verb>`, or that a hand-made command stands for. */
const SPECIAL: Readonly<Record<string, readonly string[] | null>> = {
  'identity.who_am_i': ['whoami'],
  'tools.rotate_keys': ['secret', 'rotate'],
  'tools.get_rotation': ['secret', 'rotation'],
  'work.hand_back_task': ['task', 'hand-back'],
  'work.take_over_task': ['task', 'take-over'],
  'identity.hand_over_agent': ['agent', 'hand-over'],
  'identity.verify_ledger': null,
  'identity.export_ledger': null,
  'identity.accept_restore': null,
  'work.import_beads': null,
  'work.import_guildhall': null,
  'work.open_export': null,
  'work.import_backlog_md': null,
}

/**
 * Names the command of an operation: `work.move_task` is `task move`, `work.list_tasks` is
 * `task list`. Null: no command is derived.
 */
export const commandPath = (operation: AnyOperation): readonly string[] | null => {
  if (operation.http === null || operation.internal) return null
  // What strangers and half sign-ins call is for browsers: a shell would keep its passwords.
  if (operation.open !== undefined || operation.session) return null
  const special = SPECIAL[operation.name]
  if (special !== undefined) return special
  const words = operation.name.slice(operation.name.indexOf('.') + 1).split('_')
  const verb = words[0] ?? operation.name
  if (words.length === 1) return [verb]
  const last = words.at(-1) ?? ''
  return [[...words.slice(1, -1), singular(last)].join('-'), verb]
}

/** Turns the last word of a noun into its singular, as far as our own nouns need it. */
export const singular = (word: string): string => {
  if (/(ss|us|is)$/.test(word) || word.length < 4) return word
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (/(ch|sh|x|ss)es$/.test(word)) return word.slice(0, -2)
  return word.endsWith('s') ? word.slice(0, -1) : word
}

/** Writes `waitS`, `wait_s` or `wait-s` in camelCase: the name of a flag inside the program. */
export const camel = (name: string): string =>
  name.replace(/[_-]+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** Writes a name as it is typed: `depends_on` and `dependsOn` are `depends-on`. */
export const kebab = (name: string): string =>
  camel(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

type Kind = 'boolean' | 'number' | 'string' | 'list' | 'json'

/** One field of an operation's input. */
export type Field = Readonly<{
  name: string
  flag: string
  kind: Kind
  /** Kind of the items of a list. */
  item: Kind
  values: readonly string[] | null
  nullable: boolean
  required: boolean
  about: string
}>

type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lists the fields of an operation's input. */
export const fieldsOf = (operation: AnyOperation): readonly Field[] => {
  const root: unknown = z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' })
  if (!isSchema(root)) return []
  const parts = [root, ...listOf(root['allOf']), ...listOf(root['anyOf']), ...listOf(root['oneOf'])]
  const fields = new Map<string, Field>()
  for (const part of parts.map((schema) => resolved(schema, root))) {
    const properties = part['properties']
    if (!isSchema(properties)) continue
    const required: unknown = part === root || parts.length === 1 ? part['required'] : []
    for (const [name, schema] of Object.entries(properties)) {
      if (fields.has(name) || !isSchema(schema)) continue
      const must = Array.isArray(required) && required.includes(name)
      fields.set(name, fieldOf(name, schema, { root, must }))
    }
  }
  return [...fields.values()]
}

const listOf = (value: unknown): readonly Schema[] =>
  Array.isArray(value) ? value.filter(isSchema) : []

const resolved = (schema: Schema, root: Schema): Schema => {
  const ref = schema['$ref']
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return schema
  let found: unknown = root
  for (const step of ref.slice(2).split('/')) found = isSchema(found) ? found[step] : undefined
  return isSchema(found) ? { ...found, ...schema } : schema
}

const fieldOf = (
  name: string,
  given: Schema,
  place: Readonly<{ root: Schema; must: boolean }>,
): Field => {
  const { schema, nullable } = withoutNull(resolved(given, place.root), place.root)
  const about = given['description'] ?? schema['description']
  const items = isSchema(schema['items']) ? resolved(schema['items'], place.root) : {}
  const kind = kindOf(schema)
  return {
    name,
    flag: camel(name),
    kind: kind === 'list' && kindOf(items) === 'json' ? 'json' : kind,
    item: kindOf(items),
    values: wordsOf(kind === 'list' ? items : schema),
    nullable,
    required: place.must,
    about: typeof about === 'string' ? about : '',
  }
}

const withoutNull = (schema: Schema, root: Schema): { schema: Schema; nullable: boolean } => {
  const choices = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])]
  const others = choices.filter((choice) => choice['type'] !== 'null')
  const nullable = others.length < choices.length
  const [only] = others
  if (others.length === 1 && only) return { schema: resolved(only, root), nullable }
  if (Array.isArray(schema['type']) && schema['type'].includes('null')) {
    const types = schema['type'].filter((type) => type !== 'null')
    return { schema: { ...schema, type: types.length === 1 ? types[0] : types }, nullable: true }
  }
  return { schema, nullable }
}

const kindOf = (schema: Schema): Kind => {
  switch (schema['type']) {
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
      return 'string'
    case 'array':
      return 'list'
    default:
      return wordsOf(schema) ? 'string' : 'json'
  }
}

const wordsOf = (schema: Schema): readonly string[] | null => {
  const { const: only, enum: several } = schema
  if (typeof only === 'string') return [only]
  if (!Array.isArray(several)) return null
  const words = several.filter((value) => typeof value === 'string')
  return words.length === several.length ? words : null
}

/** Reads what stands behind `-` (stdin) and `@file`; handed in, so that fields stay pure. */
export type Reading = Readonly<{
  stdin(): Promise<string>
  file(name: string): Promise<string>
}>

/** Turns the text or texts of one flag into the field's value. */
export const valueOf = async (field: Field, typed: unknown, reading: Reading): Promise<unknown> => {
  if (typeof typed === 'boolean') return typed
  if (Array.isArray(typed)) {
    const words = typed.filter((word) => typeof word === 'string').filter((word) => word !== '')
    return words.map((word) => plainValue(field, field.item, word))
  }
  const text = String(typed)
  if (field.nullable && text === 'null') return null
  if (field.kind === 'json') return parseJson(field, await readText(text, reading))
  // A long text may come by pipe; `@` begins a handle here, so files are for JSON only.
  if (field.kind === 'string' && text === '-') return reading.stdin()
  return plainValue(field, field.kind, text)
}

const readText = async (text: string, reading: Reading): Promise<string> => {
  if (text === '-') return reading.stdin()
  return text.startsWith('@') ? reading.file(text.slice(1)) : text
}

const plainValue = (field: Field, kind: Kind, text: string): unknown => {
  if (kind === 'number') {
    const number = Number(text)
    if (text.trim() !== '' && Number.isFinite(number)) return number
    throw fail('invalid', `--${kebab(field.name)} takes a number, not "${text}".`)
  }
  if (kind === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true'
    throw fail('invalid', `--${kebab(field.name)} takes true or false, not "${text}".`)
  }
  return text
}

const parseJson = (field: Field, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    const where = 'inline, as @file, or as - for stdin'
    throw fail('invalid', `--${kebab(field.name)} takes JSON (${where}); this is not JSON.`)
  }
}
