import type { Ground } from '../../platform/room.ts'
import { json } from '../../platform/sql.ts'
import type { StoredPolicy } from '../application/hub-records.ts'
import type { PolicyStore } from '../application/hub-stores.ts'
import { DEFINITIONS_MAX, UPSTREAMS_MAX } from '../domain/upstream.ts'

// Rules outlive tools that are gone; the server's own ones come first by name.
const RULED_MAX = 2 * DEFINITIONS_MAX

/** Rules of tools and servers. */
export const policyStore = ({ sql, orgId }: Ground): PolicyStore => ({
  all: () => sql<StoredPolicy>`
    select upstream_id as "upstreamId", tool, rules, version from tools.policy
     where org_id = ${orgId} order by upstream_id, tool limit ${UPSTREAMS_MAX * DEFINITIONS_MAX}`,
  of: (upstreamId) => sql<StoredPolicy>`
    select upstream_id as "upstreamId", tool, rules, version from tools.policy
     where org_id = ${orgId} and upstream_id = ${upstreamId}
     order by tool limit ${RULED_MAX}`,
  async set({ upstreamId, tool, rules }) {
    await sql`
      insert into tools.policy (org_id, upstream_id, tool, rules, version)
      values (${orgId}, ${upstreamId}, ${tool}, ${json(rules)}::jsonb, 1)
      on conflict (org_id, upstream_id, tool)
      do update set rules = excluded.rules, version = tools.policy.version + 1`
  },
})
