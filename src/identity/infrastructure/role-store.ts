import { notFound, refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { json } from '../../platform/sql.ts'
import type { OwnRole, RoleStore } from '../application/ports.ts'

/** Keeps the roles that an organisation has made. */
export const roleStore = ({ sql, orgId }: Ground): RoleStore => ({
  async add({ key, name, permissions, version }) {
    const [added] = await sql`
      insert into identity.role (org_id, key, name, permissions, version)
      values (${orgId}, ${key}, ${name}, ${json(permissions)}::jsonb, ${version})
      on conflict do nothing
      returning key`
    if (!added) throw roleTaken(key)
  },
  async get(key) {
    const found = await sql.maybe<OwnRole>`
      select key, name, permissions, version from identity.role
       where org_id = ${orgId} and key = ${key}`
    if (!found) throw notFound(`The role "${key}"`)
    return found
  },
  async save({ key, name, permissions, version }) {
    const [saved] = await sql`
      update identity.role
         set name = ${name}, permissions = ${json(permissions)}::jsonb, version = ${version}
       where org_id = ${orgId} and key = ${key} and version = ${version - 1}
      returning key`
    if (saved) return
    const message = `The role "${key}" has changed; read it again, then decide.`
    throw refuse('conflict', 'identity.role_changed', message)
  },
  async remove(key) {
    await sql`delete from identity.role where org_id = ${orgId} and key = ${key}`
  },
  list: () => sql<OwnRole>`
    select key, name, permissions, version from identity.role
     where org_id = ${orgId}
     order by key collate "C"`,
})

/** Says that there is a role of this key. */
const roleTaken = (key: string) => {
  const message = `There is a role "${key}"; change that one, or choose another key.`
  return refuse('conflict', 'identity.role_taken', message, { role: key })
}
