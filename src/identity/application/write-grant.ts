import type { Held } from '../../kernel/access.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Words } from '../../kernel/operation.ts'
import { GrantGiven, GrantTaken } from '../contract.ts'
import { addressRange } from '../domain/address-range.ts'
import {
  conditioned,
  type GrantCondition,
  isLookedAt,
  permissionsUnder,
} from '../domain/grant-condition.ts'
import type { Principal } from '../domain/principal.ts'
import { heldIn } from '../domain/rights.ts'
import { type Role, roleOf } from '../domain/role.ts'
import type { Team } from '../domain/team.ts'
import type { NamedPlace } from './find-place.ts'
import { type Holder, holdsWide, notAllowed, refuseMoreThanHeld } from './guard-grants.ts'
import { TeamGrantGiven, TeamGrantTaken } from './permission-events.ts'
import type { GrantTerms, IdentityNeeds } from './ports.ts'

/** Whom a grant is for: a principal or a team. */
export type GrantHolder =
  | Readonly<{ kind: 'principal'; principal: Principal }>
  | Readonly<{ kind: 'team'; team: Team }>

/** What is to be granted or denied. */
export type GrantWish = Readonly<{
  holder: GrantHolder
  effect: 'allow' | 'deny'
  /** A role, or else permissions by themselves. */
  role: Role | null
  holds: Held
  at: NamedPlace
  condition: GrantCondition | null
  expiresAt: number | null
}>

type Hands = Pick<IdentityNeeds, 'grants'> & Pick<Words, 'call' | 'emit'> & { giver: Holder }

/** Gives or denies after every check that belongs to it; says so where anything changes. */
export const writeGrant = async (hands: Hands, wish: GrantWish): Promise<void> => {
  const { grants, call, emit, giver } = hands
  refuseMisfit(wish, call.now)
  refuseMoreThanHeld(giver, [{ ...wish.at.place, holds: wish.holds }])
  if (wish.effect === 'deny') await refuseDeny(hands, wish)
  const terms = termsOf(wish)
  const { changed } = await grants.put(terms, { id: call.actor.id, at: call.now })
  if (changed) emit(givenEvent(terms))
}

/** Refuses what cannot be given like this to anybody. */
const refuseMisfit = (wish: GrantWish, now: number): void => {
  const { holder, role, at, effect, condition, expiresAt, holds } = wish
  const { kind } = at.scope
  if (role && effect === 'allow' && !role.scopes.includes(kind)) throw notThere(role.key)
  const isAgent = holder.kind === 'principal' && holder.principal.kind === 'agent'
  if (isAgent && effect === 'allow' && kind === 'org') {
    throw agentsInProjects(holder.principal.handle)
  }
  if (role?.key === 'owner') refuseHalfOwner(wish)
  if (effect === 'deny' && condition !== null) {
    const message = 'A deny holds without conditions; leave them out.'
    throw refuse('invalid', 'identity.deny_without_condition', message)
  }
  for (const address of condition?.addresses ?? []) {
    if (addressRange(address) !== null) continue
    const message = `"${address}" is no address; write 10.0.0.0/8, 2001:db8::/32 or one address.`
    throw refuse('invalid', 'identity.address_not_valid', message, { field: 'addresses' })
  }
  refuseUnheeded(holds, condition)
  if (expiresAt !== null && expiresAt <= now) {
    const message = 'This moment is past; a grant ends later than now.'
    throw refuse('invalid', 'identity.expiry_past', message, { field: 'expires_at' })
  }
}

const refuseHalfOwner = ({ holder, effect, condition, expiresAt }: GrantWish): void => {
  const isWhole = effect === 'allow' && condition === null && expiresAt === null
  const isPerson = holder.kind === 'principal' && holder.principal.kind === 'person'
  if (isWhole && isPerson) return
  const message = 'Owners are single people, for good and without conditions; take admin for more.'
  throw refuse('invalid', 'identity.owner_not_partly', message)
}

