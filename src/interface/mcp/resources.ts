import type { Hall, LiveEvent } from '../../kernel/hall.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import type { Caller } from './call.ts'
import { isJson } from './protocol.ts'

/** Where the values of one variable come from: an operation that finds keys by their beginning. */
export type KeySource = Readonly<{
  /** The name of the operation. */
  operation: string
  input: (start: string) => Readonly<Record<string, unknown>>
  keys: (output: unknown) => readonly string[]
  /** Set where resources named by this variable alone stand on the list of resources. */
  listed?: boolean
}>

/** Key sources by the name of the variable or argument they fill. */
export type KeySources = Readonly<Record<string, KeySource>>

/** A resource template and the operation that answers it. */
export type Template = Readonly<{
  uriTemplate: string
  name: string
  about: string
  variables: readonly string[]
  operation: AnyOperation
  match: RegExp
}>

/** Values that a completion gives at most. */
export const COMPLETIONS_MAX = 100
const MIME = 'text/plain'

/** Makes the templates out of the operations that answer resources, sorted. */
export const makeTemplates = (operations: readonly AnyOperation[]): readonly Template[] =>
  operations
    .flatMap((operation) => {
      const { resource } = operation
      return resource === undefined || operation.internal ? [] : [template(resource, operation)]
    })
    .sort((a, b) => (a.uriTemplate < b.uriTemplate ? -1 : 1))

const template = (uriTemplate: string, operation: AnyOperation): Template => {
  const variables = [...uriTemplate.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const parts = uriTemplate
    .split(/\{\w+\}/)
    .map((part) => part.replaceAll(/[.?*+^$()|[\]]/g, '\\$&'))
  const match = new RegExp(`^${parts.join('([^/]+)')}$`)
  const name = uriTemplate
    .replace(/^\w+:\/\//, '')
    .replaceAll(/\/?\{\w+\}/g, '')
    .replaceAll('/', '_')
  return { uriTemplate, name, about: operation.about, variables, operation, match }
}

/** Finds the template that a URI fits, and the values it holds. */
export const matchUri = (
  templates: readonly Template[],
  uri: string,
): Readonly<{ template: Template; values: Readonly<Record<string, string>> }> | null => {
  for (const candidate of templates) {
    const found = candidate.match.exec(uri)
    if (!found) continue
    const values = found.slice(1).map(percentDecoded)
    return {
      template: candidate,
      values: Object.fromEntries(candidate.variables.map((name, at) => [name, values[at] ?? ''])),
    }
  }
  return null
}

const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // Not percent-encoded: the operation refuses what it does not know.
  }
}

/** Shows the templates whose operation the actor may ever run. */
export const listTemplates = (templates: readonly Template[], names: ReadonlySet<string>) =>
  templates
    .filter(({ operation }) => names.has(operation.name))
    .map(({ uriTemplate, name, about }) => ({
      uriTemplate,
      name,
      description: about,
      mimeType: MIME,
    }))

/** What reading and listing resources needs. */
export type Shelf = Readonly<{
  hall: Hall
  templates: readonly Template[]
  keySources: KeySources
}>

/** Lists the resources that are few and can be named: those of one listed variable. */
export const listResources = async (shelf: Shelf, caller: Caller, names: ReadonlySet<string>) => {
  const lists = shelf.templates.map(async ({ uriTemplate, name, about, variables, operation }) => {
    const [variable = ''] = variables
    const isListed = variables.length === 1 && shelf.keySources[variable]?.listed === true
    if (!isListed || !names.has(operation.name)) return []
    const keys = await findKeys(shelf, caller, { name: variable, start: '' })
    return keys.map((key) => ({
      uri: uriTemplate.replace(`{${variable}}`, encodeURIComponent(key)),
      name: `${name} ${key}`,
      description: about,
      mimeType: MIME,
    }))
  })
  return (await Promise.all(lists)).flat()
}

/** Reads a resource as text; `null` where no template fits. */
export const readResource = async ({ hall, templates }: Shelf, caller: Caller, uri: string) => {
  const found = matchUri(templates, uri)
  if (found === null) return null
  const { template: of, values } = found
  const answer = await hall.run(of.operation, values, { ...caller, door: 'mcp' })
  return { contents: [{ uri, mimeType: MIME, text: answer.text() }] }
}

/** Finds the keys that a variable may take, by their beginning. */
export const findKeys = async (
  { hall, keySources }: Shelf,
  caller: Caller,
  asked: Readonly<{ name: string; start: string }>,
): Promise<readonly string[]> => {
  const source = Object.hasOwn(keySources, asked.name) ? keySources[asked.name] : undefined
  if (source === undefined) return []
  const operation = hall.operations.find(({ name }) => name === source.operation)
  if (operation === undefined) return []
  const input = source.input(asked.start)
  const answer = await hall.run(operation, input, { ...caller, door: 'mcp' })
  const start = asked.start.toLowerCase()
  return source
    .keys(answer.output)
    .filter((key) => key.toLowerCase().startsWith(start))
    .slice(0, COMPLETIONS_MAX + 1)
}

const BOARDS = /^guildhall:\/\/(?:board\/([^/]+)|sprint\/([^/]+)\/current)$/
const TASK = /^guildhall:\/\/task\/([^/]+)$/
const CONTEXT = /^guildhall:\/\/context\/(.+)$/

/** Makes the test that tells which events touch a resource. */
export const touchedBy = (uri: string): ((event: LiveEvent) => boolean) => {
  const task = TASK.exec(uri)?.[1]
  if (task !== undefined) return (event) => keyOf(event) === task
  const context = CONTEXT.exec(uri)?.[1]
  if (context !== undefined) {
    // A context inherits: what changes above it changes it too.
    return (event) => event.name.startsWith('context.') && isAbove(keyOf(event), context)
  }
  const [, board, sprint] = BOARDS.exec(uri) ?? []
  const project = board ?? sprint
  return project === undefined ? () => false : (event) => projectOf(event) === project
}

const keyOf = ({ data }: LiveEvent): string | undefined => {
  const { key } = data
  return typeof key === 'string' ? key : undefined
}

const projectOf = (event: LiveEvent): string | undefined => {
  const { project } = event.data
  if (typeof project === 'string') return project
  return keyOf(event)?.split(/[-/]/)[0]
}

const isAbove = (above: string | undefined, key: string): boolean =>
  above === undefined ||
  above === 'global' ||
  key === above ||
  key.startsWith(`${above}-`) ||
  key.startsWith(`${above}/`)

/** Tells whether an event changes which resources there are. */
export const changesShelf = ({ name }: LiveEvent): boolean => name.startsWith('work.project_')

/** Reads the named part of params that has to be an object of texts. */
export const textsOf = (value: unknown): Readonly<Record<string, string>> | null => {
  if (value === undefined) return {}
  if (!isJson(value)) return null
  const texts = Object.entries(value).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  )
  return texts.length === Object.keys(value).length ? Object.fromEntries(texts) : null
}
