import { decide, holdsAnywhere, type Place, type Rights } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Call } from '../../kernel/operation.ts'
import type { Permission } from '../../kernel/permission.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import type { Principal } from '../domain/principal.ts'
import { type GrantedRole, lacking } from '../domain/rights.ts'
import type { GrantStore } from './ports.ts'

/** Who acts, and what they may do as the database has it now. */
export type Holder = Readonly<{
  actor: Actor
  rights: Rights
  now?: number
  address?: string | undefined
}>

/** Reads what the caller may do at the moment of the call. */
export const holderOf = async (
  grants: Pick<GrantStore, 'rights'>,
  { actor, now, address }: Pick<Call, 'actor' | 'now' | 'address'>,
): Promise<Holder> => {
  const rights = await grants.rights(actor.id, { now, behalf: actor.onBehalfOf })
  return { actor, rights, now, address }
}

/** Refuses to give, take or use what the actor does not hold in the same places. */
export const refuseMoreThanHeld = (holder: Holder, given: readonly GrantedRole[]): void => {
  const lacks = [...new Set(given.flatMap((place) => lacking(holder, place)))]
  if (lacks.length > 0) throw moreThanYouHave(lacks)
}

/** Says that nobody grants what they lack. */
export const moreThanYouHave = (lacks: readonly string[]) => {
  const shown = lacks.slice(0, 5).join(', ')
  const message = `You cannot give what you do not have (${shown}). Ask an owner to do it.`
  return refuse('forbidden', 'identity.more_than_you_have', message, { lacks: lacks.slice(0, 100) })
}

/** Says that an act needs a permission in a place. */
export const notAllowed = (needs: Permission, scope: string) => {
  const message = `You may not do this in ${scope}: it needs ${needs}. Ask an owner for it.`
  return refuse('forbidden', 'identity.not_allowed', message, { needs, scope })
}

/** Tells whether the actor holds a permission in a place. */
export const holdsIn = (holder: Holder, permission: Permission, place: Place): boolean => {
  const { rights, actor, now, address } = holder
  return decide(rights, actor, { ...place, permission, now, address }).reason === 'allowed'
}

/** Tells whether the actor holds a permission in the whole organisation. */
export const holdsWide = (holder: Holder, permission: Permission): boolean =>
  holdsIn(holder, permission, { projectId: null })

/** Tells whether the actor holds a permission anywhere. */
export const holdsSomewhere = (holder: Holder, permission: Permission): boolean =>
  holdsAnywhere(holder.rights, holder.actor, {
    permission,
    now: holder.now,
    address: holder.address,
  })

/**
 * Tells whether the actor looks after a principal: is it, answers for it, or manages members and
 * keys that are not their own.
 */
export const looksAfter = (holder: Holder, principal: Principal): boolean =>
  principal.id === holder.actor.id ||
  principal.responsibleId === holder.actor.id ||
  (holdsWide(holder, 'member:write') && !keepsToOwn(holder))

const keepsToOwn = ({ rights, actor, now, address }: Holder): boolean => {
  const asked = { permission: 'key:write', projectId: null, now, address } as const
  return decide(rights, actor, asked).condition === 'own'
}

/** Refuses where the actor does not look after a principal, as if it did not exist. */
export const refuseStranger = (holder: Holder, principal: Principal): void => {
  if (!looksAfter(holder, principal)) throw notFound(`@${principal.handle}`)
}

/** What a credential or a delegation is cut down to. */
export type Cut = Readonly<{
  scopes: readonly string[] | null
  projectIds: readonly string[] | null
}>

/** Refuses to pass on what the credential in use is cut off from. */
export const refuseWider = (actor: Actor, { scopes, projectIds: ids }: Cut): void => {
  const { scopes: ownScopes, projects: ownProjects } = actor
  if (ownScopes !== null) {
    const beyond = scopes === null ? ['every scope'] : scopes.filter((word) => !ownScopes.has(word))
    if (beyond.length > 0) throw moreThanYouHave(beyond)
  }
  if (ownProjects !== null && (ids === null || ids.some((id) => !ownProjects.has(id)))) {
    throw moreThanYouHave(['every project'])
  }
}

/** Refuses what would leave the organisation without an active owner. */
export const refuseLastOwner = (owners: readonly string[], leaving: string): void => {
  if (owners.length > 1 || owners[0] !== leaving) return
  const message = 'This is the last active owner; make another owner first.'
  throw refuse('conflict', 'identity.last_owner', message)
}
