import type { SecretRef } from '../contract.ts'
import type { Lease } from '../domain/lease.ts'
import type { Cursor, Rotation } from '../domain/rotation.ts'

/** What the operations of this room need. */
export type ToolsNeeds = {
  readonly secrets: SecretStore
  readonly rotations: RotationStore
  readonly leases: LeaseStore
  readonly keys: Keys
  readonly moves: Moves
  readonly projects: Projects
}

/** The version of a secret that is in force; `sealed` is its value as it is kept. */
export type StoredSecret = Readonly<{
  id: string
  projectId: string | null
  name: string
  version: number
  sealed: string
  fingerprint: string
  last4: string | null
  createdAt: number
  replacedAt: number | null
  usedAt: number | null
}>

/** A value as it is to be kept. */
export type NewVersion = Readonly<{
  version: number
  sealed: string
  fingerprint: string
  last4: string | null
  createdBy: string
  createdAt: number
}>

/** Keeps secrets and their versions. */
export type SecretStore = {
  /** Counts the secrets of a place. */
  count(projectId: string | null): Promise<number>
  /** Adds a secret with its first version; false where the name is taken. */
  add(
    secret: Readonly<{ id: string; projectId: string | null; name: string }>,
    first: NewVersion,
  ): Promise<boolean>
  find(ref: SecretRef): Promise<StoredSecret | null>
  /** The same, locked. */
  lock(ref: SecretRef): Promise<StoredSecret | null>
  /** Adds a version; the value before it is gone. */
  replace(id: string, next: NewVersion): Promise<void>
  remove(id: string): Promise<void>
  noteUse(id: string, now: number): Promise<void>
  /** Lists by name; `visible` null: all, else those of these projects. */
  list(wanted: {
    projectId: string | null
    visible: readonly string[] | null
    after: readonly [string, string] | null
    limit: number
  }): Promise<Readonly<{ rows: readonly StoredSecret[]; total: number }>>
}

/** A fresh key of the organisation that nothing is sealed under yet. */
export type DraftedKey = Readonly<{ id: string; wrapped: string; rootId: string }>

/** The keys of the organisation. */
export type Keys = {
  /** Prepares keys before a transaction, hides the value in logs from now on, names it. */
  prepare(value: Uint8Array): Promise<Readonly<{ fingerprint: string }>>
  seal(secret: Readonly<{ id: string; version: number }>, value: Uint8Array): Promise<string>
  /** Opens a value and tells its fingerprint; `null` where it does not open. */
  test(secret: Pick<StoredSecret, 'id' | 'version' | 'sealed'>): Promise<string | null>
  draft(): Promise<DraftedKey>
  /** Makes a drafted key the one that seals; gives the keys before it. */
  turn(draft: DraftedKey): Promise<readonly string[]>
}

/** One batch of a rotation: how many values, where to go on, and the first that does not open. */
export type Batch = Readonly<{ count: number; next: Cursor | null; broken: string | null }>

/** What is sealed anywhere in the organisation, as far as it can be moved under another key. */
export type Moves = {
  /** Counts the values under old keys. */
  count(oldKeys: readonly string[]): Promise<number>
  /** Puts a batch of values under the key in force; nothing of a batch with a broken value. */
  move(cursor: Cursor, oldKeys: readonly string[]): Promise<Batch>
  /** Opens a batch of values, whatever they are sealed under. */
  verify(cursor: Cursor): Promise<Batch>
  /** Destroys old keys, but for those under which something unknown may be sealed. */
  destroy(
    oldKeys: readonly string[],
  ): Promise<Readonly<{ destroyed: number; keptFor: readonly string[] }>>
}

/** Keeps changes of keys. */
export type RotationStore = {
  /** Adds a rotation; false where one is under way. */
  add(rotation: Rotation): Promise<boolean>
  get(id: string): Promise<Rotation | null>
  /** The rotation under way. */
  open(): Promise<Rotation | null>
  /** The same, locked; `null` too where another process is at it. */
  lockOpen(): Promise<Rotation | null>
  save(rotation: Rotation): Promise<void>
}

/** A lease that is over, and how many calls were counted. */
export type EndedLease = Readonly<{ id: string; taskId: string; calls: number }>

/** Keeps leases of tools. */
export type LeaseStore = {
  countOpen(principalId: string, now: number): Promise<number>
  /** Finds an open lease of a claim that covers a tool; `null` where there is none. */
  ofClaim(wanted: {
    principalId: string
    taskId: string
    fence: number
    connection: string
    tool: string
    now: number
  }): Promise<string | null>
  add(lease: Lease): Promise<void>
  /** Counts one call in one statement; `null` where the lease does not cover it. */
  count(call: {
    id: string
    principalId: string
    tool: string | null
    now: number
  }): Promise<Readonly<{ left: number }> | null>
  /** Ends the leases of a claim; `last` is the highest fence that is over. */
  endOfClaim(taskId: string, last: number, now: number): Promise<readonly EndedLease[]>
  endOverdue(now: number, limit: number): Promise<readonly EndedLease[]>
}

/** Projects, by the room of work. */
export type Projects = {
  idOf(key: string): Promise<string | null>
  keysOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
}
