import type { IdentityApi } from '../../identity/contract.ts'
import type { People } from '../application/ports.ts'
import { SEATS_DEFAULT } from '../domain/words.ts'

/** Reads the identity room in the words of work: principals are people with handles. */
export const peopleFrom = (identity: IdentityApi): People => ({
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
})
