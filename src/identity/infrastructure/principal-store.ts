import { notFound, refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { at, json, part } from '../../platform/sql.ts'
import type { PrincipalRow, PrincipalStore, Profile } from '../application/ports.ts'
import type { Principal } from '../domain/principal.ts'
import { saveProfile } from './profile-rows.ts'

/** Names the columns of a principal in the form of the domain. */
const COLUMNS = part`
  p.id, p.kind, p.handle, p.status, p.epoch, p.responsible_id as "responsibleId", p.skills,
  p.seat_limit as "seatLimit", p.version`

/** Keeps principals and the erasable fields of persons. */
export const principalStore = ({ sql, orgId }: Ground): PrincipalStore => ({
  async add(principal, createdAt) {
    const [added] = await insert({ sql, orgId }, [principal], createdAt)
    if (added) return
    const message = `@${principal.handle} is taken; choose another name.`
    throw refuse('conflict', 'identity.handle_taken', message, { handle: principal.handle })
  },
  async addFree(principals, createdAt) {
    const added = await insert({ sql, orgId }, principals, createdAt)
    return new Set(added.map(({ id }) => id))
  },
  setProfile: (principalId, profile) =>
    saveProfile({ sql, orgId }, principalId, { ...profile, verifiedAt: null }),
  async profile(principalId) {
    const found = await sql.maybe<Profile>`
      select name, email from identity.person_profile
       where org_id = ${orgId} and principal_id = ${principalId}`
    return found ?? { name: null, email: null }
  },
  async get(handle) {
    const found = await sql.maybe<Principal>`
      select ${COLUMNS} from identity.principal p
       where p.org_id = ${orgId} and p.handle = ${handle}`
    if (!found) throw notFound(`@${handle}`)
    return found
  },
  find: ({ ids = [], handles = [] }) => sql<Principal>`
    select ${COLUMNS} from identity.principal p
     where p.org_id = ${orgId}
       and (p.id = any(${ids}::uuid[]) or p.handle = any(${handles}::text[]))`,
  list: (query) => list({ sql, orgId }, query),
  async save(principal) {
    const [saved] = await sql`
      update identity.principal
         set status = ${principal.status}, epoch = ${principal.epoch},
             version = ${principal.version}
       where org_id = ${orgId} and id = ${principal.id} and version = ${principal.version - 1}
      returning id`
    if (saved) return
    const message = `@${principal.handle} has changed; read it again, then decide.`
    throw refuse('conflict', 'identity.principal_changed', message)
  },
})

const insert = ({ sql, orgId }: Ground, principals: readonly Principal[], createdAt: number) =>
  sql<{ id: string }>`
    insert into identity.principal
      (org_id, id, kind, handle, status, epoch, responsible_id, skills, seat_limit, version,
       created_at)
    select ${orgId}, p.id, p.kind, p.handle, p.status, p.epoch, p."responsibleId", p.skills,
           p."seatLimit", p.version, ${at(createdAt)}::timestamptz
      from jsonb_to_recordset(${json(principals)}::jsonb) as p
           (id uuid, kind text, handle text, status text, epoch integer, "responsibleId" uuid,
            skills text[], "seatLimit" integer, version bigint)
    on conflict (org_id, handle) do nothing
    returning id`

const list: (
  ground: Ground,
  query: Parameters<PrincipalStore['list']>[0],
) => ReturnType<PrincipalStore['list']> = async ({ sql, orgId }, query) => {
  const { kind, projectIds, after, limit } = query
  const wanted = part`
    p.org_id = ${orgId} and p.status <> 'removed'
    and (${kind}::text is null or p.kind = ${kind})
    and (${projectIds}::uuid[] is null or exists (
      select from identity.grant g
       where g.org_id = ${orgId} and g.principal_id = p.id and g.scope_kind = 'project'
         and g.scope_id = any(${projectIds}::uuid[])))`
  const [rows, [counted]] = await Promise.all([
    sql<PrincipalRow>`
      select ${COLUMNS}, f.name, f.email, r.handle as "responsible"
        from identity.principal p
        left join identity.person_profile f on f.org_id = p.org_id and f.principal_id = p.id
        left join identity.principal r on r.org_id = p.org_id and r.id = p.responsible_id
       where ${wanted} and (${after}::text is null or p.handle collate "C" > ${after})
       order by p.handle collate "C"
       limit ${limit}`,
    sql<{ total: number }>`select count(*) as total from identity.principal p where ${wanted}`,
  ])
  return { rows, total: counted?.total ?? 0 }
}
