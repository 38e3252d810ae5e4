// One command per operation that has a route: path parameters by position, the rest as flags.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import type { Actor } from '../../kernel/actor.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { EXIT, fail } from './failure.ts'
import { receive } from './imports.ts'
import {
  commandPath,
  type Field,
  fieldsOf,
  kebab,
  type Reading,
  singular,
  valueOf,
} from './fields.ts'
import { listText, moreOf, picked, rowsOf, thingText } from './output.ts'
import {
  type CommandSpec,
  type FlagSpec,
  type Given,
  type HubRequest,
  NOBODY,
  type Session,
  textOf,
} from './session.ts'
import { VERDICTS } from './failure.ts'

type Input = Readonly<Record<string, unknown>>
type Route = Readonly<{ method: string; steps: readonly string[]; parameters: readonly string[] }>

const OUT: FlagSpec = {
  name: 'out',
  brief: 'Write to this file instead of stdout',
  kind: 'value',
  placeholder: 'file',
}

const CONFIRMED: ReadonlySet<string> = new Set(['delete', 'erase'])

/**
 * Makes the command of an operation, or null where it has none.
 * `full` false leaves out flags and positions, which cost a schema: enough for lists of commands.
 */
export const operationCommand = (operation: AnyOperation, full: boolean): CommandSpec | null => {
  const words = commandPath(operation)
  if (words === null) return null
  const route = routeOf(operation)
  const fields = full ? fieldsOf(operation) : []
  const byPosition = route.parameters.map((name) => ({
    name: kebab(name),
    brief: fields.find((field) => field.name === name)?.about || `The ${kebab(name)}`,
  }))
  const flags = fields
    .filter((field) => !route.parameters.includes(field.name))
    .flatMap((field) => flagsOf(field, fields))
  return {
    path: words,
    brief: operation.about.split(/(?<=\.)\s/)[0] ?? operation.about,
    details: operation.about,
    positions: full ? byPosition : [],
    flags: operation.streamed ? [...flags, OUT] : flags,
    run: (given, session) => runOperation({ operation, words, route, fields }, given, session),
  }
}

const routeOf = (operation: AnyOperation): Route => {
  const [method = 'GET', address = '/'] = (operation.http ?? '').split(' ')
  const steps = address.split('/').filter((step) => step !== '')
  const parameters = steps.filter((step) => step.startsWith(':')).map((step) => step.slice(1))
  return { method, steps, parameters }
}

// A list is given word by word, so its flag is singular: `--label a --label b`. The field's own
// name works too, for those who know it from the other doors.
const flagsOf = (field: Field, all: readonly Field[]): readonly FlagSpec[] => {
  const flag = flagOf(field)
  const one = oneOf(field, all)
  if (one === field.flag) return [flag]
  const brief = field.required ? `${flag.brief}; at least one` : flag.brief
  const shown = { ...flag, name: one, brief, required: false }
  return [shown, { ...flag, required: false, hidden: true }]
}

const oneOf = (field: Field, all: readonly Field[]): string => {
  const one = singular(field.flag)
  return field.kind === 'list' && !all.some(({ flag }) => flag === one) ? one : field.flag
}

const flagOf = (field: Field): FlagSpec => {
  const notes = [
    field.about,
    field.kind === 'json' ? 'JSON, @file or - for stdin' : '',
    field.nullable ? 'null to clear' : '',
  ].filter((note) => note !== '')
  return {
    name: field.flag,
    brief: notes.join('; ') || `The ${kebab(field.name)}`,
    kind: field.kind === 'boolean' ? 'switch' : field.kind === 'list' ? 'list' : 'value',
    // A nullable list of words must also take the word `null`, which stands for no value.
    ...(field.values && !field.nullable ? { values: field.values } : {}),
    required: field.required && field.kind !== 'boolean',
    placeholder: field.kind === 'json' ? 'json' : field.item === 'number' ? 'number' : 'value',
  }
}

type Meant = Readonly<{
  operation: AnyOperation
  words: readonly string[]
  route: Route
  fields: readonly Field[]
}>

const runOperation = async (meant: Meant, given: Given, session: Session): Promise<number> => {
  const { operation, words, route } = meant
  const input = await inputOf(meant, given, session)
  if (CONFIRMED.has(words[1] ?? '')) await confirm(words, given, session)
  const request = requestOf(operation, route, input)
  if (operation.streamed) {
    const headers = { accept: 'application/x-ndjson' }
    return receive({ ...request, headers }, textOf(given, OUT.name), session)
  }
  const output = await session.hub.ask(request)
  await show(operation, { input, output }, session)
  return VERDICTS[words.join(' ')]?.(output) ?? EXIT.ok
}

