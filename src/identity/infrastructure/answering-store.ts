import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import type { AnsweringStore } from '../application/ports.ts'

/** Keeps who answers for agents and services, and how many tasks these may hold at a time. */
export const answeringStore = ({ sql, orgId }: Ground): AnsweringStore => ({
  async hand({ id, handle, responsibleId, seatLimit, version }) {
    const [saved] = await sql`
      update identity.principal
         set responsible_id = ${responsibleId}, seat_limit = ${seatLimit}, version = ${version}
       where org_id = ${orgId} and id = ${id} and version = ${version - 1}
      returning id`
    if (saved) return
    const message = `@${handle} has changed; read it again, then decide.`
    throw refuse('conflict', 'identity.principal_changed', message)
  },
})
