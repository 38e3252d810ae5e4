import type { Place } from '../../kernel/access.ts'
import type { Words } from '../../kernel/operation.ts'
import type { GrantedRole } from '../domain/rights.ts'
import { placeOfGrant } from './find-place.ts'
import { holderOf, refuseMoreThanHeld } from './guard-grants.ts'
import type { IdentityNeeds } from './ports.ts'

type Hands = Pick<IdentityNeeds, 'grants'> & Pick<Words, 'call'>

/**
 * Refuses to put somebody or something under a team's grants, or to take them from under it, for
 * whom all these grants say is more than they hold. `inPlace` says where they would hold, if not
 * where they do.
 */
export const guardTeamGrants = async (
  { grants, call }: Hands,
  query: Readonly<{ teamId: string }> | Readonly<{ inTeam: string }>,
  inPlace?: Place,
): Promise<void> => {
  const rows = await grants.list(query)
  if (rows.length === 0) return
  const holder = await holderOf(grants, call)
  const given: GrantedRole[] = []
  for (const grant of rows) {
    given.push({ ...(inPlace ?? placeOfGrant(grant)), holds: await grants.holdsOf(grant) })
  }
  refuseMoreThanHeld(holder, given)
}
