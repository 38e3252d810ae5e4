import type { Readable, Writable } from 'node:stream'
import type { Actor } from '../../kernel/actor.ts'
import type { AnyOperation } from '../../kernel/operation.ts'

/** What the command line knows about its surroundings; `main` reads the environment for it. */
export type CliEnv = Readonly<{
  /** The folder of keys and `hub.json`: `$GUILDHALL_HOME`. */
  home: string
  /** The person's own folder, in which some agents keep their settings. */
  userHome: string
  cwd: string
  /** `$GUILDHALL_URL`, when set. */
  url?: string | undefined
  /** `$GUILDHALL_KEY`, when set. */
  key?: string | undefined
  /** True when `$NO_COLOR` is set and not empty. */
  noColor: boolean
  /** Which streams are a terminal. */
  tty: Readonly<{ stdin: boolean; stdout: boolean; stderr: boolean }>
  /** Width of the terminal, when there is one. */
  columns?: number | undefined
  /** Absolute path of the running Node, its version, and absolute path of the command line. */
  nodePath: string
  nodeVersion: string
  cliPath: string
}>

/** The switches that every command understands. */
export type Switches = Readonly<{
  json: boolean
  quiet: boolean
  verbose: boolean
  yes: boolean
  noInput: boolean
  fields: readonly string[] | null
  url: string | undefined
  keyFile: string | undefined
}>

/** Where a command writes: data on stdout, everything else on stderr. */
export type Printer = Readonly<{
  /** Writes data, as it is. */
  data(text: string): void
  /** Writes a line for people on stdout, without control characters. */
  line(text: string): void
  /** Writes a remark on stderr, unless `--quiet`. */
  note(text: string): void
  /** Writes a detail on stderr, only with `--verbose`. */
  detail(text: string): void
  /** Overwrites the last line of a terminal on stderr; silent without one. */
  status(text: string): void
}>

/** One request to the hub; `path` is below the address, with its query. */
export type HubRequest = Readonly<{
  method: string
  path: string
  /** A plain value, sent as JSON. */
  json?: unknown
  /** Bytes, made anew for each try. */
  stream?: () => ReadableStream<Uint8Array>
  headers?: Readonly<Record<string, string>>
  /** Set for changes: they carry a key under which a second try does nothing twice. */
  write?: boolean
  answerMsMax?: number
}>

/** The running hub, as a command sees it. */
export type Hub = Readonly<{
  url(): Promise<string>
  key(): Promise<string | undefined>
  /** Asks and reads the whole answer as JSON; throws a `CliFailure` for every refusal. */
  ask(request: HubRequest): Promise<unknown>
  /** Asks and hands over the answer unread. */
  open(request: HubRequest): Promise<Response>
}>

/** What a running command may use. */
export type Session = Readonly<{
  env: CliEnv
  switches: Switches
  operations: readonly AnyOperation[]
  hub: Hub
  print: Printer
  stdin: Readable
  stdout: Writable
  stderr: Writable
  /** Aborts at the first Ctrl-C and when nobody reads our output any more. */
  signal: AbortSignal
  version: string
}>

/** One flag of a command, under its camelCase name. */
export type FlagSpec = Readonly<{
  name: string
  brief: string
  kind: 'switch' | 'value' | 'list'
  values?: readonly string[]
  required?: boolean
  hidden?: boolean
  placeholder?: string
}>

/** One word by position. */
export type PositionSpec = Readonly<{ name: string; brief: string; optional?: boolean }>

/** What the person typed: words by position, flags by name. */
export type Given = Readonly<{
  words: readonly string[]
  flags: Readonly<Record<string, unknown>>
}>

/** One command: its words, its help, and what it does; gives back the exit code. */
export type CommandSpec = Readonly<{
  /** One word, or a noun and a verb. */
  path: readonly string[]
  brief: string
  details?: string
  positions: readonly PositionSpec[]
  flags: readonly FlagSpec[]
  hidden?: boolean
  run(given: Given, session: Session): Promise<number>
}>

/** Reads a flag that holds one text. */
export const textOf = (given: Given, name: string): string | undefined => {
  const value = given.flags[name]
  return typeof value === 'string' ? value : undefined
}

/** Reads a flag that is on or off. */
export const isOn = (given: Given, name: string): boolean => given.flags[name] === true

/** Stands in for the reader of a sentence where the sentence does not depend on who reads it. */
export const NOBODY: Actor = {
  orgId: '',
  id: '',
  kind: 'person',
  handle: 'me',
  scopes: null,
  projects: null,
  epoch: 0,
}
