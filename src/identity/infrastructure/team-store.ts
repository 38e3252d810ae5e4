import { notFound, refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { at } from '../../platform/sql.ts'
import type { TeamRow, TeamStore } from '../application/ports.ts'
import type { Team } from '../domain/team.ts'

/** Keeps teams, who is in them, and which projects they look after. */
export const teamStore = ({ sql, orgId }: Ground): TeamStore => ({
  async add({ id, key, name, version }, createdAt) {
    const [added] = await sql`
      insert into identity.team (org_id, id, key, name, version, created_at)
      values (${orgId}, ${id}, ${key}, ${name}, ${version}, ${at(createdAt)})
      on conflict (org_id, key) do nothing
      returning id`
    if (!added) throw keyTaken(key)
  },
  async get(key) {
    const found = await sql.maybe<Team>`
      select id, key, name, version from identity.team
       where org_id = ${orgId} and key = ${key}`
    if (!found) throw notFound(key)
    return found
  },
  async save({ id, key, name, version }) {
    const taken = await sql.maybe`
      select id from identity.team where org_id = ${orgId} and key = ${key} and id <> ${id}`
    if (taken) throw keyTaken(key)
    const [saved] = await sql`
      update identity.team set key = ${key}, name = ${name}, version = ${version}
       where org_id = ${orgId} and id = ${id} and version = ${version - 1}
      returning id`
    if (saved) return
    const message = `The team "${key}" has changed; read it again, then decide.`
    throw refuse('conflict', 'identity.team_changed', message)
  },
  async remove({ id }) {
    // What points at the team goes first; the row itself is locked so that nothing joins it now.
    await sql`select id from identity.team where org_id = ${orgId} and id = ${id} for update`
    await sql`
      delete from identity.grant
       where org_id = ${orgId}
         and (team_id = ${id} or (scope_kind = 'team' and scope_id = ${id}))`
    await sql`delete from identity.team_member where org_id = ${orgId} and team_id = ${id}`
    await sql`delete from identity.team_project where org_id = ${orgId} and team_id = ${id}`
    await sql`delete from identity.team where org_id = ${orgId} and id = ${id}`
  },
  async addMember(teamId, principalId, by) {
    const [added] = await sql`
      insert into identity.team_member (org_id, team_id, principal_id, created_by, created_at)
      values (${orgId}, ${teamId}, ${principalId}, ${by.id}, ${at(by.at)})
      on conflict do nothing
      returning principal_id`
    return added !== undefined
  },
  async removeMember(teamId, principalId) {
    const [removed] = await sql`
      delete from identity.team_member
       where org_id = ${orgId} and team_id = ${teamId} and principal_id = ${principalId}
      returning principal_id`
    return removed !== undefined
  },
  async ofProject(projectId) {
    const found = await sql.maybe<Team>`
      select t.id, t.key, t.name, t.version
        from identity.team_project p
        join identity.team t on t.org_id = p.org_id and t.id = p.team_id
       where p.org_id = ${orgId} and p.project_id = ${projectId}`
    return found ?? null
  },
  async addProject(teamId, projectId, by) {
    const [added] = await sql`
      insert into identity.team_project (org_id, project_id, team_id, created_by, created_at)
      values (${orgId}, ${projectId}, ${teamId}, ${by.id}, ${at(by.at)})
      on conflict do nothing
      returning project_id`
    return added !== undefined
  },
  async removeProject(teamId, projectId) {
    const [removed] = await sql`
      delete from identity.team_project
       where org_id = ${orgId} and project_id = ${projectId} and team_id = ${teamId}
      returning project_id`
    return removed !== undefined
  },
  list: (query) => list({ sql, orgId }, query),
})

const list = async ({ sql, orgId }: Ground, query: Parameters<TeamStore['list']>[0]) => {
  const { after, limit } = query
  const [rows, [counted]] = await Promise.all([
    sql<TeamRow>`
      select t.id, t.key, t.name, t.version,
             array(select p.handle
                     from identity.team_member m
                     join identity.principal p on p.org_id = m.org_id and p.id = m.principal_id
                    where m.org_id = ${orgId} and m.team_id = t.id
                    order by p.handle collate "C") as "members",
             array(select j.project_id
                     from identity.team_project j
                    where j.org_id = ${orgId} and j.team_id = t.id
                    order by j.project_id) as "projectIds"
        from identity.team t
       where t.org_id = ${orgId} and (${after}::text is null or t.key collate "C" > ${after})
       order by t.key collate "C"
       limit ${limit}`,
    sql<{ total: number }>`
      select count(*) as total from identity.team t where t.org_id = ${orgId}`,
  ])
  return { rows, total: counted?.total ?? 0 }
}

const keyTaken = (key: string) => {
  const message = `There is a team "${key}"; choose another key.`
  return refuse('conflict', 'identity.team_key_taken', message, { team: key })
}