/** Collects the input: words by position, then every flag that was given. */
const inputOf = async (meant: Meant, given: Given, session: Session): Promise<Input> => {
  const { fields, route } = meant
  const reading = readingOf(session)
  const input: Record<string, unknown> = {}
  for (const field of fields) {
    const at = route.parameters.indexOf(field.name)
    const typed = at >= 0 ? given.words[at] : typedOf(field, fields, given)
    if (typed !== undefined) input[field.name] = await valueOf(field, typed, reading)
    else if (field.required && field.kind === 'list') {
      const name = kebab(oneOf(field, fields))
      const hint = `guildhall ${meant.words.join(' ')} --help`
      throw fail('invalid', `--${name} needs a value.`, { code: 'cli.not_understood', hint })
    }
  }
  return input
}

const typedOf = (field: Field, all: readonly Field[], { flags }: Given): unknown => {
  const many = flags[field.flag]
  const one = flags[oneOf(field, all)]
  return Array.isArray(one) && Array.isArray(many) && one !== many
    ? many.concat(one)
    : (one ?? many)
}

const readingOf = ({ stdin, env }: Session): Reading => {
  let piped: Promise<string> | undefined
  return {
    stdin: () => {
      piped ??= readAll(stdin)
      return piped
    },
    file: async (name) => {
      try {
        return await readFile(path.resolve(env.cwd, name), 'utf8')
      } catch {
        throw fail('invalid', `The file ${name} cannot be read.`)
      }
    },
  }
}

const confirm = async (words: readonly string[], given: Given, session: Session): Promise<void> => {
  const { switches, env, stdin, stderr } = session
  if (switches.yes) return
  const what = `${words.join(' ')} ${given.words.join(' ')}`.trim()
  if (switches.noInput || !env.tty.stdin || !env.tty.stderr) {
    throw fail('invalid', `"${what}" cannot be undone; add --yes to go on without a question.`)
  }
  const prompts = await import('@clack/prompts')
  const message = `${what}: this cannot be undone. Go on?`
  const options = { message, initialValue: false, input: stdin, output: stderr }
  if ((await prompts.confirm(options)) !== true) {
    throw fail('conflict', 'Nothing was changed.', { code: 'cli.not_confirmed' })
  }
}

/** Turns an input into the request of the operation's route. */
export const requestOf = (operation: AnyOperation, route: Route, input: Input): HubRequest => {
  const steps = route.steps.map((step) =>
    step.startsWith(':') ? encodeURIComponent(String(input[step.slice(1)])) : step,
  )
  const rest = Object.entries(input).filter(([name]) => !route.parameters.includes(name))
  const address = `/v1/${steps.join('/')}`
  const write = operation.effect !== 'read'
  if (route.method === 'GET' || route.method === 'DELETE') {
    return { method: route.method, path: `${address}${queryOf(rest)}`, write }
  }
  return { method: route.method, path: address, json: Object.fromEntries(rest), write }
}

const queryOf = (entries: readonly (readonly [string, unknown])[]): string => {
  const query = new URLSearchParams()
  for (const [name, value] of entries) {
    for (const one of Array.isArray(value) ? value : [value]) {
      query.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one))
    }
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

type Exchange = Readonly<{ input: Input; output: unknown }>

/** Prints an answer: JSON, a list, the operation's own words, or `key: value` lines. */
const show = async (
  operation: AnyOperation,
  exchange: Exchange,
  session: Session,
): Promise<void> => {
  const { switches, print, env } = session
  const { fields } = switches
  const output = fields === null ? exchange.output : picked(exchange.output, fields)
  if (switches.json) return print.data(`${JSON.stringify(output)}\n`)
  if (operation.effect !== 'read' && fields === null) {
    if (!switches.quiet) print.line(await told(operation, exchange, session))
    return
  }
  const rows = rowsOf(output)
  if (rows === null) {
    return fields === null
      ? print.line(await told(operation, exchange, session))
      : print.data(thingText(output))
  }
  const width = env.tty.stdout ? (env.columns ?? 80) : null
  if (rows.length > 0) print.data(listText(rows, { fields, width }))
  const more = moreOf(output)
  if (more !== null) print.note(more)
}

const told = async (
  operation: AnyOperation,
  { input, output }: Exchange,
  session: Session,
): Promise<string> => {
  if (operation.say === undefined) return thingText(output).trimEnd()
  const parsed = operation.input.safeParse(input)
  // Most sentences look at the output alone; only those that ask for more cost a second request.
  const actor = operation.say.length > 1 ? await actorOf(session) : NOBODY
  const telling = { now: Date.now(), actor }
  return operation.say(output, telling, parsed.success ? parsed.data : input)
}

const actorOf = async (session: Session): Promise<Actor> => {
  const whoAmI = session.operations.find(({ name }) => name === 'identity.who_am_i')
  if (whoAmI === undefined || whoAmI.http === null) return NOBODY
  const answer = await session.hub.ask(requestOf(whoAmI, routeOf(whoAmI), {}))
  if (typeof answer !== 'object' || answer === null) return NOBODY
  const handle = 'handle' in answer && typeof answer.handle === 'string' ? answer.handle : 'me'
  const id = 'id' in answer && typeof answer.id === 'string' ? answer.id : ''
  const kind = 'kind' in answer && answer.kind === 'agent' ? 'agent' : 'person'
  return { ...NOBODY, handle, id, kind }
}
