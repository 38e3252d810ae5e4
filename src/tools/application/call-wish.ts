import type { HubTool } from './catalogue.ts'
import type { Claim, Json } from './hub-records.ts'

/** A call that has been checked: the tool may be used, and the arguments fit it. */
export type CallWish = Readonly<{
  tool: HubTool
  args: Json
  argsSha256: string
  claim: Claim | null
  fields: readonly string[]
  /** What is asked of the server, where that is not the call of a tool. */
  request?: NativeRequest
  /** What the server asked to get back with answers, and from which log messages on to send. */
  state?: string | undefined
  logLevel?: string | undefined
  /** Set where its caller may go on without waiting for it. */
  task?: CallTask
}>

/** A call that goes on without its caller, once it has taken long enough. */
export type CallTask = Readonly<{
  /** Hears under which key the call was written down. */
  began(key: string): void
  /** Tells whether the caller goes on without it by now. */
  isAlone(): boolean
  /** The same, at its end: from then on whoever waits gets its answer. */
  ends(): boolean
  /** Tells whether the caller took it back. */
  isCancelled(): boolean
}>

/** What is asked of a server besides calling its tools. */
export type NativeRequest = Readonly<{
  method: 'resources/read' | 'prompts/get' | 'completion/complete'
  params: Json
}>
