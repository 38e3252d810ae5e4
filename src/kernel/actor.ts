import type { Id } from './id.ts'

/** The kinds of principal that can act; `system` is the hub itself. */
export type ActorKind = 'person' | 'service' | 'agent' | 'system'

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
  credentialId?: Id<'key'>
  /** Permission words the credential is cut down to; `null` leaves the principal's own rights. */
  scopes: ReadonlySet<string> | null
  /** Ids of the projects the credential is cut down to; `null` leaves the principal's own. */
  projects: ReadonlySet<string> | null
  /** Rises on suspension and on changes of factors; a credential of an older epoch is dead. */
  epoch: number
}>

const SYSTEM_ID = '00000000-0000-7000-8000-000000000001'

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
