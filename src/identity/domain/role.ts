import { type Condition, decide, type Held, type Rights } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import { isPermission, PERMISSIONS, type Permission } from '../../kernel/permission.ts'

// The roles every organisation has are data, kept here and not in rows: a new permission word has
// to reach every owner with the program that brings it. Rows of `identity.role` add more roles.

/** Where a grant holds: in the whole organisation or in one project. */
export type ScopeKind = 'org' | 'project'

/** A named set of permissions, and where it may be given. */
export type Role = Readonly<{
  key: string
  name: string
  scopes: readonly ScopeKind[]
  holds: Held
}>

/** A role's permissions in one place, as a principal holds them. */
export type GrantedRole = Readonly<{ holds: Held; projectId: string | null }>

const reads = (...nouns: readonly string[]) => nouns.map((noun) => `${noun}:read`)

const WORK_READS = reads(
  ...['project', 'branch', 'task', 'comment', 'board', 'sprint', 'context', 'objective'],
  ...['agent', 'workflow', 'memory', 'lesson'],
)
const READS = [
  ...WORK_READS,
  ...reads('org', 'team', 'member', 'role', 'grant', 'key', 'budget', 'model', 'tool'),
  ...reads('connection', 'catalogue', 'webhook'),
]
// Besides the reads, tasks and comments of a member, what its agents need: an agent never holds
// more than the person who answers for it.
const MEMBER = [
  ...READS,
  ...['project:create', 'task:write', 'task:claim', 'comment:write', 'agent:write', 'key:write'],
  ...['context:write', 'memory:write', 'tool:call', 'agent:run'],
]
const DEVELOPER = [
  ...WORK_READS,
  ...['task:write', 'task:claim', 'comment:write', 'context:write', 'memory:write', 'tool:read'],
  ...['tool:call', 'tool:write', 'connection:use', 'agent:run', 'agent:write', 'key:write'],
]
const LEAD = [
  ...DEVELOPER,
  ...['task:assign', 'task:takeover', 'task:delete', 'branch:write', 'board:write'],
  ...['sprint:write', 'project:write', 'context:accept', 'approval:decide', 'memory:review'],
  ...['grant:read', 'grant:write'],
]
const AGENT = [
  ...WORK_READS,
  ...['task:claim', 'comment:write', 'context:write', 'memory:write', 'tool:read', 'tool:call'],
]
const ALL: readonly string[] = PERMISSIONS
const OWNERS_ONLY: ReadonlySet<string> = new Set(['org:delete', 'backup:restore'])

const holding = (words: readonly string[], held: readonly string[] = []): Held => {
  const pairs = [
    ...held.map((word): [string, Condition] => [word, 'held']),
    ...words.map((word): [string, Condition] => [word, null]),
  ]
  return new Map(pairs.flatMap(([word, when]) => (isPermission(word) ? [[word, when]] : [])))
}

const ROLES: readonly Role[] = [
  { key: 'owner', name: 'Owner', scopes: ['org'], holds: holding(ALL) },
  {
    key: 'admin',
    name: 'Administrator',
    scopes: ['org'],
    holds: holding(ALL.filter((word) => !OWNERS_ONLY.has(word))),
  },
  { key: 'member', name: 'Member', scopes: ['org'], holds: holding(MEMBER) },
  {
    key: 'viewer',
    name: 'Viewer',
    scopes: ['org', 'project'],
    holds: holding([...WORK_READS, 'comment:write']),
  },
  {
    key: 'auditor',
    name: 'Auditor',
    scopes: ['org'],
    holds: holding([
      ...ALL.filter((word) => word.endsWith(':read')),
      ...['ledger:export', 'access:explain'],
    ]),
  },
  { key: 'lead', name: 'Lead', scopes: ['project'], holds: holding(LEAD) },
  { key: 'developer', name: 'Developer', scopes: ['project'], holds: holding(DEVELOPER) },
  { key: 'readonly', name: 'Reader', scopes: ['org', 'project'], holds: holding(READS) },
  { key: 'agent', name: 'Agent', scopes: ['project'], holds: holding(AGENT, ['task:write']) },
]

const BY_KEY: ReadonlyMap<string, Role> = new Map(ROLES.map((role) => [role.key, role]))

/** Names the roles that every organisation has. */
export const ROLE_KEYS: readonly string[] = ROLES.map(({ key }) => key)

/** Finds a role that every organisation has. */
export const roleOf = (key: string): Role | undefined => BY_KEY.get(key)

/** Reads a role that an organisation made: unknown words of another version are left out. */
export const customRole = (
  key: string,
  name: string,
  permissions: Readonly<Record<string, unknown>>,
): Role => {
  const words = Object.entries(permissions)
  const under = (condition: Condition) =>
    words.filter(([, value]) => value === condition).map(([word]) => word)
  return { key, name, scopes: ['org', 'project'], holds: holding(under(null), under('held')) }
}

/** Compiles granted roles into rights: the union, and a condition gives way to none. */
export const compileRights = (granted: readonly GrantedRole[]): Rights => {
  const org = new Map<Permission, Condition>()
  const projects = new Map<string, Map<Permission, Condition>>()
  for (const { holds, projectId } of granted) {
    const near = projectId === null ? org : projects.get(projectId)
    const here = near ?? new Map<Permission, Condition>()
    if (projectId !== null) projects.set(projectId, here)
    for (const [permission, condition] of holds) add(here, permission, condition)
  }
  return { org, projects }
}

const add = (into: Map<Permission, Condition>, permission: Permission, condition: Condition) => {
  into.set(permission, into.get(permission) === null ? null : condition)
}

/** Cuts rights down to those that another holds too: an agent's by those of its person. */
export const boundRights = (own: Rights, bound: Rights): Rights => {
  const org = both(own.org, bound.org)
  const projects = new Map<string, Held>()
  for (const projectId of new Set([...own.projects.keys(), ...bound.projects.keys()])) {
    const held = both(inProject(own, projectId), inProject(bound, projectId))
    if (held.size > 0) projects.set(projectId, held)
  }
  return { org, projects }
}

/** Gives what is held in a project, by its own roles and by those above. */
export const inProject = (rights: Rights, projectId: string): Held => {
  const all = new Map(rights.org)
  for (const [word, when] of rights.projects.get(projectId) ?? []) add(all, word, when)
  return all
}

const both = (a: Held, b: Held): Held => {
  const shared = new Map<Permission, Condition>()
  for (const [word, when] of a) {
    const other = b.get(word)
    if (other !== undefined) shared.set(word, when ?? other)
  }
  return shared
}

/** Lists what the actor lacks of some permissions in one place: nobody grants what they lack. */
export const lacking = (
  holder: Readonly<{ rights: Rights; actor: Actor }>,
  given: GrantedRole,
): readonly Permission[] =>
  [...given.holds].flatMap(([permission, condition]) => {
    const asked = { permission, projectId: given.projectId }
    const decision = decide(holder.rights, holder.actor, asked)
    const covers = decision.reason === 'allowed' && (decision.condition ?? condition) === condition
    return covers ? [] : [permission]
  })

/** Takes rights apart into what is held in each place. */
export const placesOf = ({ org, projects }: Rights): readonly GrantedRole[] => [
  ...(org.size > 0 ? [{ holds: org, projectId: null }] : []),
  ...[...projects].map(([projectId, holds]) => ({ holds, projectId })),
]
