import type { Ajv2020 as Ajv, ErrorObject, Options, ValidateFunction } from 'ajv/dist/2020.js'
import { LRUCache } from 'lru-cache'
import { canonical } from '../../kernel/canonical.ts'
import { shorten } from '../../kernel/text.ts'
import { visible } from '../domain/hidden-characters.ts'
import { isJson, isList, isObject, type Json, own } from '../domain/json.ts'
import { runnable } from '../domain/runnable-schema.ts'
import { costPerLevel, VALUE_LEVELS_MAX } from '../domain/schema-limits.ts'

// Checks arguments against the schema of a tool before anything leaves the hall. Schemas come from
// strangers: they are compiled without patterns and formats, each in an instance of its own, so
// that nothing of one meets another and what is dropped is gone. Loaded with the first schema: a
// hall without tools does not pay for it.

/** Compiled schemas that are kept. */
export const COMPILED_MAX = 512
/** Sentences about one set of arguments. */
export const SENTENCES_MAX = 8

// Schemas that look at values, all together: measured at 15 ns each, so about 15 ms.
const LOOKS_MAX = 1_000_000
const SENTENCE_CHARACTERS_MAX = 200
const NAME_CHARACTERS_MAX = 80
const VALUES_MAX = 8

/** Checks arguments by the schemas of tools. */
export type ArgumentCheck = Readonly<{
  /**
   * Compiles a schema and says what stands against it: asked when a definition is found, so that no
   * call meets a schema that cannot be used. The schema is within its limits (`schema-limits.ts`).
   */
  faultsOf(schema: Json): Promise<readonly string[]>
  /** Says in short sentences why arguments do not fit; `hash` is the definition's. */
  check(given: Readonly<{ hash: string; schema: Json; args: unknown }>): Promise<readonly string[]>
}>

type Compiled = Readonly<{ fits: ValidateFunction; costs: readonly number[] }>
type Library = Readonly<{ compile: (schema: Json) => ValidateFunction; meta: Ajv }>

/** Makes a check of arguments; it keeps what it compiled. */
export const argumentCheck = (): ArgumentCheck => {
  const compiled = new LRUCache<string, Compiled>({ max: COMPILED_MAX })
  let library: Promise<Library> | undefined
  const loaded = (): Promise<Library> => {
    library ??= load()
    return library
  }
  return {
    async faultsOf(schema) {
      const { compile, meta } = await loaded()
      const form = runnable(schema)
      if (meta.validateSchema(form) !== true) return sentences(meta.errors ?? [])
      try {
        compile(form)
        return []
      } catch (error) {
        return [oneSentence('', error instanceof Error ? error.message : 'cannot be used')]
      }
    },
    async check({ hash, schema, args }) {
      if (!isJson(args, VALUE_LEVELS_MAX)) return ['the arguments: are too deep, or no JSON']
      const { compile } = await loaded()
      let entry = compiled.get(hash)
      if (entry === undefined) {
        entry = { fits: compile(runnable(schema)), costs: costPerLevel(schema) }
        compiled.set(hash, entry)
      }
      if (looksAt(args, entry.costs) > LOOKS_MAX) {
        return ['the arguments: are too large or too deep to be checked; send less at once']
      }
      const missing = missingFields(schema, args)
      if (missing.length > 0) return missing
      return entry.fits(args) ? [] : sentences(entry.fits.errors ?? [])
    },
  }
}

const OPTIONS: Options = {
  strict: false,
  logger: false,
  coerceTypes: false,
  useDefaults: false,
  ownProperties: true,
  allErrors: false,
  validateFormats: false,
  // A schema that many refs point at would be written out for each of them.
  inlineRefs: false,
  // Polishing the code takes three times as long as writing it, and saves nothing that one can see.
  code: { optimize: false },
}

