import type { Id } from './id.ts'

/** Who can act: the principals, the hub itself, and a stranger who has not said who they are. */
export type ActorKind = 'person' | 'service' | 'agent' | 'system' | 'stranger'

/** The ways in which an actor has shown who they are. */
export type Via = 'none' | 'key' | 'session' | 'oauth'

/** What is missing of a sign-in: a second factor, or one that has to be set up first. */
export type Stage = 'factor' | 'enrol'

/** The doors through which a call can come in. */
export type Door = 'http' | 'mcp' | 'cli' | 'web' | 'live' | 'job' | 'reaction'

/** Who acts: made by a door from the credential alone, never from body or metadata. */
export type Actor = Readonly<{
  orgId: Id<'org'>
  id: Id<'principal'>
  kind: ActorKind
  /** The name that people see, without the `@`. */
  handle: string
  onBehalfOf?: Id<'principal'>
  /** The way the credential took; left out: none, as with the hub itself. */
  via?: Via
  credentialId?: string
  /** Set while a sign-in is not finished: only operations of this stage answer. */
  stage?: Stage
  /** When a person last proved who they are, in milliseconds since 1970; sessions only. */
  authTime?: number
  /** How they did, in the words of RFC 8176: `pwd`, `otp`, `hwk`, `mfa`. */
  amr?: readonly string[]
  /** Permission words the credential is cut down to; `null` leaves the principal's own rights. */
  scopes: ReadonlySet<string> | null
  /** Ids of the projects the credential is cut down to; `null` leaves the principal's own. */
  projects: ReadonlySet<string> | null
  /** Rises on suspension and on changes of factors; a credential of an older epoch is dead. */
  epoch: number
}>

/** The organisation that owns what belongs to the hub itself; nobody signs in there. */
export const HUB_ORG: Id<'org'> = '00000000-0000-7000-8000-000000000000'

const SYSTEM_ID = '00000000-0000-7000-8000-000000000001'
const STRANGER_ID = '00000000-0000-7000-8000-000000000002'

/** Makes the hub's own actor for one organisation: schedules and reactions act as it. */
export const systemActor = (orgId: Id<'org'>): Actor => ({
  orgId,
  id: SYSTEM_ID,
  kind: 'system',
  handle: 'guildhall',
  scopes: null,
  projects: null,
  epoch: 0,
})

/** Makes the actor of a call that nobody has signed; it holds nothing anywhere. */
export const strangerIn = (orgId: Id<'org'>): Actor => ({
  orgId,
  id: STRANGER_ID,
  kind: 'stranger',
  handle: 'stranger',
  via: 'none',
  scopes: null,
  projects: null,
  epoch: 0,
})
