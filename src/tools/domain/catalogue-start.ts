import { refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'
import type {
  CatalogueEntry,
  EntryParameter,
  HttpEntry,
  OpenApiEntry,
  Part,
  StdioEntry,
} from './catalogue-entry.ts'

/** What was said about a server, checked: a list of texts for each parameter. */
export type ParameterValues = Readonly<Record<string, readonly string[]>>

/** How a program is started: arguments after its script, and variables of its own. */
export type ProgramStart = Readonly<{
  argv: readonly string[]
  environment: Readonly<Record<string, string>>
}>

/** Characters of one value, and values of one parameter, at most. */
const VALUE_CHARS_MAX = 1_024
const VALUES_MAX = 16

/** Checks what an administrator says about a server; refuses what does not fit the entry. */
export const checkParameters = (
  entry: CatalogueEntry,
  given: Readonly<Record<string, unknown>>,
): ParameterValues => {
  const known = entry.parameters.map(({ name }) => name)
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const all = known.length === 0 ? 'It has none.' : `Known are: ${known.join(', ')}.`
    const hint = near === undefined ? all : `Did you mean ${near}?`
    throw notValid(`${entry.key} has no parameter ${shown(name)}. ${hint}`, shown(name))
  }
  return Object.fromEntries(
    entry.parameters.map((parameter) => {
      const own = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined
      return [parameter.name, valuesOf(entry, parameter, own)]
    }),
  )
}

const valuesOf = (entry: CatalogueEntry, parameter: EntryParameter, given: unknown) => {
  const { name, about, required, many, fallback } = parameter
  const own: unknown[] = Array.isArray(given) ? given : isGiven(given) ? [given] : []
  const list = own.length === 0 && fallback !== undefined ? [fallback] : own
  if (list.length > (many ? VALUES_MAX : 1)) {
    const message = `${name} of ${entry.key} may be given ${many ? `${VALUES_MAX} times` : 'once'}.`
    throw notValid(message, name)
  }
  if (list.length === 0 && required) {
    throw notValid(`${entry.key} needs the parameter ${name}: ${about}`, name)
  }
  return list.map((value) => checkedValue(parameter, value))
}

const isGiven = (given: unknown): boolean => given !== undefined && given !== null

const checkedValue = (parameter: EntryParameter, given: unknown): string => {
  const value = typeof given === 'number' ? String(given) : given
  const wanted = WANTED[parameter.kind]
  const isText =
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= VALUE_CHARS_MAX &&
    value.isWellFormed() &&
    !CONTROL.test(value)
  // A value that begins with a dash could be read as an option that nobody chose.
  if (!isText || value.startsWith('-') || !wanted.test(value)) {
    throw notValid(`${parameter.name} must be ${wanted.is}.`, parameter.name)
  }
  if (parameter.pattern?.test(value) === false) {
    throw notValid(`${parameter.name} does not fit: ${parameter.about}`, parameter.name)
  }
  if (parameter.choices?.includes(value) === false) {
    throw notValid(`${parameter.name} must be ${parameter.choices.join(' or ')}.`, parameter.name)
  }
  return value
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f]/
const isAbsolute = (value: string): boolean => /^(\/|[A-Za-z]:[\\/])/.test(value)
const isAddress = (value: string): boolean => /^https?:\/\/[^\s@/]+(\/\S*)?$/.test(value)

/** The kinds of parameters: what fits, and how to say it. */
const WANTED: Record<EntryParameter['kind'], { is: string; test: (value: string) => boolean }> = {
  folder: { is: 'the whole path of a folder', test: isAbsolute },
  file: { is: 'the whole path of a file', test: isAbsolute },
  url: { is: 'an http or https address without a password in it', test: isAddress },
  text: { is: 'a text of one line that does not begin with a dash', test: () => true },
  number: { is: 'a whole number', test: (value) => /^\d{1,9}$/.test(value) },
  choice: { is: 'one of its choices', test: () => true },
}

/** Lists the paths among the values, for whoever checks where they lead. */
export const pathsIn = (
  entry: CatalogueEntry,
  values: ParameterValues,
): readonly Readonly<{ parameter: string; path: string; use: 'read' | 'write' }>[] =>
  entry.parameters.flatMap(({ name, use }) =>
    use === undefined ? [] : (values[name] ?? []).map((path) => ({ parameter: name, path, use })),
  )

/** Makes the arguments and the variables of a program; parts whose parameter is empty fall away. */
export const startOf = (
  entry: StdioEntry,
  values: ParameterValues,
  place: { dataFolder: string; isRoot: boolean },
): ProgramStart => {
  const texts = (part: Part): readonly string[] => {
    if (typeof part === 'string') return [part]
    if ('asRoot' in part) return place.isRoot ? [part.asRoot] : []
    if ('data' in part) return [`${part.before ?? ''}${place.dataFolder}/${part.data}`]
    return (values[part.parameter] ?? []).map((value) => `${part.before ?? ''}${value}`)
  }
  const environment = Object.entries(entry.environment).flatMap(([name, part]) => {
    const [value] = texts(part)
    return value === undefined ? [] : [[name, value] as const]
  })
  return { argv: entry.argv.flatMap(texts), environment: Object.fromEntries(environment) }
}

/** Gives the address of a server that somebody else runs. */
export const urlOf = (entry: HttpEntry, values: ParameterValues): string =>
  filled(entry, entry.url, values)

/** Gives the addresses of a service and of the document that describes it. */
export const serviceOf = (
  entry: OpenApiEntry,
  values: ParameterValues,
): Readonly<{ documentUrl: string; baseUrl: string }> => ({
  documentUrl: filled(entry, entry.documentUrl, values),
  baseUrl: filled(entry, entry.baseUrl, values),
})

const filled = (entry: CatalogueEntry, template: string, values: ParameterValues): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]?.[0] ?? ''
    const isWhole = entry.parameters.some((one) => one.name === name && one.kind === 'url')
    return isWhole ? value : encodeURIComponent(value)
  })

const shown = (name: string): string => JSON.stringify(name.slice(0, 40)).slice(1, -1)

const notValid = (message: string, parameter: string) =>
  refuse('invalid', 'tools.parameter_not_valid', message, { parameter })
