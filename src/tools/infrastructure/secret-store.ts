import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { SecretStore, StoredSecret } from '../application/ports.ts'
import type { SecretRef } from '../contract.ts'

const COLUMNS = part`
  s.id, s.project_id as "projectId", s.name, s.version, v.sealed, v.fingerprint, v.last4,
  s.created_at as "createdAt", s.used_at as "usedAt",
  case when s.version > 1 then v.created_at end as "replacedAt"`

/** Uses are noted once in this time: a secret in use must not be a row that all write to. */
const NOTED_MS = 60_000

/** Secrets and their versions; values are sealed texts here, in and out. */
export const secretStore = ({ sql, orgId }: Ground): SecretStore => {
  const named = (ref: SecretRef) =>
    'id' in ref
      ? part`s.id = ${ref.id}`
      : part`s.name = ${ref.name} and s.project_id is not distinct from ${ref.projectId}::uuid`
  const current = part`
    tools.secret s join tools.secret_version v
        on v.org_id = s.org_id and v.secret_id = s.id and v.version = s.version`
  const addVersion = (id: string, next: Parameters<SecretStore['replace']>[1]) => sql`
    insert into tools.secret_version
      (org_id, secret_id, version, sealed, fingerprint, last4, created_by, created_at)
    values (${orgId}, ${id}, ${next.version}, ${next.sealed}, ${next.fingerprint}, ${next.last4},
            ${next.createdBy}, ${at(next.createdAt)})`
  return {
    async count(projectId) {
      const { count } = await sql.one<{ count: number }>`
        select count(*)::int as count from tools.secret
         where org_id = ${orgId} and project_id is not distinct from ${projectId}::uuid`
      return count
    },
    async add({ id, projectId, name }, first) {
      const added = await sql`
        insert into tools.secret (org_id, id, project_id, name, version, created_at)
        values (${orgId}, ${id}, ${projectId}, ${name}, ${first.version}, ${at(first.createdAt)})
        on conflict (org_id, project_id, name) do nothing
        returning id`
      if (added.length === 0) return false
      await addVersion(id, first)
      return true
    },
    async find(ref) {
      const row = await sql.maybe<StoredSecret>`
        select ${COLUMNS} from ${current} where s.org_id = ${orgId} and ${named(ref)}`
      return row ?? null
    },
    async lock(ref) {
      // Two statements on purpose: the version must be read after the secret is locked.
      await sql`select 1 from tools.secret s where s.org_id = ${orgId} and ${named(ref)} for update`
      const row = await sql.maybe<StoredSecret>`
        select ${COLUMNS} from ${current} where s.org_id = ${orgId} and ${named(ref)}`
      return row ?? null
    },
    async replace(id, next) {
      await addVersion(id, next)
      await sql`
        update tools.secret_version set sealed = null
         where org_id = ${orgId} and secret_id = ${id} and version < ${next.version}
           and sealed is not null`
      await sql`
        update tools.secret set version = ${next.version}
         where org_id = ${orgId} and id = ${id} and version = ${next.version - 1}`
    },
    async remove(id) {
      await sql`delete from tools.secret_version where org_id = ${orgId} and secret_id = ${id}`
      await sql`delete from tools.secret where org_id = ${orgId} and id = ${id}`
    },
    async noteUse(id, now) {
      await sql`
        update tools.secret set used_at = ${at(now)}
         where org_id = ${orgId} and id = ${id}
           and (used_at is null or used_at < ${at(now - NOTED_MS)})`
    },
    async list({ projectId, visible, after, limit }) {
      const wanted = part`
        s.org_id = ${orgId}
          and (${projectId}::uuid is null or s.project_id = ${projectId})
          and (${visible}::uuid[] is null or s.project_id = any(${visible}::uuid[]))`
      const [name, id] = after ?? [null, null]
      const [rows, { total }] = await Promise.all([
        sql<StoredSecret>`
          select ${COLUMNS} from ${current}
           where ${wanted}
             and (${name}::text is null
                  or (s.name collate "C", s.id::text) > (${name}::text collate "C", ${id}::text))
           order by s.name collate "C", s.id::text
           limit ${limit}`,
        sql.one<{ total: number }>`
          select count(*)::int as total from tools.secret s where ${wanted}`,
      ])
      return { rows, total }
    },
  }
}