/** Refuses a condition that no operation behind some of the permissions would look at. */
const refuseUnheeded = (holds: Held, condition: GrantCondition | null): void => {
  if (!condition?.own && !condition?.assigned) return
  const kept = conditioned(holds, condition)
  const lost = [...holds.keys()].filter((permission) => !kept.has(permission))
  if (lost.length === 0) return
  const under = permissionsUnder(condition.own ? 'own' : 'held')
  const word = condition.own ? 'own' : 'assigned'
  const message = `"${word}" is heeded for ${under.join(', ')} only; grant the others without it.`
  throw refuse('invalid', 'identity.condition_not_heeded', message, { lost: lost.slice(0, 20) })
}

/** Denies bind nobody who stands above the giver: not owners, nor who holds more in that place. */
const refuseDeny = async ({ grants, call, giver }: Hands, wish: GrantWish): Promise<void> => {
  const { holder, at } = wish
  if (holder.kind === 'team') {
    if (!holdsWide(giver, 'grant:write')) throw notAllowed('grant:write', 'this organisation')
    return
  }
  const { id, handle } = holder.principal
  const owners = await grants.lockOwners()
  if (owners.includes(id)) {
    const message = `@${handle} is an owner, and denies do not bind owners; take the role first.`
    throw refuse('conflict', 'identity.owner_not_denied', message)
  }
  const theirs = await grants.rights(id, { now: call.now })
  refuseMoreThanHeld(giver, [{ ...at.place, holds: heldIn(theirs, at.place) }])
}

const termsOf = (wish: GrantWish): GrantTerms => {
  const { holder, effect, role, holds, at, condition, expiresAt } = wish
  const words = [...holds].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    principalId: holder.kind === 'principal' ? holder.principal.id : null,
    teamId: holder.kind === 'team' ? holder.team.id : null,
    ...{ effect, condition, expiresAt },
    role: role?.key ?? null,
    permissions: role ? null : Object.fromEntries(words),
    scope: at.scope,
  }
}

const moreOf = ({ effect, permissions, scope, condition, expiresAt }: GrantTerms) => {
  const { addresses: _, ...shown } = condition ?? {}
  return {
    ...(effect === 'deny' && { effect }),
    ...(permissions && { permissions: Object.keys(permissions) }),
    ...((scope.kind === 'team' || scope.kind === 'namespace') && { scope }),
    ...(condition && { condition: shown }),
    ...(expiresAt !== null && { expiresAt }),
  }
}

/** Makes the event of a grant that was given. */
const givenEvent = (terms: GrantTerms) => {
  const { principalId, teamId, role, scope, condition } = terms
  const addresses = condition?.addresses
  const parts = addresses && { personal: { addresses: [...addresses] } }
  if (principalId === null) {
    const at = { scope: { ...scope } }
    return TeamGrantGiven({ teamId: teamId ?? '', role, ...moreOf(terms), ...at }, parts)
  }
  return GrantGiven({ principalId, role, projectId: projectOf(scope), ...moreOf(terms) }, parts)
}

/** Makes the event of a grant that was taken. */
export const takenEvent = (terms: GrantTerms) => {
  const { principalId, teamId, role, scope } = terms
  if (principalId === null) {
    return TeamGrantTaken({ teamId: teamId ?? '', role, ...moreOf(terms), scope: { ...scope } })
  }
  return GrantTaken({ principalId, role, projectId: projectOf(scope), ...moreOf(terms) })
}

const projectOf = ({ kind, id }: GrantTerms['scope']): string | null =>
  kind === 'project' || kind === 'namespace' ? id : null

const notThere = (role: string) => {
  const places = roleOf(role)?.scopes.join(', ') ?? 'other places'
  const message = `The role "${role}" cannot be given there; it holds in: ${places}.`
  return refuse('invalid', 'identity.role_not_for_scope', message, { role })
}

const agentsInProjects = (handle: string) => {
  const message = `@${handle} is an agent and acts in the projects it is given; name a project.`
  return refuse('invalid', 'identity.agents_act_in_projects', message, { handle })
}

/** Refuses permissions under conditions that their operations do not look at. */
export const refuseUnknownConditions = (holds: Held): void => {
  const lost = [...holds].filter(([permission, when]) => !isLookedAt(permission, when))
  if (lost.length === 0) return
  const said = lost.map(([permission, when]) => `${permission} (${when})`).join(', ')
  const message = `Nothing heeds these conditions: ${said}. Leave them out of the role.`
  throw refuse('invalid', 'identity.condition_not_heeded', message)
}
