// The command line door. `main` reads the environment and calls `runCli`; everything else happens
// over HTTP against the running hub, never in its database.
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { run } from '@stricli/core'
import type { AnyOperation } from '../../kernel/operation.ts'
import { type AppContext, application, GLOBAL_FLAGS, type Misread } from './app.ts'
import { COMPLETE, completionCommand, proposals } from './completion.ts'
import { connectCommand } from './connect.ts'
import { doctorCommand } from './doctor.ts'
import { eventsCommand } from './events.ts'
import { type CliFailure, EXIT, fail, toFailure } from './failure.ts'
import { hubClient } from './hub.ts'
import { importCommands } from './imports.ts'
import { kebab } from './fields.ts'
import { loginCommand, logoutCommand } from './login.ts'
import { operationCommand } from './operation-command.ts'
import { printer } from './output.ts'
import {
  bridgeCommand,
  configCommand,
  openCommand,
  startCommand,
  versionCommand,
} from './plain-commands.ts'
import type { CliEnv, CommandSpec, Given, Session, Switches } from './session.ts'

/** The part of `process` by which Ctrl-C arrives; left out where nobody can press it. */
export type Signals = Readonly<{
  on(name: 'SIGINT', listener: () => void): unknown
  off(name: 'SIGINT', listener: () => void): unknown
  exit(code: number): void
}>

/** All that the command line is given. */
export type CliGround = Readonly<{
  /** The words after the program's name. */
  argv: readonly string[]
  env: CliEnv
  operations: readonly AnyOperation[]
  /** Runs the hub until it ends; gets the words behind `start`, gives back the exit code. */
  serve: (words: readonly string[]) => Promise<number>
  /** Prints the settings in force, as text or as JSON; left out: no `config` command. */
  settings?: (json: boolean) => string
  /** More commands of the program, made by `main`. */
  extra?: readonly CommandSpec[]
  stdin: Readable
  stdout: Writable
  stderr: Writable
  version: string
  signals?: Signals
}>

/** Runs one command line to its end and gives back the exit code; it never throws. */
export const runCli = async (ground: CliGround): Promise<number> => {
  const [first, ...rest] = ground.argv
  // The hub has its own flags, signals and streams: nothing of ours may stand between.
  if (first === 'start' && !rest.some((word) => word === '-h' || word === '--help')) {
    return ground.serve(rest)
  }
  const ends = watchEnds(ground)
  try {
    return await Promise.race([runCommand(ground, ends.signal), ends.ended])
  } catch (error) {
    const failure = toFailure(error)
    if (failure.exit === EXIT.bug && ground.argv.includes('--verbose') && error instanceof Error) {
      ground.stderr.write(`${error.stack ?? error.message}\n`)
    }
    writeFailure(ground, failure, ground.argv.includes('--json'))
    return failure.exit
  } finally {
    ends.stop()
  }
}

type Ends = Readonly<{ signal: AbortSignal; ended: Promise<number>; stop(): void }>

/** Watches for Ctrl-C and for readers that went away; the second Ctrl-C stops at once. */
const watchEnds = ({ stdout, stderr, signals }: CliGround): Ends => {
  const aborted = new AbortController()
  const { promise: ended, resolve } = Promise.withResolvers<number>()
  let interrupts = 0
  const interrupt = () => {
    interrupts += 1
    if (interrupts > 1) signals?.exit(EXIT.interrupted)
    aborted.abort()
    resolve(EXIT.interrupted)
  }
  const unread = (error: Error) => {
    aborted.abort()
    resolve('code' in error && error.code === 'EPIPE' ? EXIT.ok : EXIT.bug)
  }
  signals?.on('SIGINT', interrupt)
  stdout.on('error', unread)
  stderr.on('error', unread)
  const stop = () => {
    signals?.off('SIGINT', interrupt)
    // The error listeners stay: a late EPIPE must not become an uncaught exception.
    aborted.abort()
  }
  return { signal: aborted.signal, ended, stop }
}

type Outcome = { exit: number; failure: CliFailure | undefined; misread: Misread | undefined }

const runCommand = async (ground: CliGround, signal: AbortSignal): Promise<number> => {
  if (ground.argv[0] === COMPLETE) return complete(ground)
  const early = leadingSwitches(withShortFlags(ground.argv))
  const asJson = ground.argv.includes('--json')
  if (early.words[0] === 'help') early.words.splice(0, 1, ...early.words.slice(1), '--help')
  if (early.words[0] === '--version' || early.words[0] === '-v') early.words[0] = 'version'
  const outcome: Outcome = { exit: EXIT.ok, failure: undefined, misread: undefined }
  const app = application(specsOf(ground, early.words[0]), (misread) => {
    outcome.misread = misread
  })
  const start = async (spec: CommandSpec, given: Given): Promise<void> => {
    const session = sessionOf(ground, { spec, given, early: early.flags }, signal)
    try {
      outcome.exit = await spec.run(given, session)
    } catch (error) {
      outcome.failure = toFailure(error)
      if (error instanceof Error) session.print.detail(error.stack ?? error.message)
    }
  }
  const process = { stdout: ground.stdout, stderr: { write: () => undefined } }
  const context: AppContext = { process, start }
  await run(app, early.words, context)
  if (outcome.misread) outcome.failure = misreadFailure(outcome.misread, early.words)
  if (signal.aborted && outcome.failure) return EXIT.interrupted
  if (outcome.failure === undefined) return outcome.exit
  writeFailure(ground, outcome.failure, asJson)
  return outcome.failure.exit
}

