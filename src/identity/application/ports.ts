import type { Rights } from '../../kernel/access.ts'
import type { Principal } from '../domain/principal.ts'
import type { Role } from '../domain/role.ts'

/** What the operations of this room need. */
export type IdentityNeeds = Readonly<{
  principals: PrincipalStore
  keys: KeyStore
  grants: GrantStore
  projects: ProjectsPort
  ledger: LedgerPort
}>

/** The sealed record of the organisation. */
export type LedgerPort = Readonly<{
  /** Recomputes it from its first event. */
  verify(): Promise<
    Readonly<{
      ok: boolean
      from: number
      to: number
      firstBad: Readonly<{ pos: number; why: string }> | null
    }>
  >
}>

/** The projects of the organisation, by key and by id. */
export type ProjectsPort = Readonly<{
  idOf(key: string): Promise<string | null>
  keyOf(id: string): Promise<string | null>
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
  setProfile(principalId: string, profile: Profile): Promise<void>
  /** Refuses a handle that nobody has. */
  get(handle: string): Promise<Principal>
  find(
    by: Readonly<{ ids?: readonly string[]; handles?: readonly string[] }>,
  ): Promise<readonly Principal[]>
  list(query: PrincipalQuery): Promise<Readonly<{ rows: readonly PrincipalRow[]; total: number }>>
  /** Refuses where the row has changed since it was read. */
  save(principal: Principal): Promise<void>
}>

/** A key as it is kept. */
export type Key = Readonly<{
  id: string
  principalId: string
  name: string
  prefix: string
  scopes: readonly string[] | null
  projectIds: readonly string[] | null
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
  /** Gives name and tag of the organisation; the tag stands in every key. */
  organisation(): Promise<Readonly<{ tag: string; slug: string; name: string }>>
}>

/** A role in a place. */
export type Grant = Readonly<{ principalId: string; role: string; projectId: string | null }>

/** Where grants are kept, and rights compiled. */
export type GrantStore = Readonly<{
  /** Tells whether it is new. */
  give(grant: Grant, by: Readonly<{ id: string; at: number }>): Promise<boolean>
  /** Tells whether it was there. */
  take(grant: Grant): Promise<boolean>
  of(principalIds: readonly string[]): Promise<readonly Grant[]>
  /** Compiles what a principal may do; an agent's rights end where those of its person do. */
  rights(principalId: string): Promise<Rights>
  /** Finds a role; refuses an unknown one by the names that are known. */
  role(key: string): Promise<Role>
  /** Locks the grants of the active owners and gives their ids, so that one always stays. */
  lockOwners(): Promise<readonly string[]>
}>
