import { canonical } from '../../kernel/canonical.ts'
import { hasHidden, type Hidden, stripHidden, visible } from './hidden-characters.ts'
import { headerMarks, withoutHeaderMarks } from './header-mark.ts'
import { bytesOf, isJson, isList, isObject, type Json, own, textIn } from './json.ts'
import { faultsOf } from './schema-limits.ts'
import type { Sha256 } from './tool-name.ts'

/** What a server offers. */
export const DEFINITION_KINDS = ['tool', 'prompt', 'resource', 'template'] as const
/** A kind of what a server offers. */
export type DefinitionKind = (typeof DEFINITION_KINDS)[number]

/** What a server offers, by the server's own name (of a resource: its URI) and as it said it. */
export type Definition = Readonly<{ kind: DefinitionKind; name: string; body: Json }>

/** A definition that can be kept, or sentences that say why it is not. */
export type ReadDefinition =
  | Readonly<{ kind: 'fits'; definition: Definition }>
  | Readonly<{ kind: 'unfit'; name: string; faults: readonly string[] }>

/** Characters of a server's own name. */
export const NAME_CHARACTERS_MAX = 512
/** Bytes of a whole definition: two schemas, and words about them. */
export const DEFINITION_BYTES_MAX = 160 * 1_024

const LEVELS_MAX = 64
const NAME_SHOWN_MAX = 80

const NAMED_BY: Readonly<Record<DefinitionKind, string>> = {
  tool: 'name',
  prompt: 'name',
  resource: 'uri',
  template: 'uriTemplate',
}

// What a person approves. The rest (icons, sizes, times) may change without asking anybody.
const PINNED: Readonly<Record<DefinitionKind, readonly string[]>> = {
  tool: ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'],
  prompt: ['name', 'title', 'description', 'arguments'],
  resource: ['name', 'uri', 'title', 'description', 'mimeType'],
  template: ['name', 'uriTemplate', 'title', 'description', 'mimeType'],
}

/** Reads one entry of a server's list: kept as it is, or unfit for the hub with the reasons. */
export const readDefinition = (kind: DefinitionKind, given: unknown): ReadDefinition => {
  if (!isObject(given) || !isJson(given, LEVELS_MAX)) {
    return { kind: 'unfit', name: '', faults: ['is no well-formed JSON object'] }
  }
  const name = textIn(given, NAMED_BY[kind]) ?? ''
  const faults = [...bodyFaults(name, given), ...(kind === 'tool' ? toolFaults(given) : [])]
  if (faults.length === 0) return { kind: 'fits', definition: { kind, name, body: given } }
  return { kind: 'unfit', name: visible(name.slice(0, NAME_SHOWN_MAX)), faults }
}

/** Picks what enters the hash of a definition. */
export const pinnedBody = ({ kind, body }: Definition): Json =>
  Object.fromEntries(
    PINNED[kind].flatMap((key) => {
      const value = own(body, key)
      return value === undefined ? [] : [[key, value]]
    }),
  )

/** Hashes a definition: SHA-256 of the canonical form of what was approved (T1). */
export const hashOf = (definition: Definition, sha256: Sha256): string =>
  sha256(canonical(pinnedBody(definition)))

/** Hidden characters of a text in a definition: where it is, and which. */
export type HiddenPlace = Readonly<{ at: string; hidden: readonly Hidden[] }>

/** A definition as models get to see it. */
export type ShownDefinition = Readonly<{ body: Json; hidden: readonly HiddenPlace[] }>

/**
 * Makes of a definition what may be shown: without hidden characters, and without marks of headers
 * unless they are kept. Names and values that calls repeat have no hidden characters, because
 * `readDefinition` refuses them.
 */
export const shownBody = (
  { kind, body }: Definition,
  marks: 'kept' | 'dropped' = 'dropped',
): ShownDefinition => {
  const hidden: HiddenPlace[] = []
  const clean = strip(body, '', hidden)
  const shown = isObject(clean) ? clean : {}
  const input = own(shown, 'inputSchema')
  if (kind !== 'tool' || !isObject(input) || marks === 'kept') return { body: shown, hidden }
  return { body: { ...shown, inputSchema: withoutHeaderMarks(input) }, hidden }
}

const strip = (value: unknown, at: string, hidden: HiddenPlace[]): unknown => {
  if (typeof value === 'string') {
    const clean = stripHidden(value)
    if (clean.hidden.length > 0) hidden.push({ at, hidden: clean.hidden })
    return clean.text
  }
  if (isList(value)) return value.map((item, index) => strip(item, `${at}[${index}]`, hidden))
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([key, item]) => [key, strip(item, at === '' ? key : `${at}.${key}`, hidden)]),
  )
}

const bodyFaults = (name: string, body: Json): readonly string[] => {
  const faults: string[] = []
  if (name === '') faults.push('has no name')
  if (name.length > NAME_CHARACTERS_MAX) {
    faults.push(`has a name of more than ${NAME_CHARACTERS_MAX} characters`)
  }
  const bytes = bytesOf(body)
  if (bytes > DEFINITION_BYTES_MAX) {
    faults.push(`has ${bytes} bytes, more than ${DEFINITION_BYTES_MAX}`)
  }
  const exact = hiddenExact(body, false)
  if (exact !== undefined) faults.push(`has hidden characters in a name: ${visible(exact)}`)
  return faults
}

const toolFaults = (body: Json): readonly string[] => {
  const input = own(body, 'inputSchema')
  const output = own(body, 'outputSchema')
  if (!isObject(input)) return ['inputSchema is no object']
  if (output !== undefined && !isObject(output)) return ['outputSchema is no object']
  const faults = [
    ...faultsOf(input).map(({ at, say }) => `inputSchema${at}: ${say}`),
    ...(output === undefined ? [] : faultsOf(output, 'anything')).map(
      ({ at, say }) => `outputSchema${at}: ${say}`,
    ),
  ]
  if (faults.length > 0) return faults
  const marks = headerMarks(input)
  return marks.kind === 'valid' ? [] : [`inputSchema${marks.at}: x-mcp-header: ${marks.say}`]
}

// Texts that calls and answers repeat: to take a character out of them would break the call.
const EXACT: ReadonlySet<string> = new Set([
  'name',
  'uri',
  'uriTemplate',
  'mimeType',
  'enum',
  'const',
  'required',
  '$ref',
])

const hiddenExact = (value: unknown, isExact: boolean): string | undefined => {
  if (typeof value === 'string') return isExact && hasHidden(value) ? value : undefined
  if (isList(value)) return firstOf(value, (item) => hiddenExact(item, isExact))
  if (!isObject(value)) return undefined
  return firstOf(Object.entries(value), ([key, item]) =>
    hasHidden(key) ? key : hiddenExact(item, EXACT.has(key)),
  )
}

const firstOf = <T>(
  items: readonly T[],
  find: (item: T) => string | undefined,
): string | undefined => {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
