import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, json, part, type Sql } from '../../platform/sql.ts'
import type { UpstreamStore } from '../application/hub-stores.ts'
import { UPSTREAMS_MAX, type Replica, type Upstream } from '../domain/upstream.ts'

/** Milliseconds after which a server is asked again what it offers. */
const AGAIN_MS = 3_600_000
/** Milliseconds after which one is asked again that has never answered. */
const RETRY_MS = 60_000
/** Organisations that one look of the schedule takes up. */
const ORGS_MAX = 100

type Row = Omit<Upstream, 'replicas'>

const COLUMNS = part`
  u.id, u.slug, u.title, u.kind, u.entry, u.package_version as "packageVersion", u.integrity,
  u.era, u.config, u.credential, u.auth, u.balance, u.enabled, u.owner_id as "ownerId",
  u.found_at as "foundAt", u.tried_at as "triedAt", u.failure, u.instructions,
  u.server, u.created_at as "createdAt", u.version`

/** Servers of tools and the addresses they are reached at. */
export const upstreamStore = ({ sql, orgId }: Ground): UpstreamStore => {
  const replicas = async (ids: readonly string[]) => {
    const rows = await sql<Replica & { upstreamId: string }>`
      select upstream_id as "upstreamId", id, url, weight from tools.replica
       where org_id = ${orgId} and upstream_id = any(${ids}::uuid[])
       order by upstream_id, id`
    return Map.groupBy(rows, ({ upstreamId }) => upstreamId)
  }
  const whole = async (rows: readonly Row[]): Promise<readonly Upstream[]> => {
    const found = await replicas(rows.map(({ id }) => id))
    return rows.map((row) => ({
      ...row,
      replicas: (found.get(row.id) ?? []).map(({ id, url, weight }) => ({ id, url, weight })),
    }))
  }
  const addReplicas = (upstreamId: string, all: readonly Replica[]) => sql`
    insert into tools.replica (org_id, upstream_id, id, url, weight)
    select ${orgId}::uuid, ${upstreamId}::uuid, r.id, r.url, r.weight
      from unnest(${all.map(({ id }) => id)}::uuid[], ${all.map(({ url }) => url)}::text[],
                  ${all.map(({ weight }) => weight)}::int[]) as r (id, url, weight)`
  return {
    async count() {
      const { count } = await sql.one<{ count: number }>`
        select count(*)::int as count from tools.upstream where org_id = ${orgId}`
      return count
    },
    async add(one) {
      const added = await sql`
        insert into tools.upstream
          (org_id, id, slug, title, kind, entry, package_version, integrity, era, config,
           credential, auth, balance, enabled, owner_id, found_at, tried_at, failure, instructions,
           server,
           created_at, version)
        values (${orgId}, ${one.id}, ${one.slug}, ${one.title}, ${one.kind}, ${one.entry},
                ${one.packageVersion}, ${one.integrity}, ${one.era}, ${json(one.config)}::jsonb,
                ${one.credential}, ${json(one.auth)}::jsonb, ${one.balance}, ${one.enabled},
                ${one.ownerId}, ${atOrNull(one.foundAt)}, ${atOrNull(one.triedAt)}, ${one.failure},
                ${one.instructions},
                ${one.server}, ${at(one.createdAt)}, ${one.version})
        on conflict (org_id, slug) do nothing
        returning id`
      if (added.length === 0) return false
      await addReplicas(one.id, one.replicas)
      return true
    },
    async bySlug(slug) {
      const rows = await sql<Row>`
        select ${COLUMNS} from tools.upstream u where u.org_id = ${orgId} and u.slug = ${slug}`
      return (await whole(rows))[0] ?? null
    },
    async lock(slug) {
      const rows = await sql<Row>`
        select ${COLUMNS} from tools.upstream u
         where u.org_id = ${orgId} and u.slug = ${slug} for update`
      return (await whole(rows))[0] ?? null
    },
    async all() {
      const rows = await sql<Row>`
        select ${COLUMNS} from tools.upstream u
         where u.org_id = ${orgId} order by u.slug limit ${UPSTREAMS_MAX}`
      return whole(rows)
    },
    async save(one) {
      const saved = await sql`
        update tools.upstream
           set title = ${one.title}, package_version = ${one.packageVersion},
               integrity = ${one.integrity}, era = ${one.era}, config = ${json(one.config)}::jsonb,
               credential = ${one.credential}, auth = ${json(one.auth)}::jsonb,
               balance = ${one.balance}, enabled = ${one.enabled}, owner_id = ${one.ownerId},
               found_at = ${atOrNull(one.foundAt)}, tried_at = ${atOrNull(one.triedAt)},
               failure = ${one.failure},
               instructions = ${one.instructions}, server = ${one.server}, version = ${one.version}
         where org_id = ${orgId} and id = ${one.id} and version = ${one.version - 1}
        returning id`
      if (saved.length === 0) throw changed(one.slug)
    },
    async due(now, limit) {
      const rows = await sql<Row>`
        select ${COLUMNS} from tools.upstream u
         where u.org_id = ${orgId} and ${isDue(now)}
         order by u.tried_at nulls first, u.id limit ${limit}`
      return whole(rows)
    },
    async setReplicas(upstreamId, all) {
      await sql`
        delete from tools.replica where org_id = ${orgId} and upstream_id = ${upstreamId}`
      await addReplicas(upstreamId, all)
    },
    async remove(id) {
      // Calls stay: they are the record. Everything else goes, from the outside in.
      await sql`delete from tools.connection where org_id = ${orgId} and upstream_id = ${id}`
      await sql`delete from tools.policy where org_id = ${orgId} and upstream_id = ${id}`
      await sql`
        delete from tools.tool_use
         where org_id = ${orgId} and definition_id in (
           select d.id from tools.definition d where d.org_id = ${orgId} and d.upstream_id = ${id})`
      await sql`delete from tools.definition where org_id = ${orgId} and upstream_id = ${id}`
      await sql`delete from tools.replica where org_id = ${orgId} and upstream_id = ${id}`
      await sql`delete from tools.upstream where org_id = ${orgId} and id = ${id}`
    },
  }
}

/** Servers that are asked again: never asked, away a while ago, or well an hour ago. */
const isDue = (now: number) => part`
  u.enabled
    and (u.credential = 'none' or exists (
      select 1 from tools.connection c
       where c.org_id = u.org_id and c.upstream_id = u.id and c.state = 'ready'))
    and (u.tried_at is null
         or u.tried_at < ${at(now - AGAIN_MS)}
         or (u.found_at is null and u.tried_at < ${at(now - RETRY_MS)}))`

/** Finds the organisations with servers that are due. */
export const orgsWithDueServers = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select distinct u.org_id as "orgId" from tools.upstream u
     where ${isDue(now)} limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}

const changed = (slug: string) =>
  refuse('conflict', 'tools.upstream_changed', `${slug} has changed; look again, then decide.`)
