import type { Condition, Held, Rights } from '../../kernel/access.ts'
import type { Delegation } from '../domain/delegation.ts'
import type { GrantCondition } from '../domain/grant-condition.ts'
import type { AllowLists } from '../domain/allow-list.ts'
import type { Principal } from '../domain/principal.ts'
import type { Role, ScopeKind } from '../domain/role.ts'
import type { Team } from '../domain/team.ts'
import type { ConsentStore, OauthItems } from './oauth-ports.ts'
import type { LedgerPort } from './evidence-ports.ts'

/** What the operations of this room need. */
export type IdentityNeeds = Readonly<{
  principals: PrincipalStore
  keys: KeyStore
  answering: AnsweringStore
  grants: GrantStore
  roles: RoleStore
  teams: TeamStore
  delegations: DelegationStore
  projects: ProjectsPort
  ledger: LedgerPort
  consents: ConsentStore
  oauthItems: OauthItems
  allowList: AllowListPort
  limits: LimitsPort
}>

/** A limit of calls, and what is left of it at this moment. */
export type RateLeft = Readonly<{
  name: string
  calls: number
  per: string
  burst: number
  left: number
  wholeInS: number
}>

/** How many calls somebody and their organisation may still make. */
export type LimitsPort = Readonly<{
  /** Counts nothing. */
  look(who: Pick<Principal, 'id' | 'kind'> & Readonly<{ orgId: string }>): Readonly<{
    rates: readonly RateLeft[]
    org: RateLeft
    streams: Readonly<{ open: number; most: number }>
  }>
}>

/** From where the organisation may be used. */
export type AllowListPort = Readonly<{
  /** Gives version 0 where nobody has set any. */
  read(): Promise<AllowLists & Readonly<{ version: number }>>
  /** Tells whether it was kept: not where somebody was faster. */
  save(list: AllowLists & Readonly<{ version: number }>, now: number): Promise<boolean>
}>

/** The projects of the organisation, by key and by id. */
export type ProjectsPort = Readonly<{
  idOf(key: string): Promise<string | null>
  keyOf(id: string): Promise<string | null>
  /** Finds a task by its short key. */
  taskIdOf(key: string): Promise<string | null>
}>

/** A person's erasable fields. */
export type Profile = Readonly<{ name: string | null; email: string | null }>

/** What a page of principals is asked by. */
export type PrincipalQuery = Readonly<{
  kind: Principal['kind'] | null
  /** Only principals with a role in one of these projects; `null`: all. */
  projectIds: readonly string[] | null
  after: string | null
  limit: number
}>

/** A row of the list of principals. */
export type PrincipalRow = Principal & Profile & Readonly<{ responsible: string | null }>

/** Where principals are kept. */
export type PrincipalStore = Readonly<{
  /** Refuses a handle that is taken. */
  add(principal: Principal, createdAt: number): Promise<void>
  /** Adds those whose handles are free; gives the ids of those it added. */
  addFree(principals: readonly Principal[], createdAt: number): Promise<ReadonlySet<string>>
  /** Refuses an address that somebody else has. */
  setProfile(principalId: string, profile: Profile): Promise<void>
  /** Reads the erasable fields of a person; of others nothing is known. */
  profile(principalId: string): Promise<Profile>
  /** Refuses a handle that nobody has. */
  get(handle: string): Promise<Principal>
  find(
    by: Readonly<{ ids?: readonly string[]; handles?: readonly string[] }>,
  ): Promise<readonly Principal[]>
  list(query: PrincipalQuery): Promise<Readonly<{ rows: readonly PrincipalRow[]; total: number }>>
  /** Refuses where the row has changed since it was read. */
  save(principal: Principal): Promise<void>
}>

/** Where it is kept who answers for an agent or a service, and how much it may hold. */
export type AnsweringStore = Readonly<{
  /** Keeps who answers and the seats; refuses where the row has changed since it was read. */
  hand(principal: Principal): Promise<void>
}>

/** A key as it is kept. */
export type Key = Readonly<{
  id: string
  principalId: string
  name: string
  prefix: string
  scopes: readonly string[] | null
  projectIds: readonly string[] | null
  /** Networks it is bound to; `null` or left out: none. */
  addresses?: readonly string[] | null
  /** The key that took over from it. */
  replacedBy?: string | null
  expiresAt: number | null
  revokedAt: number | null
  lastUsedAt: number | null
  createdBy: string
  createdAt: number
}>

/** What a page of keys is asked by. */
export type KeyQuery = Readonly<{
  /** Only keys of this principal and of those it answers for; `null`: all. */
  ofPrincipal: string | null
  /** Only keys of this one among them; `null`: of each. */
  principalId: string | null
  after: string | null
  limit: number
}>

/** Where keys are kept. */
export type KeyStore = Readonly<{
  add(key: Key, secretSha256: Uint8Array): Promise<void>
  /** Refuses an unknown id. */
  get(id: string): Promise<Key>
  list(
    query: KeyQuery,
  ): Promise<Readonly<{ rows: readonly (Key & { handle: string })[]; total: number }>>
  /** Tells whether it was still in force. */
  revoke(id: string, at: number): Promise<boolean>
  /** Notes its successor and its end; tells whether it was in force and had none. */
  replace(id: string, to: Readonly<{ by: string; endsAt: number; now: number }>): Promise<boolean>
  /** Gives the prefix of the newest key in force that has taken over from it, directly or not. */
  successor(id: string, now: number): Promise<string | null>
  /** Gives name and tag of the organisation; the tag stands in every key. */
  organisation(): Promise<Readonly<{ tag: string; slug: string; name: string }>>
}>

