import type { Actor } from './actor.ts'
import type { Permission } from './permission.ts'

/**
 * What is left for an operation to look at: `held` allows changes of tasks the actor has claimed,
 * `own` of what belongs to the actor.
 */
export type Condition = 'held' | 'own' | null

/** What is held in one place: permission word to the condition it holds under. */
export type Held = ReadonlyMap<Permission, Condition>

/** What a grant's own conditions are judged by. */
export type Facts = Readonly<{
  actor: Actor
  now?: number | undefined
  address?: string | undefined
}>

/** Rights in one place that hold as long as a test of the moment passes. */
export type Tested = Readonly<{
  holds: Held
  /** The place: `null` for the organisation, else as `placeKey` says it. */
  at: string | null
  test: (facts: Facts) => boolean
}>

/** Permissions that are denied, whatever else allows them. */
export type Denied = Readonly<{
  org: ReadonlySet<Permission>
  /** By project id, or as `placeKey` says it. */
  at: ReadonlyMap<string, ReadonlySet<Permission>>
}>

/** Another's rights that an agent's never exceed, cut down by what was delegated. */
export type Bound = Readonly<{
  rights: Rights
  scopes: ReadonlySet<string> | null
  projects: ReadonlySet<string> | null
  /** Set where the delegation is over. */
  over?: boolean
}>

/** What a principal may do, compiled from its grants; team grants lie in the team's projects. */
export type Rights = Readonly<{
  org: Held
  projects: ReadonlyMap<string, Held>
  /** Held in teams and in namespaces of projects, as `placeKey` says them. */
  elsewhere?: ReadonlyMap<string, Held>
  tested?: readonly Tested[]
  denied?: Denied
  bounds?: readonly Bound[]
  /** What grants gave that are over: it explains a no, and allows nothing. */
  expired?: Rights
  /** Set where the principal, or whoever answers for it, is shut out. */
  suspended?: boolean
  /** The moment from which on these rights have to be compiled anew. */
  until?: number
}>

/** Why a decision fell as it did; the words of `access/explain`. */
export type Reason =
  | 'allowed'
  | 'no_grant'
  | 'denied'
  | 'delegator_lacks'
  | 'scope_lacks'
  | 'outside_lease'
  | 'never_for_agents'
  | 'condition'
  | 'suspended'
  | 'expired'

/** The answer to "may this actor do this here?". */
export type Decision = Readonly<{ reason: Reason; condition: Condition }>

/** A place in the chain organisation > team > project > namespace. */
export type Place = Readonly<{
  /** `null`: the organisation as a whole, or a team. */
  projectId: string | null
  /** A team's key. */
  team?: string | undefined
  /** A namespace of the project: `docs/api`. */
  path?: string | undefined
}>

/** What is asked: a permission in a place, and the facts of the moment that grants may ask for. */
export type AskedRight = Place &
  Readonly<{ permission: Permission; now?: number | undefined; address?: string | undefined }>

/** The acts that stay with people, whatever an agent was granted. */
export const NEVER_FOR_AGENTS: ReadonlySet<Permission> = new Set<Permission>([
  ...(['approval:decide', 'context:accept', 'memory:review', 'tool:approve'] as const),
  ...(['connection:write', 'catalogue:write', 'webhook:write', 'org:write'] as const),
  ...(['team:write', 'member:write', 'role:write', 'grant:write', 'key:write'] as const),
  ...(['idp:write', 'oauth:write', 'limit:write', 'secret:write', 'subject:export'] as const),
  ...(['subject:erase', 'ledger:export', 'org:delete', 'backup:write'] as const),
  ...(['backup:restore', 'cluster:operate'] as const),
])

/** Tells whether only people may do what a permission is for, never an agent. */
export const isForPeople = (permission: Permission | null): boolean =>
  permission !== null && NEVER_FOR_AGENTS.has(permission)

const no = (reason: Reason): Decision => ({ reason, condition: null })
const YES: Decision = { reason: 'allowed', condition: null }

/** Names a place as rights keep it: `null` for the organisation. */
export const placeKey = ({ projectId, team, path }: Place): string | null => {
  if (projectId === null) return team === undefined ? null : `team:${team}`
  return path === undefined ? projectId : `${projectId}/${path}`
}

/** Lists the keys of a place and of all above it, the organisation left out. */
const chainOf = ({ projectId, team, path }: Place): readonly string[] => {
  if (projectId === null) return team === undefined ? [] : [`team:${team}`]
  if (path === undefined) return [projectId]
  const whole = `${projectId}/${path}`
  const keys = [projectId]
  let end = whole.indexOf('/', projectId.length + 1)
  for (; end >= 0; end = whole.indexOf('/', end + 1)) keys.push(whole.slice(0, end))
  keys.push(whole)
  return keys
}

/** Decides one permission in one place. Pure: it looks at nothing but what it is given. */
export const decide = (rights: Rights, actor: Actor, asked: AskedRight): Decision => {
  const { permission, projectId } = asked
  if (actor.kind === 'system') return YES
  if (actor.kind === 'stranger' || actor.stage !== undefined) return no('no_grant')
  if (rights.suspended === true) return no('suspended')
  if (actor.kind === 'agent' && NEVER_FOR_AGENTS.has(permission)) return no('never_for_agents')
  if (!reaches(actor, asked)) return no('scope_lacks')
  const own = decideHeld(rights, actor, asked)
  if (own.reason !== 'allowed' || rights.bounds === undefined) return own
  let { condition } = own
  for (const bound of rights.bounds) {
    if (bound.rights.suspended === true) return no('suspended')
    if (bound.over === true) return no('expired')
    const theirs = decideHeld(bound.rights, actor, asked)
    if (theirs.reason !== 'allowed' || !reaches(bound, { permission, projectId })) {
      return no('delegator_lacks')
    }
    condition ??= theirs.condition
  }
  return condition === null ? YES : { reason: 'allowed', condition }
}

