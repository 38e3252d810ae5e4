import { assert } from '../../kernel/assert.ts'
import { refuse } from '../../kernel/refusal.ts'
import { nearest } from '../../kernel/text.ts'
import type { Ground } from '../../platform/room.ts'
import { at } from '../../platform/sql.ts'
import type { Grant, GrantStore } from '../application/ports.ts'
import { boundRights, compileRights, customRole, ROLE_KEYS, roleOf } from '../domain/role.ts'

type GrantRow = Readonly<{
  principal: string
  bounds: boolean
  role: string | null
  scopeKind: string | null
  scopeId: string | null
  permissions: Record<string, unknown> | null
}>

/** Keeps who has which role where, and compiles it into rights. */
export const grantStore = ({ sql, orgId }: Ground): GrantStore => ({
  async give({ principalId, role, projectId }, by) {
    const [given] = await sql`
      insert into identity.grant
        (org_id, principal_id, role_key, scope_kind, scope_id, created_by, created_at)
      values (${orgId}, ${principalId}, ${role}, ${projectId === null ? 'org' : 'project'},
              ${projectId ?? orgId}, ${by.id}, ${at(by.at)})
      on conflict do nothing
      returning principal_id`
    return given !== undefined
  },
  async take({ principalId, role, projectId }) {
    const [taken] = await sql`
      delete from identity.grant
       where org_id = ${orgId} and principal_id = ${principalId} and role_key = ${role}
         and scope_kind = ${projectId === null ? 'org' : 'project'}
         and scope_id = ${projectId ?? orgId}
      returning principal_id`
    return taken !== undefined
  },
  of: (principalIds) => sql<Grant>`
    select principal_id as "principalId", role_key as "role",
           case scope_kind when 'project' then scope_id end as "projectId"
      from identity.grant
     where org_id = ${orgId} and principal_id = any(${principalIds}::uuid[])
     order by principal_id, scope_kind, role_key, scope_id`,
  async rights(principalId) {
    const rows = await sql<GrantRow>`
      select p.id as "principal", p.id <> ${principalId} as "bounds", g.role_key as "role",
             g.scope_kind as "scopeKind", g.scope_id as "scopeId", r.permissions
        from identity.principal p
        left join identity.grant g on g.org_id = p.org_id and g.principal_id = p.id
        left join identity.role r on r.org_id = p.org_id and r.key = g.role_key
       where p.org_id = ${orgId}
         and (p.id = ${principalId} or p.id = (
           select responsible_id from identity.principal
            where org_id = ${orgId} and id = ${principalId} and kind = 'agent'))`
    const own = compileRights(rows.filter(({ bounds }) => !bounds).flatMap(grantedOf))
    const bounding = rows.filter(({ bounds }) => bounds)
    if (bounding.length === 0) return own
    return boundRights(own, compileRights(bounding.flatMap(grantedOf)))
  },
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
         and g.role_key = 'owner' and g.scope_kind = 'org'
       order by p.id
         for update`
    return rows.map(({ id }) => id)
  },
})

/** A role that neither we nor the organisation know any more gives nothing. */
const grantedOf = ({ role, scopeKind, scopeId, permissions }: GrantRow) => {
  if (role === null) return []
  const known = roleOf(role) ?? (permissions ? customRole(role, role, permissions) : undefined)
  if (!known) return []
  assert(scopeId !== null, 'a grant says where it holds')
  return [{ holds: known.holds, projectId: scopeKind === 'project' ? scopeId : null }]
}
