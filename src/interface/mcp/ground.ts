import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor } from '../../kernel/actor.ts'
import type { Hall } from '../../kernel/hall.ts'
import type { FlatHeaders } from '../http/headers.ts'
import type { KeySources, Shelf } from './resources.ts'
import type { Place } from './place.ts'
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
