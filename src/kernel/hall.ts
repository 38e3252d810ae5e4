import type { Actor, Door } from './actor.ts'
import type { AnyOperation, CallClient } from './operation.ts'

/** How a door presents a call. */
export type Asked = Readonly<{
  actor: Actor
  door: Door
  idempotencyKey?: string | undefined
  /** Aborts waits; a write looks at it before its transaction only. */
  signal?: AbortSignal | undefined
  /** W3C trace id of the caller: 32 hex digits. */
  trace?: string | undefined
  /** The caller's network address, proxies taken off. */
  address?: string | undefined
  /** What the caller's MCP client can do while the call is under way. */
  client?: CallClient | undefined
}>

/** How far a caller is from a limit: the words of the `RateLimit` headers. */
export type Quota = Readonly<{
  /** The limit's name, its calls per window, the window in seconds. */
  policy: string
  quota: number
  windowS: number
  remaining: number
  /** Seconds until the quota is whole again. */
  resetS: number
}>

/** How and where a credential was presented. */
export type Presented = Readonly<{
  /** A session from a cookie; anything else came in a header. */
  cookie?: boolean
  /** The door it was shown to: tokens are made for one of them. */
  audience?: 'v1' | 'mcp' | 'agent'
  address?: string | undefined
}>

/** What a door gets back. */
export type Answer = Readonly<{
  /** The output, cut to its declared shape: plain JSON. */
  output: unknown
  /** Says the output as text for agents and terminals: minified JSON where nothing says more. */
  text(): string
  /** The `version` of the output, where it has one: the ETag. */
  version: number | null
  trace: string
  /** The limit that the call counted against, if any. */
  quota?: Quota | undefined
}>

/** One sealed event as streams show it: private parts joined, audit dropped. */
export type LiveEvent = Readonly<{
  orgId: string
  pos: number
  name: string
  /** The id whose events stay in order. */
  id: string
  version: number
  actor: string | null
  at: string
  data: Readonly<Record<string, unknown>>
}>

/** A page of the ledger: events the reader may see and the position reached, holes included. */
export type LivePage = Readonly<{ events: readonly LiveEvent[]; pos: number; epoch: number }>

/** A filter over live events, made once per reader. */
export type LiveReader = Readonly<{
  /** Reads on after a position, at most 500 events; refuses one older than the ledger keeps. */
  after(pos: number): Promise<LivePage>
  /** The position of the newest sealed event. */
  head(): Promise<Readonly<{ pos: number; epoch: number }>>
  /** Calls back with each sealed batch that has something for this reader; returns the stop. */
  follow(listener: (page: LivePage) => void): () => void
}>

/** A prompt that MCP clients offer to people: a text with holes. */
export type Prompt = Readonly<{
  name: string
  about: string
  arguments: readonly Readonly<{ name: string; about: string; required: boolean }>[]
  text(given: Readonly<Record<string, string>>): string
}>

/** Everything a door may use of the house; `main` hands it in. */
export type Hall = Readonly<{
  /** Every operation that doors may offer, in the order of its room. */
  operations: readonly AnyOperation[]
  prompts: readonly Prompt[]
  /** Turns a presented credential into an actor; refuses with `unauthenticated`. */
  authenticate(credential: string | undefined, presented?: Presented): Actor | Promise<Actor>
  /** Counts a call that shows no credential against its address; refuses with `too_many`. */
  admit(address: string | undefined): Quota | null
  /** Counts a live connection that is opened; refuses one too many. Gives back its closing. */
  openStream(actor: Actor): () => void
  /**
   * Gives the names of the operations whose permission the actor holds anywhere, and a text that
   * is equal for equal sets: what lists of tools are made and cached by.
   */
  offers(actor: Actor): Promise<Readonly<{ names: ReadonlySet<string>; mark: string }>>
  /** Runs an operation through the pipeline; answers at once where the cache holds the answer. */
  run(operation: AnyOperation, input: unknown, asked: Asked): Answer | Promise<Answer>
  /** Gives the lines that a streamed operation's output has opened, each with its line feed. */
  lines(operation: AnyOperation, output: unknown, actor: Actor): AsyncIterable<string>
  /** Opens a reader over the actor's organisation; asks the rights for every event. */
  live(actor: Actor): LiveReader
  /** Calls back when something is revoked or re-granted: doors re-check what they keep open. */
  onAccessChange(listener: (orgId: string) => void): () => void
  /** Readiness facts for `/readyz`. */
  readiness(): Promise<Readonly<{ ready: boolean; facts: Readonly<Record<string, unknown>> }>>
  now(): number
  /** Writes a line about the door's own life or a bug; never bodies or secrets. */
  log(level: 'info' | 'warn' | 'error', line: string, fields?: Record<string, unknown>): void
}>