const load = async (): Promise<Library> => {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const compile = (schema: Json): ValidateFunction => {
    const ajv = new Ajv2020({ ...OPTIONS, meta: false, validateSchema: false })
    ajv.removeKeyword('uniqueItems')
    ajv.addKeyword({
      keyword: 'uniqueItems',
      type: 'array',
      schemaType: 'boolean',
      validate: unique,
    })
    return ajv.compile(schema)
  }
  return { compile, meta: new Ajv2020(OPTIONS) }
}

// The library compares each with each; a long list of objects would hold everybody up.
const unique = (isWanted: boolean, list: readonly unknown[]): boolean =>
  !isWanted || new Set(list.map(canonical)).size === list.length

// Counts the values of each level, times what each of them costs.
const looksAt = (args: unknown, costs: readonly number[]): number => {
  let looks = 0
  let values: readonly unknown[] = [args]
  for (const cost of costs) {
    looks += values.length * cost
    if (looks > LOOKS_MAX) return looks
    values = values.flatMap((value) =>
      isList(value) ? value : isObject(value) ? Object.values(value) : [],
    )
  }
  return looks
}

// The library stops at its first finding; a model fixes all missing fields at once if it is told.
const missingFields = (schema: Json, args: unknown): readonly string[] => {
  const required = own(schema, 'required')
  if (!isList(required) || !isObject(args)) return []
  return required
    .filter((name): name is string => typeof name === 'string' && !Object.hasOwn(args, name))
    .map((name) => oneSentence(shownName(name), 'is missing'))
    .slice(0, SENTENCES_MAX)
}

const sentences = (errors: readonly ErrorObject[]): readonly string[] => {
  const all = errors.map((error) => {
    const field = fieldOf(error)
    return oneSentence(field, sayOf(error))
  })
  return [...new Set(all)].slice(0, SENTENCES_MAX)
}

const oneSentence = (field: string, say: string): string =>
  shorten(`${field === '' ? 'the arguments' : field}: ${visible(say)}`, SENTENCE_CHARACTERS_MAX)

const fieldOf = ({ instancePath, params, keyword }: ErrorObject): string => {
  const steps = instancePath.split('/').slice(1)
  const inner = NAMING[keyword]
  const name: unknown = inner === undefined ? undefined : own(params, inner)
  if (typeof name === 'string') steps.push(name)
  return shownName(
    steps
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
      .map((step, index) => (/^\d+$/.test(step) ? `[${step}]` : index === 0 ? step : `.${step}`))
      .join(''),
  )
}

// Keywords whose finding is about a field inside the place that they name.
const NAMING: Readonly<Record<string, string>> = {
  required: 'missingProperty',
  dependentRequired: 'missingProperty',
  additionalProperties: 'additionalProperty',
  unevaluatedProperties: 'unevaluatedProperty',
  propertyNames: 'propertyName',
}

const shownName = (name: string): string => shorten(visible(name), NAME_CHARACTERS_MAX)

// Sentences speak of the schema, never of the value: that may be a secret.
const sayOf = ({ keyword, params, message }: ErrorObject): string => {
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
      return 'is missing'
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not known to this tool'
    case 'enum':
      return `is not one of ${listed(own(params, 'allowedValues'))}`
    case 'const':
      return `is not ${listed([own(params, 'allowedValue')])}`
    case 'type':
      return `is not of type ${typesOf(own(params, 'type'))}`
    case 'uniqueItems':
      return 'has the same value twice'
    case 'anyOf':
    case 'oneOf':
      return 'fits none of the forms that are allowed'
    case 'not':
    case 'if':
    case 'false schema':
      return 'is not allowed here'
    default:
      return message ?? 'does not fit'
  }
}

const typesOf = (type: unknown): string => (isList(type) ? type.join(' or ') : String(type))

const listed = (values: unknown): string => {
  const all = isList(values) ? values : []
  const shown = all.slice(0, VALUES_MAX).map((value) => shorten(JSON.stringify(value), 40))
  return all.length > shown.length ? `${shown.join(', ')} and more` : shown.join(', ')
}
