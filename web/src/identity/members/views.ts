import { shape } from '../../live/api.ts'

// What the hub answers about members, as far as these pages read it.

/** Somebody who belongs to the organisation. */
export type Member = Readonly<{
  handle: string
  kind: string
  status: 'active' | 'suspended' | 'removed'
  name: string | null
  email: string | null
  roles: readonly Readonly<{ role: string; project: string | null }>[]
}>

/** A named set of permissions. */
export type Role = Readonly<{
  key: string
  name: string
  isPredefined: boolean
  scopes: readonly string[]
  permissions: readonly string[]
  held: readonly string[]
  own: readonly string[]
}>

/** An invitation that nobody has accepted yet. */
export type Invitation = Readonly<{
  id: string
  email: string
  role: string
  projects: readonly Readonly<{ project: string; role: string }>[]
  inviter: string | null
  expiresAt: string
}>

/** People who look after projects together. */
export type Team = Readonly<{
  key: string
  name: string
  members: readonly string[]
  projects: readonly string[]
}>

/** What somebody may do in a place. */
export type Rights = Readonly<{
  principal: string
  resource: string
  permissions: readonly string[]
  held: readonly string[]
  own: readonly string[]
}>

/** Why somebody may do something, or may not. */
export type Explained = Readonly<{
  principal: string
  permission: string
  resource: string
  allowed: boolean
  reason: string
  condition: 'held' | 'own' | null
  chain: readonly Readonly<{ kind: string; name: string }>[]
  grants: readonly Readonly<{ role: string | null; speaks: string }>[]
}>

export const isMembers = shape<{ items: readonly Member[]; next: string | null }>('items', 'next')
export const isRoles = shape<{ items: readonly Role[] }>('items')
export const isInvitations = shape<{ items: readonly Invitation[] }>('items')
export const isTeams = shape<{ items: readonly Team[] }>('items')
export const isRights = shape<Rights>('principal', 'permissions', 'held', 'own')
export const isExplained = shape<Explained>('allowed', 'reason', 'chain', 'grants')

/** Gives the roles that can be given in a kind of place, as a choice. */
export const rolesFor = (roles: readonly Role[], scope: string) =>
  roles
    .filter(({ scopes }) => scopes.includes(scope))
    .map(({ key, name }) => ({ value: key, name }))
