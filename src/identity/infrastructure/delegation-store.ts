import type { Ground } from '../../platform/room.ts'
import { at, atOrNull } from '../../platform/sql.ts'
import type { DelegationStore } from '../application/ports.ts'
import type { Delegation } from '../domain/delegation.ts'

/** Keeps what persons let agents do in their name. */
export const delegationStore = ({ sql, orgId }: Ground): DelegationStore => ({
  async put({ agentId, personId, scopes, projectIds, expiresAt }, now) {
    await sql`
      insert into identity.delegation
        (org_id, agent_id, person_id, scopes, project_ids, expires_at, created_at)
      values (${orgId}, ${agentId}, ${personId}, ${scopes}::text[], ${projectIds}::uuid[],
              ${atOrNull(expiresAt)}::timestamptz, ${at(now)})
      on conflict (org_id, agent_id, person_id) do update
         set scopes = excluded.scopes, project_ids = excluded.project_ids,
             expires_at = excluded.expires_at`
  },
  async remove(agentId, personId) {
    const [removed] = await sql`
      delete from identity.delegation
       where org_id = ${orgId} and agent_id = ${agentId} and person_id = ${personId}
      returning agent_id`
    return removed !== undefined
  },
  of: (agentId) => sql<Delegation & { person: string }>`
    select d.agent_id as "agentId", d.person_id as "personId", d.scopes,
           d.project_ids as "projectIds", d.expires_at as "expiresAt", p.handle as "person"
      from identity.delegation d
      join identity.principal p on p.org_id = d.org_id and p.id = d.person_id
     where d.org_id = ${orgId} and d.agent_id = ${agentId}
     order by p.handle collate "C"`,
})
