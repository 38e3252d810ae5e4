// Turns command specs into a stricli application. Stricli scans words and flags, writes help and
// proposes completions; sentences, streams and exit codes stay ours.
import {
  type Application,
  ArgumentScannerError,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type Command,
  type CommandContext,
  formatMessageForArgumentScannerError,
  type RouteMap,
  text_en,
} from '@stricli/core'
import { assert } from '../../kernel/assert.ts'
import { kebab } from './fields.ts'
import type { CommandSpec, FlagSpec, Given, PositionSpec } from './session.ts'

/** What stricli hands to a running command. */
export type AppContext = CommandContext &
  Readonly<{ start(spec: CommandSpec, given: Given): Promise<void> }>

/** What went wrong before a command could run. */
export type Misread =
  | Readonly<{ kind: 'command'; input: string; corrections: readonly string[] }>
  | Readonly<{ kind: 'argument'; message: string }>

type Words = [] | [string] | [string, string] | [string, string, string]
type Position = Readonly<{ parse: (input: string) => string; brief: string; placeholder: string }>

/** Switches that every command takes, unless it has a field of that name. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'json', brief: 'Print the answer as JSON', kind: 'switch' },
  { name: 'fields', brief: 'Print these fields only: a,b', kind: 'value', hidden: true },
  { name: 'quiet', brief: 'Print nothing but data and errors', kind: 'switch', hidden: true },
  { name: 'verbose', brief: 'Say on stderr what is sent', kind: 'switch', hidden: true },
  { name: 'yes', brief: 'Answer every question with yes', kind: 'switch', hidden: true },
  { name: 'noInput', brief: 'Never ask a question', kind: 'switch', hidden: true },
  { name: 'url', brief: 'Address of the hub', kind: 'value', hidden: true },
  {
    name: 'home',
    brief: 'Home of the hub, where it is not the usual one',
    kind: 'value',
    hidden: true,
  },
  { name: 'keyFile', brief: 'File that holds the key', kind: 'value', hidden: true },
]

const ABOUT = `One hall where people and AI agents work as one team.

Every command also takes --json, --fields a,b, --quiet, --verbose, --yes, --no-input,
--home DIR, --url ADDRESS and --key-file FILE. Lists are tables on a terminal and TSV in a pipe.
Exit codes: 0 ok, 1 finding, 2 invalid, 3 not allowed, 4 not found, 5 conflict, 6 too many,
7 not running, 70 bug, 130 interrupted.`

const text = (input: string): string => input

/** Builds one stricli command out of a spec. */
const commandOf = (spec: CommandSpec): Command<AppContext> => {
  const own = new Set(spec.flags.map(({ name }) => name))
  const all = [...spec.flags, ...GLOBAL_FLAGS.filter(({ name }) => !own.has(name))]
  const flags: Record<string, unknown> = {}
  for (const flag of all) flags[flag.name] = flagOf(flag)
  // Stricli takes a flag of one letter as an alias only; `--q` is written `-q` before it looks.
  const short = all.filter(({ name }) => name.length === 1).map(({ name }) => [name, name] as const)
  const aliases: object = Object.fromEntries(short)
  return buildCommand<object, Words, AppContext>({
    // Flags of generated commands are known at run time only, so their type is the empty object.
    parameters: { flags, aliases, positional: positionalOf(spec.positions) },
    docs: { brief: spec.brief, ...(spec.details ? { fullDescription: spec.details } : {}) },
    async func(given: object, ...words: Words) {
      await this.start(spec, { words, flags: Object.fromEntries(Object.entries(given)) })
    },
  })
}

const flagOf = (flag: FlagSpec): unknown => {
  const optional = flag.required !== true
  const shared = { brief: flag.brief, optional, ...(flag.hidden ? { hidden: true } : {}) }
  const placeholder = flag.placeholder ?? 'value'
  if (flag.kind === 'switch') {
    const negated = flag.hidden !== true && flag.name !== 'json'
    return { ...shared, kind: 'boolean', optional: true, withNegated: negated }
  }
  const variadic = flag.kind === 'list' ? { variadic: ',' } : {}
  if (flag.values) return { ...shared, ...variadic, kind: 'enum', values: flag.values }
  return { ...shared, ...variadic, kind: 'parsed', parse: text, placeholder }
}

