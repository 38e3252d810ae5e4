import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor } from '../../kernel/actor.ts'
import type { Hall } from '../../kernel/hall.ts'
import type { CallClient } from '../../kernel/operation.ts'
import type { FlatHeaders } from '../http/headers.ts'
import type { KeySources, Shelf } from './resources.ts'
import type { Place } from './place.ts'
import type { Json } from './protocol.ts'
import type { Tools } from './tools.ts'

/** What the door is made with. */
export type DoorOptions = Readonly<{
  hall: Hall
  version: string
  /** The address people use, if it is not only loopback. */
  publicUrl?: string | undefined
  /** The port of the server; asked late, because the system may choose it. */
  port: () => number
  /** The key of 32 bytes that seals session ids: equal in every process of the hub. */
  sessionKey: Uint8Array
  /** Sentences for tools of several operations. */
  toolAbout?: Readonly<Record<string, string>>
  /** Where completions and lists of resources find their keys. */
  keySources?: KeySources
  /** The operations behind profiles of the hub; left out: there are none. */
  native?: NativeNames
  /** Milliseconds after which a call becomes a task, for clients that take them. */
  taskAfterMs?: number
  /** Remembers ended sessions beyond this process. */
  ended?: EndedSessions
}>

/** A memory of sessions that were ended, by the hash of their id. */
export type EndedSessions = Readonly<{
  has(hash: string): boolean | Promise<boolean>
  add(hash: string): void | Promise<void>
}>

/** What both eras stand on, made once. */
export type Ground = Readonly<{
  hall: Hall
  version: string
  tools: Tools
  shelf: Shelf
  native: Native | null
  /** The key that seals what clients keep for us. */
  sealKey: Uint8Array
  taskAfterMs: number
}>

/** One request, the place for its answer, and the headers that every answer carries. */
export type Exchange = Readonly<{
  req: IncomingMessage
  res: ServerResponse
  security: FlatHeaders
}>

/** Who stands at the door, and what they asked to see. */
export type Visitor = Readonly<{
  actor: Actor
  credential: string | undefined
  place: Place
  trace: string
  /** The caller's network address, proxies taken off. */
  address: string | undefined
}>

/** The names of the operations through which profiles of the hub are listed and used. */
export type NativeNames = Readonly<{
  show: string
  call: string
  read: string
  prompt: string
  complete: string
  watch: string
  follow: string
}>

/** What of a request is passed on to an operation. */
export type NativeKind = 'call' | 'read' | 'prompt' | 'complete'

/** What a profile lists, as its servers list it. */
export type NativeLists = Readonly<
  Record<'tools' | 'prompts' | 'resources' | 'templates', readonly Json[]>
>

/** What a profile is, for one caller: its lists are made when somebody reads them. */
export type NativeView = Readonly<{
  name: string
  raw: boolean
  /** Equal for equal lists. */
  mark: string
  offers: Readonly<Record<'logging' | 'completions' | 'subscribe', boolean>>
  /** Arguments that travel as headers too, by tool. */
  marks: Readonly<Record<string, readonly Readonly<{ header: string; path: readonly string[] }>[]>>
  lists(): Promise<NativeLists>
}>

/** What came of a request. */
export type NativeOutcome = Readonly<{
  key: string | null
  state: string
  result: Json | null
  fault: Readonly<{ code: number; message: string; data?: unknown }> | null
  /** Names the call that waits for answers to the questions in the result. */
  ref: string | null
  approval: string | null
  url: string | null
  text: string
  /** Where somebody has to go before this can be done. */
  wants: Readonly<{ url: string; message: string }> | null
}>

/** How a call stands whose caller went on without it. */
export type NativeTask = NativeOutcome &
  Readonly<{
    status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled'
    questions: Json | null
    createdAt: string
    changedAt: string
  }>

/** What is done with such a call: it is looked at now or when there is news, answered, ended. */
export type TaskAct = Readonly<{
  key: string
  act: 'show' | 'wait' | 'answer' | 'cancel'
  answers?: Json
  signal?: AbortSignal
}>

/** How a request is made: for whom it waits, and what its client can do meanwhile. */
export type NativeAsk = Readonly<{
  kind: NativeKind
  input: Json
  client: CallClient
  signal: AbortSignal | undefined
  repeatKey?: string | undefined
}>

/** What is watched of a profile. */
export type NativeWatch = Readonly<{
  uris: readonly string[]
  signal: AbortSignal
  heard: (method: string, params: Json) => void
}>

/** The profiles of the hub, as the door uses them. */
export type Native = Readonly<{
  view(visitor: Visitor): Promise<NativeView>
  run(visitor: Visitor, asked: NativeAsk): Promise<NativeOutcome>
  /** Hears of changes until the signal says that nobody listens. */
  watch(visitor: Visitor, watched: NativeWatch): Promise<void>
  follow(visitor: Visitor, act: TaskAct): Promise<NativeTask>
  /** The permission that a request needs; `null`: none of these. */
  accessOf(method: string): string | null
}>
