import type { CallRecord } from '../domain/call.ts'
import type { Replica, Upstream } from '../domain/upstream.ts'
import type {
  Connection,
  Json,
  ParkedCall,
  Profile,
  StoredDefinition,
  StoredPolicy,
} from './hub-records.ts'

/** Keeps servers and their addresses. */
export type UpstreamStore = {
  count(): Promise<number>
  /** Adds a server; false where the name is taken. */
  add(upstream: Upstream): Promise<boolean>
  bySlug(slug: string): Promise<Upstream | null>
  /** The same, locked. */
  lock(slug: string): Promise<Upstream | null>
  all(): Promise<readonly Upstream[]>
  /** Servers that are to be asked again what they offer. */
  due(now: number, limit: number): Promise<readonly Upstream[]>
  /** Saves everything but name, kind and addresses; refuses a version that is not the row's. */
  save(upstream: Upstream): Promise<void>
  setReplicas(upstreamId: string, replicas: readonly Replica[]): Promise<void>
  /** Removes it with everything that hangs on it. */
  remove(upstreamId: string): Promise<void>
}

/** Keeps what servers offer. */
export type DefinitionStore = {
  of(upstreamId: string): Promise<readonly StoredDefinition[]>
  all(): Promise<readonly StoredDefinition[]>
  add(definitions: readonly StoredDefinition[]): Promise<void>
  save(definition: StoredDefinition): Promise<void>
  uses(): Promise<ReadonlyMap<string, number>>
}

/** Keeps rules, profiles and connections. */
export type PolicyStore = {
  all(): Promise<readonly StoredPolicy[]>
  /** Rules of one server and of its tools. */
  of(upstreamId: string): Promise<readonly StoredPolicy[]>
  /** Sets rules; to take them away, empty ones are set, so that their version rises. */
  set(policy: Omit<StoredPolicy, 'version'>): Promise<void>
}

/** Keeps choices of tools. */
export type ProfileStore = {
  all(): Promise<readonly Profile[]>
  byName(name: string): Promise<Profile | null>
  save(profile: Profile): Promise<void>
  remove(name: string): Promise<boolean>
}

/** Keeps whose credentials are used where. */
export type ConnectionStore = {
  all(): Promise<readonly Connection[]>
  of(upstreamId: string, principalId: string | null): Promise<Connection | null>
  add(connection: Connection & Readonly<{ createdBy: string }>): Promise<void>
  save(connection: Connection): Promise<void>
  remove(id: string): Promise<void>
}

/** Reads calls and their results. */
export type CallStore = {
  byNumber(number: number): Promise<CallRecord | null>
  /** Finds the call that its caller has named by a key. */
  byKey(principalId: string, key: string): Promise<CallRecord | null>
  list(wanted: {
    principalId: string | null
    upstreamId: string | null
    tool: string | null
    visible: readonly string[] | null
    before: number | null
    limit: number
  }): Promise<readonly CallRecord[]>
  result(callId: string): Promise<Json | null>
  /** Drops results, keys and labels whose time is over; gives how many. */
  forget(now: number): Promise<number>
  /** What a caller has touched since a moment, and what the tasks in its hands have at any time. */
  labels(of: {
    principalId: string
    since: number
    taskIds: readonly string[]
  }): Promise<ReadonlySet<string>>
}

/** Keeps calls that wait. */
export type ParkedStore = {
  add(parked: ParkedCall): Promise<void>
  of(callId: string): Promise<ParkedCall | null>
  ofApproval(approvalId: string): Promise<ParkedCall | null>
  /** Marks the call of an approval as one that may go; false where none waits for it. */
  release(approvalId: string): Promise<boolean>
  /** Marks a call that may go as sent; false where another has. */
  take(callId: string, at: Readonly<{ now: number; expiresAt: number }>): Promise<boolean>
  /** Finds calls that could go, and did not for as long as their approval held. */
  over(now: number, limit: number): Promise<readonly ParkedCall[]>
  /** Forgets what calls were about that wait no more. */
  close(callIds: readonly string[]): Promise<void>
}
