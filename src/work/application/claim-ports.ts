import type { Category, EndOutcome } from '../domain/words.ts'

/** What a caller wants to claim, and what limits it. */
export type ClaimWish = Readonly<{
  me: string
  skills: readonly string[]
  /** Projects in which the caller may claim. */
  projectIds: readonly string[]
  branch: string | null
  /** The number of the one task that is wanted, or `null` for the best. */
  number: number | null
  /** Claims the caller may hold at once; `null`: any number. */
  seatMax: number | null
  leaseS: number
  /** A person's claim does not expire. */
  forever: boolean
  now: number
}>

/** A task that was just claimed. */
export type Claimed = Readonly<{
  taskId: string
  projectId: string
  number: number
  fence: number
  attempt: number
  version: number
  branchId: string
  parentId: string | null
  from: string
  to: string
}>

/** What became of a wish to claim. */
export type ClaimResult =
  | Readonly<{ kind: 'claimed'; claimed: Claimed }>
  | Readonly<{ kind: 'none' }>
  /** There is a task, but no place for it under these limits. */
  | Readonly<{ kind: 'full'; seat: boolean; column: boolean; project: boolean }>

/** Where tasks are claimed. */
export type ClaimStore = {
  /** Lists the projects with something eligible, best task first; locks nothing. */
  projectsByBest(wish: ClaimWish): Promise<readonly string[]>
  claim(wish: ClaimWish, projectId: string): Promise<ClaimResult>
  /** Gives the number of the task that a claim would take now; locks nothing. */
  peek(wish: ClaimWish, projectId: string): Promise<number | null>
}

/** A change of another task's counters, and whether that task is ready now. */
export type Shift = Readonly<{
  id: string
  key: string
  blockers?: number
  above?: number
  children?: number
  ready: boolean
}>

/** Where the end of an attempt sends its task. */
export type EndPlace = 'completed' | 'review' | 'from' | 'canceled' | 'stay'

/** How an attempt ends. */
export type Ending = Readonly<{
  taskId: string
  fence: number
  outcome: EndOutcome
  place: EndPlace
  /** What becomes of the count of failed attempts. */
  failures: 'reset' | 'raise' | 'keep'
  /** The reason the task is blocked by from now on, or `null` to leave it as it is. */
  flag: string | null
  /** To whom the task belongs next; `undefined` leaves it. */
  delegate?: string | null
  summary: string | null
  evidence: string | null
  usage: unknown
  /** Set where the failed task rests before the next attempt. */
  rest: boolean
  now: number
}>

/** What an ended attempt left behind. */
export type Ended = Readonly<{
  taskId: string
  key: string
  projectId: string
  parentId: string | null
  version: number
  fence: number
  attempt: number
  holderId: string
  from: string
  to: string
  category: Category
  failures: number
  holdUntil: number | null
  blocked: string | null
  delegateId: string | null
  /** 1: the task holds its subtree from now on; -1: not any more; 0: as before. */
  holds: -1 | 0 | 1
  ready: boolean
}>

/** A lease as it stands, locked for this transaction. */
export type HeldLease = Readonly<{
  taskId: string
  projectId: string
  number: number
  fence: number
  holderId: string
  attempt: number
  leaseS: number
  claimedAt: number
  expiresAt: number | null
  renewals: number
  notedAtRenewal: number
  stop: boolean
  told: readonly string[]
}>

/** Where leases are kept, renewed, ended and passed on. */
export type LeaseStore = {
  /** Locks the lease of a task; `null` where nobody holds it. */
  lock(key: string): Promise<HeldLease | null>
  /** Extends the lease by its span; counts the renewal. */
  renew(
    taskId: string,
    change: Readonly<{ now: number; leaseS: number; noted: boolean; told: readonly string[] }>,
  ): Promise<number | null>
  /** Ends an attempt: lease, attempt, seat, limits, task; `null` where the fence is another. */
  end(ending: Ending): Promise<Ended | null>
  /** Gives the task to another holder without a moment in which nobody has it. */
  transfer(
    taskId: string,
    to: Readonly<{
      holderId: string
      leaseS: number
      forever: boolean
      now: number
      outcome: EndOutcome
    }>,
  ): Promise<(Claimed & Readonly<{ assigneeId: string }>) | null>
  /** Lists leases whose time is over, at most `limit`, skipping those under change. */
  expired(
    now: number,
    limit: number,
  ): Promise<readonly Readonly<{ taskId: string; fence: number }>[]>
  held(
    me: string,
  ): Promise<readonly Readonly<{ key: string; fence: number; expiresAt: number | null }>[]>
}

/** The counters that readiness rests on. */
export type CounterStore = {
  /** A task closed (`-1`) or opened again (`+1`): its dependents, its parent and their subtrees. */
  closedOrOpened(
    around: Readonly<{ dependents: readonly string[]; parentId: string | null }>,
    by: -1 | 1,
  ): Promise<readonly Shift[]>
  /** Ids of the tasks that a task blocks; read once its row is locked, so that none slips past. */
  dependents(taskId: string): Promise<readonly string[]>
  /** Tasks began (`+1`) or ceased (`-1`) to hold their subtrees. */
  held(taskIds: readonly string[], by: -1 | 0 | 1): Promise<readonly Shift[]>
  /** A task got more (`+n`) or fewer (`-n`) open blockers. */
  blockers(changes: readonly Readonly<{ taskId: string; by: number }>[]): Promise<readonly Shift[]>
  /** A task got more or fewer open children. */
  children(changes: readonly Readonly<{ taskId: string; by: number }>[]): Promise<readonly Shift[]>
}
