import type { Actor } from './actor.ts'
import type { Permission } from './permission.ts'

/** Where a right holds only under a condition: `held` means on tasks the actor has claimed. */
export type Condition = 'held' | null

/** The rights that one grant chain gives: permission word to the condition it holds under. */
export type Held = ReadonlyMap<Permission, Condition>

/** What a principal may do, compiled from its roles: for the organisation and for each project. */
export type Rights = Readonly<{
  org: Held
  projects: ReadonlyMap<string, Held>
}>

/** Why a decision fell as it did; the words of `access/explain`. */
export type Reason = 'allowed' | 'no_grant' | 'scope_lacks' | 'never_for_agents'

/** The answer to "may this actor do this here?". */
export type Decision = Readonly<{ reason: Reason; condition: Condition }>

const NEVER_FOR_AGENTS: ReadonlySet<Permission> = new Set<Permission>([
  'approval:decide',
  'context:accept',
  'memory:review',
  'tool:approve',
  'connection:write',
  'catalogue:write',
  'org:write',
  'team:write',
  'member:write',
  'role:write',
  'grant:write',
  'key:write',
  'idp:write',
  'oauth:write',
  'limit:write',
  'secret:write',
  'subject:export',
  'subject:erase',
  'ledger:export',
  'org:delete',
  'backup:write',
  'backup:restore',
  'cluster:operate',
])

const no = (reason: Reason): Decision => ({ reason, condition: null })

/**
 * Decides one permission in one place: a project's id, or `null` for the organisation as a whole.
 * Pure: rights, actor and place are all it looks at.
 */
export const decide = (
  rights: Rights,
  actor: Actor,
  asked: Readonly<{ permission: Permission; projectId: string | null }>,
): Decision => {
  const { permission, projectId } = asked
  if (actor.kind === 'system') return { reason: 'allowed', condition: null }
  if (actor.kind === 'agent' && NEVER_FOR_AGENTS.has(permission)) return no('never_for_agents')
  if (actor.scopes !== null && !actor.scopes.has(permission)) return no('scope_lacks')
  if (actor.projects !== null && (projectId === null || !actor.projects.has(projectId))) {
    return no('scope_lacks')
  }
  const here = projectId === null ? undefined : rights.projects.get(projectId)
  const wide = rights.org.get(permission)
  const near = here?.get(permission)
  if (wide === undefined && near === undefined) return no('no_grant')
  return { reason: 'allowed', condition: wide === null || near === null ? null : 'held' }
}

/**
 * Lists the projects in which the actor holds a permission, for use as an SQL argument;
 * `null` means all of the organisation.
 */
export const projectsWith = (
  rights: Rights,
  actor: Actor,
  permission: Permission,
): readonly string[] | null => {
  const within = (projectId: string | null) =>
    decide(rights, actor, { permission, projectId }).reason === 'allowed'
  if (within(null)) return null
  const wide = actor.projects !== null && rights.org.has(permission) ? actor.projects : []
  const ids = new Set([...rights.projects.keys(), ...wide])
  return [...ids].filter(within)
}

/** Tells whether the actor holds a permission anywhere at all. */
export const holdsAnywhere = (rights: Rights, actor: Actor, permission: Permission): boolean =>
  projectsWith(rights, actor, permission)?.length !== 0
