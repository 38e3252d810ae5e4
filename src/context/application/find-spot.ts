import type { Condition } from '../../kernel/access.ts'
import { assert } from '../../kernel/assert.ts'
import type { Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { refuseForeignWrite } from '../domain/write.ts'
import type { ContextNeeds, Place, Spot, Step } from './ports.ts'

/** Lists the short keys whose project's permission an operation on a place needs. */
export const scopeOf = ({ at }: Readonly<{ at: string }>): readonly string[] =>
  at === 'global' ? [] : [at]

/** Lists the tiers of a place, outermost first; each ancestor of a subtask has its own. */
export const stepsOf = (orgId: string, place: Place | null): readonly Step[] => {
  const global: Step = { tier: 'global', id: orgId }
  if (place === null) return [global]
  const branch: readonly Step[] =
    place.branchId === null ? [] : [{ tier: 'branch', id: place.branchId }]
  const tasks = place.taskIds.map((id): Step => ({ tier: 'task', id }))
  return [global, { tier: 'project', id: place.projectId }, ...branch, ...tasks]
}

/** Finds a place and the tiers above it; refuses a name that nothing has. */
export const findSpot = async (
  { places, call }: Pick<ContextNeeds, 'places'> & Pick<Words, 'call'>,
  at: string,
): Promise<Spot> => {
  const { orgId } = call.actor
  if (at === 'global') {
    const title = 'The organisation'
    return { at, tier: 'global', title, projectId: null, steps: stepsOf(orgId, null) }
  }
  const place = await places.find(at)
  if (place === null) throw notFound(at)
  const { tier, title, projectId } = place
  return { at: place.at, tier, title, projectId, steps: stepsOf(orgId, place) }
}

/** Gives the id of the place itself. */
export const ownId = ({ steps }: Pick<Spot, 'steps'>): string => {
  const own = steps.at(-1)
  assert(own, 'A place has its own tier.')
  return own.id
}

/** Refuses a change of the global tier by somebody whose right ends at projects. */
export const refuseGlobalChange = (
  { tier }: Pick<Spot, 'tier'>,
  visible: readonly string[] | null,
  needs: string,
): void => {
  if (tier !== 'global' || visible === null) return
  const message = `The global context needs ${needs} for the organisation; use context share.`
  throw refuse('forbidden', 'context.not_global', message, { needs, scope: 'global' })
}

type Hands = Pick<ContextNeeds, 'places'> & Pick<Words, 'call'>

/** Refuses a write by an agent outside its hands (C8), and by whoever may change held work only. */
export const refuseOutsideHands = async (
  { condition, ...hands }: Hands & { condition: Condition },
  spot: Spot,
): Promise<void> => {
  const kind = condition === 'held' ? 'agent' : hands.call.actor.kind
  if (kind !== 'agent') return
  refuseForeignWrite({ kind, ...(await handsOf(hands, spot)) }, spot)
}

/** Tells whether somebody who may write context may write it here: agents, in their hands only. */
export const mayWriteHere = async (hands: Hands, spot: Handled): Promise<boolean> => {
  if (hands.call.actor.kind !== 'agent') return true
  const { holds, assigned } = await handsOf(hands, spot)
  return holds.size + assigned.size > 0
}

type Handled = Pick<Spot, 'at' | 'tier' | 'steps'>

const handsOf = async ({ places, call }: Hands, spot: Handled) => {
  const holds = spot.tier === 'task' && (await places.holds(call.actor.id, ownId(spot)))
  const assigned = spot.tier === 'branch' && (await places.assigned(call.actor.id, ownId(spot)))
  return {
    holds: new Set(holds ? [spot.at] : []),
    assigned: new Set(assigned ? [spot.at] : []),
  }
}
