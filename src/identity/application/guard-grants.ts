import { decide, type Rights } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Permission } from '../../kernel/permission.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import type { Principal } from '../domain/principal.ts'
import { type GrantedRole, lacking } from '../domain/role.ts'

/** Who acts, and what they may do as the database has it now. */
export type Holder = Readonly<{ actor: Actor; rights: Rights }>

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

/** Tells whether the actor holds a permission in the whole organisation. */
export const holdsWide = ({ actor, rights }: Holder, permission: Permission): boolean =>
  decide(rights, actor, { permission, projectId: null }).reason === 'allowed'

/** Tells whether the actor looks after a principal: is it, answers for it, or manages members. */
export const looksAfter = (holder: Holder, principal: Principal): boolean =>
  principal.id === holder.actor.id ||
  principal.responsibleId === holder.actor.id ||
  holdsWide(holder, 'member:write')

/** Refuses where the actor does not look after a principal, as if it did not exist. */
export const refuseStranger = (holder: Holder, principal: Principal): void => {
  if (!looksAfter(holder, principal)) throw notFound(`@${principal.handle}`)
}

/** Refuses what would leave the organisation without an active owner. */
export const refuseLastOwner = (owners: readonly string[], leaving: string): void => {
  if (owners.length > 1 || owners[0] !== leaving) return
  const message = 'This is the last active owner; make another owner first.'
  throw refuse('conflict', 'identity.last_owner', message)
}
