import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Hall, Presented } from '../../kernel/hall.ts'
import type { OauthPlace } from '../application/oauth-homes.ts'
import type { Asking } from '../application/oauth-ports.ts'

/** One request and the place for its answer. */
export type Exchange = Readonly<{ req: IncomingMessage; res: ServerResponse }>

/** A decision as it is carried out. */
export type Outcome =
  | Readonly<{
      decision: 'given'
      orgId: string
      personId: string
      consentId: string
      scopes: readonly string[]
      refused: readonly string[]
      authTime: number
    }>
  | Readonly<{ decision: 'refused' }>

/** The protocol behind the mount. */
export type Engine = Readonly<{
  /** Answers a request of the protocol; `url` is below the issuer. */
  handle(exchange: Exchange, home: string, url: string): Promise<void>
  /** Reads what this browser began; refuses what another one did. */
  asking(exchange: Exchange, home: string, uid: string): Promise<Asking>
  finish(
    exchange: Exchange,
    home: string,
    done: Readonly<{ uid: string; outcome: Outcome }>,
  ): Promise<string>
  device(userCode: string): Promise<(Asking & Readonly<{ uid: string }>) | null>
  finishDevice(home: string, done: Readonly<{ uid: string; outcome: Outcome }>): Promise<boolean>
}>

/** The ways in that are counted. */
export type Counted = 'token' | 'authorize' | 'client_metadata' | 'device_code'

/** What the mount is made of. */
export type OauthMountOptions = Readonly<{
  hall: Pick<Hall, 'authenticate' | 'run' | 'now'>
  engine: Engine
  place: OauthPlace
  /** Headers of every answer, names and values in turn. */
  headers: readonly string[]
  /** Reads what a request shows of who it is: the session in its cookie. */
  shown: (req: IncomingMessage) => Readonly<{
    credential: string | undefined
    presented: Presented
  }>
  addressOf: (req: IncomingMessage) => string | undefined
  /** Counts a call; refuses with `too_many`. */
  count: (what: Counted, key: string) => Promise<void>
  registration: boolean
}>