const positionalOf = (
  positions: readonly PositionSpec[],
): { kind: 'tuple'; parameters: [] | [Position] | [Position, Position] | Three } => {
  const [first, second, third, ...others] = positions.map(positionOf)
  assert(others.length === 0, 'a command takes at most three words by position')
  if (first === undefined) return { kind: 'tuple', parameters: [] }
  if (second === undefined) return { kind: 'tuple', parameters: [first] }
  if (third === undefined) return { kind: 'tuple', parameters: [first, second] }
  return { kind: 'tuple', parameters: [first, second, third] }
}

type Three = [Position, Position, Position]

const positionOf = (position: PositionSpec): Position => ({
  parse: text,
  brief: position.brief,
  placeholder: kebab(position.name),
  ...(position.optional ? { optional: true } : {}),
})

/** Arranges commands as noun and verb, and single words beside them. */
const treeOf = (specs: readonly CommandSpec[]): RouteMap<AppContext> => {
  const nouns = new Map<string, CommandSpec[]>()
  for (const spec of specs) {
    const noun = spec.path[0] ?? ''
    nouns.set(noun, [...(nouns.get(noun) ?? []), spec])
  }
  const routes: Record<string, Command<AppContext> | RouteMap<AppContext>> = {}
  const hideRoute: Record<string, boolean> = {}
  for (const [noun, group] of [...nouns].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const alone = group.find(({ path }) => path.length === 1)
    assert(alone === undefined || group.length === 1, `"${noun}" is both a command and a noun`)
    routes[noun] = alone ? commandOf(alone) : nounOf(noun, group)
    if (alone?.hidden) hideRoute[noun] = true
  }
  return buildRouteMap({ routes, docs: { brief: ABOUT, hideRoute } })
}

const nounOf = (noun: string, group: readonly CommandSpec[]): RouteMap<AppContext> => {
  const routes: Record<string, Command<AppContext>> = {}
  for (const spec of group) {
    const verb = spec.path[1] ?? ''
    assert(routes[verb] === undefined, `two commands are named "${noun} ${verb}"`)
    routes[verb] = commandOf(spec)
  }
  const brief = Object.keys(routes).join(', ')
  return buildRouteMap({ routes, docs: { brief } })
}

const flagName = (name: string): string => `--${kebab(name.replace(/^--/, ''))}`

// Stricli's own messages name flags as the program does, not as they are typed.
const SENTENCES: Parameters<typeof formatMessageForArgumentScannerError>[1] = {
  FlagNotFoundError: ({ input, corrections }) => {
    const meant = corrections[0] === undefined ? '' : ` Did you mean ${flagName(corrections[0])}?`
    return `There is no flag ${flagName(input)}.${meant}`
  },
  AliasNotFoundError: ({ input }) => `There is no flag -${input}.`,
  UnsatisfiedFlagError: ({ externalFlagName }) => `${flagName(externalFlagName)} needs a value.`,
  UnsatisfiedPositionalError: ({ placeholder }) => `<${placeholder}> is missing.`,
  UnexpectedPositionalError: ({ input, expectedCount }) =>
    `"${input}" is too much; the command takes ${expectedCount} by position.`,
  UnexpectedFlagError: ({ externalFlagName }) =>
    `${flagName(externalFlagName)} is given more than once; give it once.`,
  EnumValidationError: ({ externalFlagName, input, values }) =>
    `${flagName(externalFlagName)} takes ${values.join(', ')}, not "${input}".`,
}

/** Builds the application; `misread` hears what could not be understood. */
export const application = (
  specs: readonly CommandSpec[],
  misread: (misread: Misread) => void,
): Application<AppContext> =>
  buildApplication(treeOf(specs), {
    name: 'guildhall',
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { disableAnsiColor: true },
    localization: {
      text: {
        ...text_en,
        noCommandRegisteredForInput: ({ input, corrections }) => {
          misread({ kind: 'command', input, corrections })
          return ''
        },
        exceptionWhileParsingArguments: (thrown) => {
          const message =
            thrown instanceof ArgumentScannerError
              ? formatMessageForArgumentScannerError(thrown, SENTENCES)
              : 'The words of this command could not be read'
          misread({ kind: 'argument', message })
          return ''
        },
      },
    },
  })
