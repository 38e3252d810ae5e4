import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { Connection } from '../application/hub-records.ts'
import type { ConnectionStore } from '../application/hub-stores.ts'

/** Connections of one organisation: each person's own to each server that wants one. */
const CONNECTIONS_MAX = 20_000

const COLUMNS = part`
  c.id, c.upstream_id as "upstreamId", c.principal_id as "principalId",
  c.secret_id as "secretId", c.account, c.state, c.created_at as "createdAt", c.version`

/** Whose credentials servers are called with. */
export const connectionStore = ({ sql, orgId }: Ground): ConnectionStore => ({
  all: () => sql<Connection>`
    select ${COLUMNS} from tools.connection c
     where c.org_id = ${orgId} order by c.id limit ${CONNECTIONS_MAX}`,
  async of(upstreamId, principalId) {
    const row = await sql.maybe<Connection>`
      select ${COLUMNS} from tools.connection c
       where c.org_id = ${orgId} and c.upstream_id = ${upstreamId}
         and c.principal_id is not distinct from ${principalId}::uuid`
    return row ?? null
  },
  async add(one) {
    await sql`
      insert into tools.connection
        (org_id, id, upstream_id, principal_id, secret_id, account, state, created_by, created_at,
         version)
      values (${orgId}, ${one.id}, ${one.upstreamId}, ${one.principalId}, ${one.secretId},
              ${one.account}, ${one.state}, ${one.createdBy}, ${at(one.createdAt)}, ${one.version})`
  },
  async save(one) {
    await sql`
      update tools.connection
         set secret_id = ${one.secretId}, account = ${one.account}, state = ${one.state},
             version = version + 1
       where org_id = ${orgId} and id = ${one.id}`
  },
  async remove(id) {
    await sql`delete from tools.connection where org_id = ${orgId} and id = ${id}`
  },
})
