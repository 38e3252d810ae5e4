import type { Rights } from '../../kernel/access.ts'
import type { Ground } from '../../platform/room.ts'
import type { RightsAsked } from '../application/ports.ts'
import { boundOf, type Delegation } from '../domain/delegation.ts'
import type { GrantCondition } from '../domain/grant-condition.ts'
import { boundRights, type CompiledGrant, compileRights } from '../domain/rights.ts'
import { holdsOf, roleOf, type ScopeKind } from '../domain/role.ts'

/** A grant as the statement gives it. */
export type GrantRow = Readonly<{
  effect: 'allow' | 'deny'
  /** A team has it, and the principal by being in there. */
  viaTeam: boolean
  role: string | null
  /** Of the grant, else of its role, if the organisation made it. */
  permissions: Readonly<Record<string, unknown>> | null
  kind: ScopeKind
  id: string
  path: string
  /** The key and the projects of the team it holds in. */
  team: string | null
  projects: readonly string[] | null
  condition: GrantCondition | null
  expiresAt: number | null
}>

/** A principal with its grants and what it has delegated to the one that is asked about. */
export type HolderRow = Readonly<{
  id: string
  kind: string
  status: string
  responsibleId: string | null
  grants: readonly GrantRow[]
  delegation: Omit<Delegation, 'agentId' | 'personId'> | null
}>

/** Reads whose rights count for a principal, with every grant they have: one statement. */
const readHolders = ({ sql, orgId }: Ground, principalId: string, behalf: string | null) =>
  sql<HolderRow>`
    select p.id, p.kind, p.status, p.responsible_id as "responsibleId",
           (select jsonb_build_object('scopes', d.scopes, 'projectIds', d.project_ids, 'expiresAt',
                     (extract(epoch from d.expires_at) * 1000)::bigint)
              from identity.delegation d
             where d.org_id = p.org_id and d.agent_id = ${principalId}
               and d.person_id = p.id) as "delegation",
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'effect', g.effect, 'viaTeam', g.team_id is not null, 'role', g.role_key,
                     'permissions', coalesce(g.permissions, r.permissions),
                     'kind', g.scope_kind, 'id', g.scope_id, 'path', g.path, 'team', t.key,
                     'projects', (select jsonb_agg(j.project_id)
                                    from identity.team_project j
                                   where j.org_id = t.org_id and j.team_id = t.id),
                     'condition', g.condition, 'expiresAt',
                     (extract(epoch from g.expires_at) * 1000)::bigint)), '[]')
              from identity.grant g
              left join identity.role r on r.org_id = g.org_id and r.key = g.role_key
              left join identity.team t on t.org_id = g.org_id and t.id = g.scope_id
                                       and g.scope_kind = 'team'
             where g.org_id = p.org_id
               and (g.principal_id = p.id or g.team_id in (
                 select m.team_id from identity.team_member m
                  where m.org_id = p.org_id and m.principal_id = p.id))) as "grants"
      from identity.principal p
     where p.org_id = ${orgId}
       and (p.id = ${principalId} or p.id = ${behalf}::uuid or p.id = (
         select responsible_id from identity.principal
          where org_id = ${orgId} and id = ${principalId} and kind = 'agent'))`

// Without a moment nothing that ends is given: the caller did not say when it is.
const NO_MOMENT: RightsAsked = { now: Number.POSITIVE_INFINITY }
const NO_RIGHTS: Rights = { org: new Map(), projects: new Map() }

/** Reads and compiles the rights of a principal. */
export const readRights = async (
  ground: Ground,
  principalId: string,
  asked: RightsAsked = NO_MOMENT,
): Promise<Rights> => {
  const rows = await readHolders(ground, principalId, asked.behalf ?? null)
  return rightsOfRows(rows, principalId, asked)
}

/** Compiles the rights of a principal out of its rows and of those who bound it. */
export const rightsOfRows = (
  rows: readonly HolderRow[],
  principalId: string,
  { now, behalf = null }: RightsAsked,
): Rights => {
  const me = rows.find(({ id }) => id === principalId)
  if (!me) return NO_RIGHTS
  const own = ownRights(me, now)
  if (me.kind !== 'agent') return me.status === 'active' ? own : { ...own, suspended: true }
  const others = rows.filter((row) => row !== me)
  const isOut = [me, ...others].some(({ status }) => status !== 'active')
  const personId = behalf ?? me.responsibleId
  const standing = isOut ? { ...own, suspended: true } : own
  if (personId === null) return standing
  const person = others.find(({ id }) => id === personId)
  const rights = person ? ownRights(person, now) : NO_RIGHTS
  const isResponsible = personId === me.responsibleId
  const delegation = person?.delegation ?? null
  return boundRights(standing, boundOf({ rights, isResponsible, delegation }, now))
}

const ownRights = ({ kind, grants }: HolderRow, now: number): Rights => {
  const isOwner = kind !== 'agent' && grants.some(isOwnership)
  return compileRights(
    grants.filter((grant) => kind !== 'agent' || !isTooWideForAgents(grant)).flatMap(compiledOf),
    { now, isOwner },
  )
}

const isOwnership = ({ role, effect, kind, viaTeam }: GrantRow): boolean =>
  role === 'owner' && effect === 'allow' && kind === 'org' && !viaTeam

/** Agents act in projects (I7): what a team holds in the whole organisation is not theirs. */
const isTooWideForAgents = ({ effect, kind }: GrantRow): boolean =>
  effect === 'allow' && kind === 'org'

/** Says where a grant holds; a team's in the team itself and in each of its projects. */
const compiledOf = (row: GrantRow): readonly CompiledGrant[] => {
  const { effect, role, permissions, kind, id, path, condition, expiresAt } = row
  // A role that neither we nor the organisation know any more gives nothing.
  const holds = (role === null ? undefined : roleOf(role)?.holds) ?? holdsOf(permissions ?? {})
  const grant = { effect, holds, condition, expiresAt }
  if (kind === 'org') return [{ ...grant, projectId: null }]
  if (kind === 'project') return [{ ...grant, projectId: id }]
  if (kind === 'namespace') return [{ ...grant, projectId: id, path }]
  if (row.team === null) return []
  const inProjects = (row.projects ?? []).map((projectId) => ({ ...grant, projectId }))
  return [{ ...grant, projectId: null, team: row.team }, ...inProjects]
}