const complete = async (ground: CliGround): Promise<number> => {
  const words = ground.argv.slice(ground.argv[1] === '--' ? 2 : 1)
  ground.stdout.write(await proposals(specsOf(ground, words[0]), words))
  return EXIT.ok
}

/** Writes `--q` as `-q`: stricli takes a flag of one letter behind one dash only. */
const withShortFlags = (argv: readonly string[]): readonly string[] => {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv.length : end
  return argv.flatMap((word, at) => {
    const [, letter, value] = (at < own ? /^--([a-z])(?:=(.*))?$/s.exec(word) : null) ?? []
    if (letter === undefined) return [word]
    return value === undefined ? [`-${letter}`] : [`-${letter}`, value]
  })
}

/** Takes switches that stand before the command, where no field of a command can hide them. */
const leadingSwitches = (
  argv: readonly string[],
): { words: string[]; flags: Record<string, unknown> } => {
  const words = [...argv]
  const flags: Record<string, unknown> = {}
  for (;;) {
    const [name = '', inline] = (words[0] ?? '').split(/=(.*)/s)
    const flag = GLOBAL_FLAGS.find((candidate) => name === `--${kebab(candidate.name)}`)
    if (flag === undefined) return { words, flags }
    words.shift()
    flags[flag.name] = flag.kind === 'switch' ? true : (inline ?? words.shift())
  }
}

/** Lists all commands; only those of the noun in question get their flags worked out. */
const specsOf = (ground: CliGround, noun: string | undefined): readonly CommandSpec[] => {
  const generated = ground.operations.flatMap((operation) => {
    const bare = operationCommand(operation, false)
    if (bare === null) return []
    if (bare.path[0] !== noun) return [bare]
    return operationCommand(operation, true) ?? []
  })
  const made = [
    startCommand(ground.serve),
    openCommand,
    versionCommand,
    eventsCommand,
    bridgeCommand,
    connectCommand,
    doctorCommand,
    loginCommand,
    logoutCommand,
    completionCommand,
    ...importCommands,
    ...(ground.settings ? [configCommand(ground.settings)] : []),
    ...(ground.extra ?? []),
  ]
  return [...generated, ...made]
}

type Typed = Readonly<{
  spec: CommandSpec
  given: Given
  /** Switches that stood before the command: they win, and no field of the command hides them. */
  early: Readonly<Record<string, unknown>>
}>

const sessionOf = (ground: CliGround, typed: Typed, signal: AbortSignal): Session => {
  const { spec, given, early } = typed
  const ofOperation = (name: string) => spec.flags.some((flag) => flag.name === name)
  const value = (name: string) => early[name] ?? (ofOperation(name) ? undefined : given.flags[name])
  const textOf = (name: string) => {
    const found = value(name)
    return typeof found === 'string' ? found : undefined
  }
  const switches: Switches = {
    json: value('json') === true,
    quiet: value('quiet') === true,
    verbose: value('verbose') === true,
    yes: value('yes') === true,
    noInput: value('noInput') === true,
    fields: textOf('fields')?.split(',').filter(Boolean) ?? null,
    url: textOf('url'),
    keyFile: textOf('keyFile'),
  }
  const { stdin, stdout, stderr, operations, version } = ground
  const home = textOf('home')
  const env =
    home === undefined ? ground.env : { ...ground.env, home: path.resolve(ground.env.cwd, home) }
  const print = printer({ stdout, stderr }, env, switches)
  const hub = hubClient({ env, switches, signal, detail: print.detail })
  return { env, switches, operations, hub, print, stdin, stdout, stderr, signal, version }
}

const misreadFailure = (misread: Misread, words: readonly string[]): CliFailure => {
  const spoken = words.filter((word) => !word.startsWith('-'))
  if (misread.kind === 'argument') {
    const hint = `guildhall ${spoken.slice(0, 2).join(' ')} --help`
    return fail('invalid', sentence(misread.message), { code: 'cli.not_understood', hint })
  }
  // Stricli puts its proposals between backticks.
  const meant = misread.corrections[0]?.replaceAll('`', '')
  const typed = spoken.slice(0, spoken.indexOf(misread.input) + 1).join(' ') || misread.input
  const before = typed.slice(0, typed.length - misread.input.length)
  const guess = meant === undefined ? '' : ` Did you mean "${before}${meant}"?`
  const title = `There is no command "${typed}".${guess}`
  const hint = meant === undefined ? `guildhall ${before}--help` : `guildhall ${before}${meant}`
  return fail('invalid', title, { code: 'cli.unknown_command', hint })
}

const sentence = (message: string): string =>
  /[.?!]$/.test(message.trim()) ? message.trim() : `${message.trim()}.`

const writeFailure = (ground: CliGround, failure: CliFailure, asJson: boolean): void => {
  const { stderr, env } = ground
  if (asJson) {
    stderr.write(`${JSON.stringify(failure.problem)}\n`)
    return
  }
  const colored = env.tty.stderr && !env.noColor
  const label = (word: string, code: number) => (colored ? `\u001b[${code}m${word}\u001b[0m` : word)
  stderr.write(`${label('error:', 31)} ${failure.message}\n`)
  if (failure.hint) stderr.write(`${label('hint:', 36)} ${failure.hint}\n`)
}