type Cut = Readonly<{ scopes: ReadonlySet<string> | null; projects: ReadonlySet<string> | null }>

const reaches = ({ scopes, projects }: Cut, { permission, projectId }: AskedRight): boolean =>
  (scopes === null || scopes.has(permission)) &&
  (projects === null || (projectId !== null && projects.has(projectId)))

/** Decides by the grants alone: a deny anywhere on the chain, else any allow. */
const decideHeld = (rights: Rights, actor: Actor, asked: AskedRight): Decision => {
  const { permission } = asked
  const chain = chainOf(asked)
  if (rights.denied !== undefined && isDenied(rights.denied, permission, chain)) return no('denied')
  let best = better(rights.org.get(permission), undefined)
  for (const key of chain) {
    if (best === null) return YES
    best = better(best, heldAt(rights, key)?.get(permission))
  }
  if (best === null) return YES
  let failed = false
  for (const { holds, at, test } of rights.tested ?? []) {
    const condition = holds.get(permission)
    if (condition === undefined || (at !== null && !chain.includes(at))) continue
    if (test({ actor, now: asked.now, address: asked.address })) best = better(best, condition)
    else failed = true
  }
  if (best !== undefined) return best === null ? YES : { reason: 'allowed', condition: best }
  if (failed) return no('condition')
  const gone = rights.expired !== undefined && decideHeld(rights.expired, actor, asked)
  return no(gone && gone.reason === 'allowed' ? 'expired' : 'no_grant')
}

const heldAt = ({ projects, elsewhere }: Rights, key: string): Held | undefined =>
  projects.get(key) ?? elsewhere?.get(key)

const better = (a: Condition | undefined, b: Condition | undefined): Condition | undefined =>
  a === null || b === null ? null : (a ?? b)

const isDenied = ({ org, at }: Denied, permission: Permission, chain: readonly string[]): boolean =>
  org.has(permission) || chain.some((key) => at.get(key)?.has(permission) === true)

/** A permission, the facts of the moment, and the ids of all projects for whom some are denied. */
type Wanted = Omit<AskedRight, keyof Place> & Readonly<{ all?: readonly string[] }>

const wantedOf = (wanted: Permission | Wanted): Wanted =>
  typeof wanted === 'string' ? { permission: wanted } : wanted

/**
 * Lists the projects in which the actor holds a permission, for use as an SQL argument;
 * `null` means all of the organisation. Where somebody holds it in all but some, the others are
 * found among `all`; without it only those are listed that the rights name.
 */
export const projectsWith = (
  rights: Rights,
  actor: Actor,
  wanted: Permission | Wanted,
): readonly string[] | null => {
  const { permission, now, address, all = [] } = wantedOf(wanted)
  const within = (projectId: string | null) =>
    decide(rights, actor, { permission, projectId, now, address }).reason === 'allowed'
  const wide = within(null)
  if (wide && !deniesAnywhere(rights)) return null
  const named = new Set<string>(actor.projects ?? [])
  nameProjects(rights, named)
  if (!wide) return [...named].filter(within)
  if ([...named].every(within)) return null
  return [...new Set([...all, ...named])].filter(within)
}

/** Tells whether a list of projects may need to know them all. */
export const deniesAnywhere = ({ denied, bounds = [] }: Rights): boolean =>
  denied !== undefined || bounds.some((bound) => deniesAnywhere(bound.rights))

/** Tells whether rights stay as they are until something happens: none ends, none is tested. */
export const lasts = ({ tested, until, bounds = [] }: Rights): boolean =>
  tested === undefined && until === undefined && bounds.every((bound) => lasts(bound.rights))

const nameProjects = (rights: Rights, into: Set<string>): void => {
  const { projects, tested = [], denied, bounds = [] } = rights
  const tests = tested.flatMap(({ at }) => at ?? [])
  for (const key of [...projects.keys(), ...tests, ...(denied?.at.keys() ?? [])]) {
    if (!/[:/]/.test(key)) into.add(key)
  }
  for (const bound of bounds) {
    for (const id of bound.projects ?? []) into.add(id)
    nameProjects(bound.rights, into)
  }
}

/** Tells whether the actor holds a permission anywhere at all. */
export const holdsAnywhere = (
  rights: Rights,
  actor: Actor,
  wanted: Permission | Wanted,
): boolean => {
  const { permission, now, address } = wantedOf(wanted)
  const within = (place: Place) =>
    decide(rights, actor, { ...place, permission, now, address }).reason === 'allowed'
  if (within({ projectId: null })) return true
  if (projectsWith(rights, actor, wanted)?.length !== 0) return true
  return [...namedElsewhere(rights)].some((key) => within(placeOf(key)))
}

const namedElsewhere = ({ elsewhere, tested = [], bounds = [] }: Rights): readonly string[] => [
  ...(elsewhere?.keys() ?? []),
  ...tested.flatMap(({ at }) => (at !== null && /[:/]/.test(at) ? [at] : [])),
  ...bounds.flatMap((bound) => namedElsewhere(bound.rights)),
]

/** Reads a place's key back: a project, a namespace of one, or a team. */
export const placeOf = (key: string): Place => {
  if (key.startsWith('team:')) return { projectId: null, team: key.slice('team:'.length) }
  const at = key.indexOf('/')
  return at < 0 ? { projectId: key } : { projectId: key.slice(0, at), path: key.slice(at + 1) }
}
