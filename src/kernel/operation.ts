import type { z } from 'zod'
import type { Condition } from './access.ts'
import type { Actor, Door, Stage } from './actor.ts'
import type { Happened } from './event.ts'
import type { NewId, Random } from './id.ts'
import type { Permission } from './permission.ts'

/** What travels with a request: who, when, until when, and the sources of ids and chance. */
export type Call = Readonly<{
  actor: Actor
  door: Door
  /** Milliseconds since 1970, database time. */
  now: number
  newId: NewId
  random: Random
  /** The moment, in milliseconds since 1970, after which nobody waits for the answer. */
  deadline: number
  signal: AbortSignal
  trace: string
  idempotencyKey: string | null
  /** The caller's network address, where a door knows it. */
  address?: string | undefined
  /** What the caller's MCP client can do while the call is under way. */
  client?: CallClient | undefined
}>

type Json = Readonly<Record<string, unknown>>

/** The client at the other end of a call, as far as a tool behind the hub may reach it. */
export type CallClient = Readonly<{
  /** What it declared for this request, in the words of the protocol. */
  capabilities: Json
  /** Answers to what it was asked before, and the reference that names what waits for them. */
  answers?: Json | undefined
  ref?: string | undefined
  /** Hears of progress, of log messages that come while a server works, and of changes. */
  progress?: ((params: Json) => void) | undefined
  logged?: ((params: Json) => void) | undefined
  heard?: ((method: string, params: Json) => void) | undefined
  /** Asks it at once, where its session can be asked; else questions are answered with a retry. */
  ask?: ((method: string, params: Json) => Promise<Json>) | undefined
}>

/** The words every operation may use besides the needs of its room. */
export type Words = Readonly<{
  call: Call
  /** Adds an event to the transaction; only in operations whose effect is `write`. */
  emit(happened: Happened): void
  /** The condition under which the actor holds the operation's permission here. */
  condition: Condition
  /** Ids of the projects in which the actor holds the permission; `null`: all. */
  visible: readonly string[] | null
  /** Tells whether the actor holds another permission in a project; `null`: in the organisation. */
  may(permission: Permission, projectId: string | null): boolean
}>

/** Facts for turning an output into text. */
export type Telling = Readonly<{ now: number; actor: Actor }>

/** A long poll: as long as `again` holds, the pipeline waits for `topic` and runs once more. */
export type Waiting<In, Out> = Readonly<{
  topic: (input: In, actor: Actor) => string
  seconds: (input: In) => number
  again: (output: Out) => boolean
}>

/** Names the organisation that a stranger's call is about: by its tag or slug; `null`: the only. */
export type OpenTo = Readonly<{ tag: string }> | Readonly<{ slug: string }> | null

/** The classes of calls that have a limit of their own beside that of their caller. */
export type LimitClass = 'search' | 'bulk' | 'import' | 'export' | 'key' | 'invite'

/** Reads, writes in one transaction, or acts outside: once, and recorded by what its room gives. */
export type Effect = 'read' | 'write' | 'outside'

/** One use case; route, tool, command and reference page are derived from it. */
export type Operation<Needs, I extends z.ZodType, O extends z.ZodType, A> = Readonly<{
  /** `room.verb_noun`. */
  name: string
  /** One or two sentences for people and agents. */
  about: string
  input: I
  output: O
  /** The permission it needs; `null`: anyone who is signed in. */
  access: Permission | null
  effect: Effect
  /** `METHOD /path/:param` below `/v1`, or `null` for none. */
  http: string | null
  /** A tool, a tool and its `op`, or `null`. */
  mcp: string | null
  /**
   * Names the things it touches by short key (`GH`, `GH-12`, `GH-12#7`): the permission is asked
   * for in their projects. Left out: the permission in any project is enough, and the operation
   * narrows itself to `visible`.
   */
  scope?: (input: z.output<I>) => readonly string[]
  /** Set where the permission must be held for the organisation as a whole. */
  orgWide?: boolean
  /** Set where equal input gives equal output until an event of the organisation happens. */
  cached?: boolean | ((input: z.output<I>) => boolean)
  /** Set where the input may be a whole backlog: doors take up to 64 MiB, and plain lines too. */
  bulk?: boolean
  /** Set where the output only opens a stream of lines, which the hall gives. */
  streamed?: boolean
  /** Set where the output holds a secret: it is shown once and never kept for a repeated key. */
  secret?: boolean
  /** Set where no door may offer it: schedules and reactions only. */
  internal?: boolean
  /** Set where nobody has to be signed in: says which organisation the call is about. */
  open?: (input: z.output<I>) => OpenTo
  /** Unfinished sign-ins that may call it as well as finished ones. */
  stages?: readonly Stage[]
  /** Set where a browser session must be fresh: signed in within the last ten minutes. */
  fresh?: boolean
  /** Set where the output's `session` is a browser session: doors keep it in a cookie. */
  session?: boolean
  /** Set on reads that the ledger must know of before they are answered. */
  sensitive?: boolean
  limit?: LimitClass
  waiting?: Waiting<z.output<I>, z.output<O>>
  /** The URI template of an MCP resource that a read answers: `guildhall://task/{key}`. */
  resource?: string
  /** The text that agents read. */
  say?: (output: z.output<O>, telling: Telling, input: z.output<I>) => string
  /** Works out, before the transaction of a write opens, what takes time: hashes, other hosts. */
  ahead?: (input: z.output<I>, words: Needs & Words) => Promise<A>
  run: (input: z.output<I>, words: Needs & Words & Readonly<{ ahead: A }>) => Promise<z.output<O>>
}>

/** Any operation, its shapes forgotten: what lists of operations hold. */
export type AnyOperation = Readonly<{
  name: string
  about: string
  input: z.ZodType
  output: z.ZodType
  access: Permission | null
  effect: Effect
  http: string | null
  mcp: string | null
  scope: ((input: unknown) => readonly string[]) | undefined
  orgWide: boolean
  cached: boolean | ((input: unknown) => boolean)
  internal: boolean
  bulk: boolean
  streamed: boolean
  secret: boolean
  open: ((input: unknown) => OpenTo) | undefined
  stages: readonly Stage[]
  fresh: boolean
  session: boolean
  sensitive: boolean
  limit: LimitClass | undefined
  resource: string | undefined
  waiting: Waiting<unknown, unknown> | undefined
  say: ((output: unknown, telling: Telling, input: unknown) => string) | undefined
  ahead: ((input: unknown, words: unknown) => Promise<unknown>) | undefined
  run: (input: unknown, words: unknown) => Promise<unknown>
}>

/** Declares an operation whose `run` gets the given needs and the words of every operation. */
export const operation =
  <Needs>() =>
  <I extends z.ZodType, O extends z.ZodType, A = undefined>(
    declared: Operation<Needs, I, O, A>,
  ): AnyOperation =>
    // The marked place: a list of operations loses their types; the pipeline parses before `run`.
    ({
      orgWide: false,
      cached: false,
      internal: false,
      bulk: false,
      streamed: false,
      secret: false,
      open: undefined,
      stages: [],
      fresh: false,
      session: false,
      sensitive: false,
      limit: undefined,
      ahead: undefined,
      scope: undefined,
      resource: undefined,
      waiting: undefined,
      say: undefined,
      ...declared,
    }) as unknown as AnyOperation
