import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { placeOfGrant } from './find-place.ts'
import { holderOf, holdsIn, refuseLastOwner, refuseMoreThanHeld } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'
import { takenEvent } from './write-grant.ts'

/** Takes one grant or deny away, by its id. */
export const takeGrant = operation<IdentityNeeds>()({
  name: 'identity.take_grant',
  about: 'Take a grant or a deny away, by its id. List the grants to find it.',
  input: z.strictObject({ id: z.uuid() }),
  output: z.object({ id: z.uuid(), taken: z.boolean() }),
  access: 'grant:write',
  effect: 'write',
  fresh: true,
  http: 'DELETE /grants/:id',
  mcp: null,
  say: () => 'The grant is taken.',
  async run({ id }, { grants, call, emit }) {
    const [grant] = await grants.list({ id })
    const taker = await holderOf(grants, call)
    // In a place where the caller manages no grants, an id is as good as an unknown one.
    if (!grant || !holdsIn(taker, 'grant:write', placeOfGrant(grant))) throw notFound('This grant')
    const holds = await grants.holdsOf(grant)
    refuseMoreThanHeld(taker, [{ ...placeOfGrant(grant), holds }])
    if (grant.role === 'owner' && grant.principalId !== null) {
      refuseLastOwner(await grants.lockOwners(), grant.principalId)
    }
    await grants.remove(id)
    emit(takenEvent(grant))
    return { id, taken: true }
  },
})
