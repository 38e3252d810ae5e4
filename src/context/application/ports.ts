import type { IdentityApi } from '../../identity/contract.ts'
import type { Delegation } from '../domain/delegation.ts'
import type { Change } from '../domain/history.ts'
import type { ContextNode, Tier } from '../domain/node.ts'
import type { Objective } from '../domain/objective.ts'
import type { TaskFacts } from '../domain/progress.ts'

/** A place of the work room, found by its name. */
export type Place = Readonly<{
  tier: Exclude<Tier, 'global'>
  /** How people write it now, whatever it was asked by: `GH`, `GH/main`, `GH-12`. */
  at: string
  title: string
  projectId: string
  /** `null` for a project. */
  branchId: string | null
  /** From the outermost ancestor to the task itself; empty for projects and branches. */
  taskIds: readonly string[]
}>

/** Places and hands, from the work room. */
export type WorkPlaces = Readonly<{
  /** Finds `GH`, `GH/main` or `GH-12`; `null` where there is none. */
  find(at: string): Promise<Place | null>
  /** Tells whether a principal holds the lease of a task. */
  holds(principalId: string, taskId: string): Promise<boolean>
  /** Tells whether a principal is assigned to a branch. */
  assigned(principalId: string, branchId: string): Promise<boolean>
  /** Keys of the tasks that a principal holds, the latest first. */
  held(principalId: string): Promise<readonly string[]>
  /**
   * Gives every task of these projects, and of each project in which a task names one of these
   * objectives as its own.
   */
  tasksOf(
    of: Readonly<{ projectIds: readonly string[]; objectiveIds: readonly string[] }>,
  ): Promise<readonly WorkTask[]>
  /** Gives the names of projects, branches and tasks by their ids; unknown ones are left out. */
  named(ids: readonly string[]): Promise<readonly NamedPlace[]>
}>

/** A project, branch or task as people write and call it. */
export type NamedPlace = Readonly<{ id: string; at: string; title: string }>

/** What progress needs of a task; `objectiveId` is the task's own. */
export type WorkTask = TaskFacts & Readonly<{ projectId: string; branchId: string }>

/** Names of principals, from the identity room. */
export type People = Pick<IdentityApi, 'handles' | 'byHandle'>

/** One tier of a place: which, and the id of what it belongs to. */
export type Step = Readonly<{ tier: Tier; id: string }>

/** A place and the tiers above it, outermost first, itself last. */
export type Spot = Readonly<{
  at: string
  tier: Tier
  title: string
  /** `null` for the global tier. */
  projectId: string | null
  steps: readonly Step[]
}>

/** A node as it is kept; `id` is `null` before the first write. Writers are ids of principals. */
export type StoredNode = ContextNode & Readonly<{ id: string | null; atId: string }>

/** Where nodes are kept. */
export type NodeStore = Readonly<{
  /** Gives one node per step in their order, empty ones where nothing has been written. */
  read(steps: readonly Step[]): Promise<readonly StoredNode[]>
  /** The same, the last one locked for this transaction. */
  lock(steps: readonly Step[]): Promise<readonly StoredNode[]>
  /** Refuses where the row has changed since it was read. */
  save(node: StoredNode & Readonly<{ id: string }>, now: number): Promise<void>
}>

/** One write of a node as the ledger keeps it. */
export type KeptChange = Change & Readonly<{ by: string | null; at: number }>

/** Where the writes of nodes can be read again. */
export type NodeHistory = Readonly<{
  /** Gives the newest writes of a node, the newest first. */
  changes(nodeId: string, limit: number): Promise<readonly KeptChange[]>
}>

/** A proposal as it is kept. */
export type StoredDelegation = Delegation &
  Readonly<{
    id: string
    number: number
    /** Project of the place that proposes. */
    projectId: string
    fromTier: Exclude<Tier, 'global'>
    fromId: string
    /** The target and the tiers above it, global included. */
    toSteps: readonly Step[]
    note: string | null
    version: number
  }>

/** What a page of proposals is asked by. */
export type DelegationQuery = Readonly<{
  state: Delegation['state'] | null
  to: readonly Step[] | null
  /** Only those made in one of these projects; `null`: all. */
  visible: readonly string[] | null
  /** Number of the last one seen. */
  before: number | null
  limit: number
  now: number
}>

/** Where proposals are kept. */
export type DelegationStore = Readonly<{
  /** Locks the numbers of proposals, so that equal ones are opened one after the other. */
  lockNumbers(): Promise<void>
  nextNumber(): Promise<number>
  /** Lists proposals to a target at a path that say the same and have not expired. */
  alike(
    of: Pick<StoredDelegation, 'toSteps' | 'path' | 'data'>,
  ): Promise<readonly StoredDelegation[]>
  add(delegation: StoredDelegation): Promise<void>
  /** Locks a proposal; `null` where there is none. */
  lock(number: number): Promise<StoredDelegation | null>
  /** Locks proposals whose time is over, skipping those under change. */
  lockOverdue(now: number, limit: number): Promise<readonly StoredDelegation[]>
  /** Writes state, data, count and decision of a row that this transaction has locked. */
  save(delegation: StoredDelegation): Promise<void>
  list(
    query: DelegationQuery,
  ): Promise<Readonly<{ rows: readonly StoredDelegation[]; total: number }>>
}>

/** An objective as it is kept. */
export type StoredObjective = Objective &
  Readonly<{ number: number; archivedAt: number | null; version: number }>

/** A project or branch, and the objective it aligns with. */
export type Aligned = Readonly<{
  atId: string
  tier: 'project' | 'branch'
  at: string
  projectId: string
  objectiveId: string
}>

/** Where objectives and alignments are kept. */
export type ObjectiveStore = Readonly<{
  /** Locks the tree, so that two changes cannot close a circle together. */
  lockTree(): Promise<void>
  nextNumber(): Promise<number>
  /** Gives every objective that is not archived, or every one. */
  all(archived: boolean): Promise<readonly StoredObjective[]>
  add(objective: StoredObjective): Promise<void>
  /** Refuses where the row has changed since it was read. */
  save(objective: StoredObjective): Promise<void>
  alignments(): Promise<readonly Aligned[]>
  /** Aligns exactly these places with an objective; a place that had another one leaves it. */
  align(objectiveId: string, places: readonly Omit<Aligned, 'objectiveId'>[]): Promise<void>
  /** Takes the alignments of an objective away. */
  release(objectiveId: string): Promise<void>
}>

/** What the operations of this room may use. */
export type ContextNeeds = Readonly<{
  nodes: NodeStore
  history: NodeHistory
  delegations: DelegationStore
  objectives: ObjectiveStore
  places: WorkPlaces
  people: People
}>
