import { refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'
import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, json } from '../../platform/sql.ts'
import type { Grant, GrantQuery, GrantStore, GrantTerms, KeptGrant } from '../application/ports.ts'
import { customRole, holdsOf, ROLE_KEYS, roleOf } from '../domain/role.ts'
import { readRights } from './rights-rows.ts'

const LIST_ALL = 10_000

/** Keeps who has which role or permission where, and compiles it into rights. */
export const grantStore = ({ sql, orgId }: Ground): GrantStore => ({
  async give({ principalId, role, projectId }, by) {
    const scope =
      projectId === null
        ? ({ kind: 'org', id: orgId, path: '' } as const)
        : ({ kind: 'project', id: projectId, path: '' } as const)
    const plain = { effect: 'allow', permissions: null, condition: null, expiresAt: null } as const
    const { changed } = await put(
      { sql, orgId },
      { ...plain, principalId, teamId: null, role, scope },
      by,
    )
    return changed
  },
  put: (terms, by) => put({ sql, orgId }, terms, by),
  async take({ principalId, role, effect, scope }) {
    const [taken] = await sql`
      delete from identity.grant
       where org_id = ${orgId} and principal_id = ${principalId} and role_key = ${role}
         and effect = ${effect} and scope_kind = ${scope.kind} and scope_id = ${scope.id}
         and path = ${scope.path}
      returning id`
    return taken !== undefined
  },
  async remove(id) {
    await sql`delete from identity.grant where org_id = ${orgId} and id = ${id}`
  },
  of: (principalIds) => sql<Grant>`
    select principal_id as "principalId", role_key as "role",
           case scope_kind when 'project' then scope_id end as "projectId"
      from identity.grant
     where org_id = ${orgId} and principal_id = any(${principalIds}::uuid[])
       and effect = 'allow' and role_key is not null and scope_kind in ('org', 'project')
       and coalesce(expires_at > now(), true)
     order by principal_id, scope_kind, role_key, scope_id`,
  list: (query) => list({ sql, orgId }, query),
  async holdsOf({ role, permissions }) {
    if (permissions) return holdsOf(permissions)
    const known = role === null ? undefined : roleOf(role)
    if (known) return known.holds
    const own = await sql.maybe<{ permissions: Record<string, unknown> }>`
      select permissions from identity.role where org_id = ${orgId} and key = ${role}`
    return holdsOf(own?.permissions ?? {})
  },
  rights: (principalId, asked) => readRights({ sql, orgId }, principalId, asked),
  async role(key) {
    const known = roleOf(key)
    if (known) return known
    const rows = await sql<{ key: string; name: string; permissions: Record<string, unknown> }>`
      select key, name, permissions from identity.role where org_id = ${orgId} order by key`
    const own = rows.find((row) => row.key === key)
    if (own) return customRole(own.key, own.name, own.permissions)
    const names = [...ROLE_KEYS, ...rows.map((row) => row.key)]
    const near = nearest(key, names)
    const hint = near ? `Did you mean "${near}"?` : `Known are: ${names.join(', ')}.`
    const message = `There is no role "${key}". ${hint}`
    throw refuse('invalid', 'identity.role_unknown', message, { known: names })
  },
  async lockOwners() {
    const rows = await sql<{ id: string }>`
      select p.id
        from identity.principal p
        join identity.grant g on g.org_id = p.org_id and g.principal_id = p.id
       where p.org_id = ${orgId} and p.status = 'active'
         and g.role_key = 'owner' and g.scope_kind = 'org' and g.effect = 'allow'
       order by p.id
         for update`
    return rows.map(({ id }) => id)
  },
})

/** Adds a grant, or gives one that is there its condition and end; its key is what it says. */
const put = async (
  { sql, orgId }: Ground,
  terms: GrantTerms,
  by: Readonly<{ id: string; at: number }>,
) => {
  const { principalId, teamId, effect, role, permissions, scope, condition, expiresAt } = terms
  const [given] = await sql`
    insert into identity.grant as g
      (org_id, principal_id, team_id, effect, role_key, permissions, scope_kind, scope_id, path,
       condition, expires_at, created_by, created_at)
    values (${orgId}, ${principalId}, ${teamId}, ${effect}, ${role},
            ${permissions && json(permissions)}::jsonb, ${scope.kind}, ${scope.id}, ${scope.path},
            ${condition && json(condition)}::jsonb, ${atOrNull(expiresAt)}::timestamptz, ${by.id},
            ${at(by.at)})
    on conflict (org_id, id) do update
       set condition = excluded.condition, expires_at = excluded.expires_at
     where g.condition is distinct from excluded.condition
        or g.expires_at is distinct from excluded.expires_at
    returning id`
  return { changed: given !== undefined }
}

const list = ({ sql, orgId }: Ground, query: GrantQuery) => {
  const { id = null, principalId = null, teamId = null, inTeam = null, role = null } = query
  const { viaTeams = false, after = null, limit = LIST_ALL } = query
  return sql<KeptGrant>`
    select g.id, g.principal_id as "principalId", g.team_id as "teamId", g.effect,
           g.role_key as "role", g.permissions, g.condition, g.expires_at as "expiresAt",
           jsonb_build_object('kind', g.scope_kind, 'id', g.scope_id, 'path', g.path) as "scope",
           p.handle as "holder", t.key as "team", s.key as "onTeam"
      from identity.grant g
      left join identity.principal p on p.org_id = g.org_id and p.id = g.principal_id
      left join identity.team t on t.org_id = g.org_id and t.id = g.team_id
      left join identity.team s on s.org_id = g.org_id and s.id = g.scope_id
                               and g.scope_kind = 'team'
     where g.org_id = ${orgId}
       and (${id}::uuid is null or g.id = ${id})
       and (${principalId}::uuid is null or g.principal_id = ${principalId}
            or (${viaTeams} and g.team_id in (
              select m.team_id from identity.team_member m
               where m.org_id = ${orgId} and m.principal_id = ${principalId})))
       and (${teamId}::uuid is null or g.team_id = ${teamId})
       and (${inTeam}::uuid is null or (g.scope_kind = 'team' and g.scope_id = ${inTeam}))
       and (${role}::text is null or g.role_key = ${role})
       and (${after}::uuid is null or g.id > ${after})
     order by g.id
     limit ${limit}`
}
