import type { Condition, Held } from '../../kernel/access.ts'
import { isPermission, PERMISSIONS } from '../../kernel/permission.ts'

// The roles every organisation has are data, kept here and not in rows: a new permission word has
// to reach every owner with the program that brings it. Rows of `identity.role` add more roles.

/** The kinds of places in which a grant can hold. */
export const SCOPE_KINDS = ['org', 'team', 'project', 'namespace'] as const
/** Where a grant holds: in the whole organisation, a team, a project or a namespace of one. */
export type ScopeKind = (typeof SCOPE_KINDS)[number]

/** A named set of permissions, and where it may be given. */
export type Role = Readonly<{
  key: string
  name: string
  scopes: readonly ScopeKind[]
  holds: Held
}>

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
// more than the person who answers for it. Who may call tools may connect their own accounts.
const MEMBER = [
  ...READS,
  ...['project:create', 'task:write', 'task:claim', 'comment:write'],
  ...['context:write', 'memory:write', 'tool:call', 'connection:use', 'agent:run'],
]
const OWN_AGENTS_AND_KEYS = ['agent:write', 'key:write']
const DEVELOPER = [
  ...WORK_READS,
  ...['task:write', 'task:claim', 'comment:write', 'context:write', 'memory:write', 'tool:read'],
  ...['tool:call', 'tool:write', 'connection:use', 'agent:run'],
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

const holding = (
  words: readonly string[],
  under: Readonly<{ held?: readonly string[]; own?: readonly string[] }> = {},
): Held => {
  const { held = [], own = [] } = under
  const pairs = [
    ...held.map((word): [string, Condition] => [word, 'held']),
    ...own.map((word): [string, Condition] => [word, 'own']),
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
  {
    key: 'member',
    name: 'Member',
    scopes: ['org'],
    holds: holding(MEMBER, { own: OWN_AGENTS_AND_KEYS }),
  },
  {
    key: 'viewer',
    name: 'Viewer',
    scopes: SCOPE_KINDS,
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
  { key: 'lead', name: 'Lead', scopes: ['team', 'project'], holds: holding(LEAD) },
  {
    key: 'developer',
    name: 'Developer',
    scopes: ['team', 'project', 'namespace'],
    holds: holding(DEVELOPER),
  },
  { key: 'readonly', name: 'Reader', scopes: SCOPE_KINDS, holds: holding(READS) },
  {
    key: 'agent',
    name: 'Agent',
    scopes: ['project', 'namespace'],
    holds: holding(AGENT, { held: ['task:write'] }),
  },
]

const BY_KEY: ReadonlyMap<string, Role> = new Map(ROLES.map((role) => [role.key, role]))

/** Names the roles that every organisation has. */
export const ROLE_KEYS: readonly string[] = ROLES.map(({ key }) => key)

/** Finds a role that every organisation has. */
export const roleOf = (key: string): Role | undefined => BY_KEY.get(key)

/** Lists the roles that every organisation has. */
export const predefinedRoles = (): readonly Role[] => ROLES

const isCondition = (value: unknown): value is Condition =>
  value === null || value === 'held' || value === 'own'

/** Reads a role that an organisation made: unknown words of another version are left out. */
export const customRole = (
  key: string,
  name: string,
  permissions: Readonly<Record<string, unknown>>,
): Role => ({ key, name, scopes: SCOPE_KINDS, holds: holdsOf(permissions) })

/** Reads permissions as they are kept: word to condition. */
export const holdsOf = (permissions: Readonly<Record<string, unknown>>): Held => {
  const words = Object.entries(permissions)
  const under = (condition: Condition) =>
    words.flatMap(([word, value]) => (isCondition(value) && value === condition ? [word] : []))
  return holding(under(null), { held: under('held'), own: under('own') })
}
