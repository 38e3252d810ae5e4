import type { IdentityApi } from '../../identity/contract.ts'
import { decide } from '../../kernel/access.ts'
import type { People } from '../application/ports.ts'
import { SEATS_DEFAULT } from '../domain/words.ts'

/** Reads the identity room in the words of work: principals are people with handles. */
export const peopleFrom = (identity: IdentityApi, orgId: string): People => ({
  async handles(ids) {
    if (ids.length === 0) return new Map()
    const known = await identity.handles(ids)
    return new Map([...known].map(([id, { handle }]) => [id, handle]))
  },
  byHandle: (handles) => identity.byHandle(handles),
  async worker(id) {
    const { skills, seatLimit } = await identity.profile(id)
    return { skills, seatMax: seatLimit ?? SEATS_DEFAULT }
  },
  async mayClaim({ id, kind, handle }, { projectId, now }) {
    const rights = await identity.rights(id, { now })
    // No credential is in play: what is asked is what the principal itself may do.
    const actor = { orgId, id, kind, handle, scopes: null, projects: null, epoch: 0 }
    return decide(rights, actor, { permission: 'task:claim', projectId, now }).reason === 'allowed'
  },
})