/** A role in a place. */
export type Grant = Readonly<{ principalId: string; role: string; projectId: string | null }>

/** Where a grant holds. */
export type GrantScope = Readonly<{
  kind: ScopeKind
  /** The organisation, the team, or the project (also of a namespace). */
  id: string
  /** The namespace's path, else empty. */
  path: string
}>

/** A grant in full: a role or permissions that a principal or a team has, or is denied. */
export type GrantTerms = Readonly<{
  principalId: string | null
  teamId: string | null
  effect: 'allow' | 'deny'
  role: string | null
  permissions: Readonly<Record<string, Condition>> | null
  scope: GrantScope
  condition: GrantCondition | null
  expiresAt: number | null
}>

/** A grant as it is kept, with what its role holds today. */
export type KeptGrant = GrantTerms &
  Readonly<{ id: string; holder: string | null; team: string | null; onTeam: string | null }>

/** Which grants are asked for. */
export type GrantQuery = Readonly<{
  id?: string
  principalId?: string
  /** Those that teams of the principal have, too. */
  viaTeams?: boolean
  teamId?: string
  /** Those that hold in this team. */
  inTeam?: string
  role?: string
  after?: string | null
  limit?: number
}>

/** The moment for which rights are compiled, and for whom an agent acts. */
export type RightsAsked = Readonly<{ now: number; behalf?: string | null | undefined }>

/** Where grants are kept, and rights compiled. */
export type GrantStore = Readonly<{
  /** Tells whether it is new. */
  give(grant: Grant, by: Readonly<{ id: string; at: number }>): Promise<boolean>
  /** Keeps a grant in full; tells whether anything is different now. */
  put(
    terms: GrantTerms,
    by: Readonly<{ id: string; at: number }>,
  ): Promise<Readonly<{ changed: boolean }>>
  /** Tells whether it was there. */
  take(grant: Omit<Grant, 'projectId'> & Pick<GrantTerms, 'effect' | 'scope'>): Promise<boolean>
  remove(id: string): Promise<void>
  /** Gives the plain roles of principals, in the organisation and in projects. */
  of(principalIds: readonly string[]): Promise<readonly Grant[]>
  /** Gives grants in the order of their ids. */
  list(query: GrantQuery): Promise<readonly KeptGrant[]>
  /** Says what a grant gives; a role that nobody knows any more gives nothing. */
  holdsOf(grant: Pick<GrantTerms, 'role' | 'permissions'>): Promise<Held>
  /**
   * Compiles what a principal may do; an agent's rights end where those of its person do. Without
   * a moment, grants for a time are left out.
   */
  rights(principalId: string, asked?: RightsAsked): Promise<Rights>
  /** Finds a role; refuses an unknown one by the names that are known. */
  role(key: string): Promise<Role>
  /** Locks the grants of the active owners and gives their ids, so that one always stays. */
  lockOwners(): Promise<readonly string[]>
}>

/** A role of the organisation's own, as it is kept. */
export type OwnRole = Readonly<{
  key: string
  name: string
  permissions: Readonly<Record<string, Condition>>
  version: number
}>

/** Where the organisation's own roles are kept. */
export type RoleStore = Readonly<{
  /** Refuses a key that is taken. */
  add(role: OwnRole): Promise<void>
  /** Refuses an unknown key. */
  get(key: string): Promise<OwnRole>
  /** Refuses where the row has changed since it was read. */
  save(role: OwnRole): Promise<void>
  remove(key: string): Promise<void>
  list(): Promise<readonly OwnRole[]>
}>

/** A team with what is in it. */
export type TeamRow = Team & Readonly<{ members: readonly string[]; projectIds: readonly string[] }>

/** Where teams are kept. */
export type TeamStore = Readonly<{
  /** Refuses a key that is taken. */
  add(team: Team, createdAt: number): Promise<void>
  /** Refuses an unknown key. */
  get(key: string): Promise<Team>
  /** Refuses a key that is taken, and a row that has changed since it was read. */
  save(team: Team): Promise<void>
  /** Deletes a team and every grant it has or that holds in it. */
  remove(team: Team): Promise<void>
  /** Tells whether it is new. */
  addMember(teamId: string, principalId: string, by: ByWhom): Promise<boolean>
  removeMember(teamId: string, principalId: string): Promise<boolean>
  /** Gives the team a project belongs to. */
  ofProject(projectId: string): Promise<Team | null>
  addProject(teamId: string, projectId: string, by: ByWhom): Promise<boolean>
  removeProject(teamId: string, projectId: string): Promise<boolean>
  list(
    query: Readonly<{ after: string | null; limit: number }>,
  ): Promise<Readonly<{ rows: readonly TeamRow[]; total: number }>>
}>

/** Who did it, and when. */
export type ByWhom = Readonly<{ id: string; at: number }>

/** Where delegations are kept. */
export type DelegationStore = Readonly<{
  put(delegation: Delegation, at: number): Promise<void>
  /** Tells whether it was there. */
  remove(agentId: string, personId: string): Promise<boolean>
  of(agentId: string): Promise<readonly (Delegation & Readonly<{ person: string }>)[]>
}>
