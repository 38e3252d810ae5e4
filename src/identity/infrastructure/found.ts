import type { Actor } from '../../kernel/actor.ts'
import type { AddressRange } from '../domain/address-range.ts'

/** A credential that lets in, as SQL has it. */
export type Found = Readonly<{
  actor: Actor
  use: Readonly<{ kind: 'key' | 'session' | 'token'; id: string }>
  expiresAt: number | null
  /** Ends it after a time without use. */
  idle?: Readonly<{ ms: number; seenAt: number }>
  /** The door a token was made for; left out: any. */
  audience?: 'v1' | 'mcp' | 'agent'
  /** The networks it may come from; left out: any. */
  networks?: readonly AddressRange[]
}>

/** Finds the token of another issuer's making, the hub's OAuth server. */
export type FindToken = (token: string, audience: 'v1' | 'mcp') => Promise<Found | null>
