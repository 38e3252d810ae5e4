import type { Json, LineFailure } from './line.ts'
import type { Wait } from './wait.ts'

/** How one message goes out. */
export type SendWay = Readonly<{
  wait: Wait
  /** The id of the request that the message is; null for what has no answer. */
  id: number | null
  traceparent?: string | undefined
}>

/** Who hears what comes in. */
export type WireEars = Readonly<{
  /**
   * Hears a parsed value. `origin` is the request on whose own stream it came: a transport with
   * one stream for all cannot say.
   */
  message(value: unknown, origin: number | null): void
  /** Hears that notices may have been lost. */
  gap(): void
  /** Hears that nothing comes any more. */
  over(failure: LineFailure): void
}>

/** A way of JSON-RPC messages to and from one server. */
export type Wire = Readonly<{
  /** Whether answers come while their requests are sent: one that did not come then, never will. */
  answersWhileSending: boolean
  /** Starts to listen; called once, before anything is sent. */
  hear(ears: WireEars): void
  /** Resolves when a message is sent and, where answers come meanwhile, when that is over. */
  send(message: Json, way: SendWay): Promise<void>
  /** Says that the handshake is done and which revision it chose. */
  settled(version: string): void
  /** Says whether anybody wants what comes outside of requests. */
  attend(wanted: boolean): void
  close(): Promise<void>
}>
