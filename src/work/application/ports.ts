import type { Around, AttemptView, Card, ProjectView, Task } from '../contract.ts'
import type { z } from 'zod'
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
  from: string
  to: string
}>

export type ClaimResult =
  | Readonly<{ kind: 'claimed'; claimed: Claimed }>
  | Readonly<{ kind: 'none' }>
  /** There is a task, but no place for it under these limits. */
  | Readonly<{ kind: 'full'; seat: boolean; column: boolean; project: boolean }>

export type ClaimStore = {
  /** Lists the projects with something eligible, the one with the best task first; locks nothing. */
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
  ): Promise<Claimed | null>
  /** Lists leases whose time is over, at most `limit`, skipping those under change. */
  expired(
    now: number,
    limit: number,
  ): Promise<readonly Readonly<{ taskId: string; fence: number }>[]>
  held(
    me: string,
  ): Promise<readonly Readonly<{ key: string; fence: number; expiresAt: number | null }>[]>
}

export type CounterStore = {
  /** A task closed (`-1`) or opened again (`+1`): its dependents, its parent and their subtrees. */
  closedOrOpened(taskId: string, parentId: string | null, by: -1 | 1): Promise<readonly Shift[]>
  /** Tasks began (`+1`) or ceased (`-1`) to hold their subtrees. */
  held(taskIds: readonly string[], by: -1 | 0 | 1): Promise<readonly Shift[]>
  /** A task got more (`+n`) or fewer (`-n`) open blockers. */
  blockers(changes: readonly Readonly<{ taskId: string; by: number }>[]): Promise<readonly Shift[]>
  /** A task got more or fewer open children. */
  children(changes: readonly Readonly<{ taskId: string; by: number }>[]): Promise<readonly Shift[]>
}

/** Names of principals, from the identity room. */
export type People = {
  /** Gives the handles of principals by id. */
  handles(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Finds principals by handle; those nobody has are left out. */
  byHandle(handles: readonly string[]): Promise<ReadonlyMap<string, Person>>
  /** Gives the skills of a principal and how many claims it may hold at once. */
  worker(id: string): Promise<Readonly<{ skills: readonly string[]; seatMax: number | null }>>
}

export type Person = Readonly<{ id: string; handle: string; kind: 'person' | 'service' | 'agent' }>

/** The work context as agents read it, from the context room. */
export type Contexts = {
  /** The effective context of a task; the short form when the reader has it already. */
  brief(
    place: Readonly<{ projectId: string; branchId: string; taskIds: readonly string[] }>,
    have: string | null,
  ): Promise<string>
  hints(
    facts: Hintable,
    told: readonly string[],
  ): Readonly<{ lines: readonly string[]; told: readonly string[] }>
}

/** Facts that hints look at; a fact left out keeps its rule silent. */
export type Hintable = Readonly<{
  key: string
  now: number
  due?: number | null
  failures?: number
  subtasks?: Readonly<{ total: number; open: number }>
  frees?: readonly string[]
  review?: Readonly<{ used: number; limit: number | null }>
  renewalsWithoutNote?: number
  withoutObjective?: readonly string[]
}>

/** Ids of a task and its place, and what decisions about it look at. */
export type TaskIds = Readonly<{
  taskId: string
  key: string
  projectId: string
  branchId: string
  parentId: string | null
  columnId: string
  category: Category
  version: number
  blocked: string | null
  openBlockers: number
  archived: boolean
}>

/** Reads of tasks: straight from the tables into the shapes that leave. */
export type TaskReads = {
  card(key: string): Promise<Card>
  task(key: string): Promise<Task>
  /** Gives the ids behind a task: where it stands, what it is. */
  ids(key: string): Promise<TaskIds>
  /** Attempts on a task, newest first. */
  attempts(taskId: string, limit: number): Promise<readonly z.output<typeof AttemptView>[]>
  /** Keys of tasks that wait for this one alone. */
  frees(taskId: string): Promise<readonly string[]>
  /** Ids from the outermost ancestor down to the task itself. */
  ancestors(taskId: string): Promise<readonly Readonly<{ id: string }>[]>
  /** Counts what keeps a queue empty. */
  standing(
    projectIds: readonly string[],
    now: number,
  ): Promise<Readonly<{ blocked: number; running: number; held: number; until: number | null }>>
}

export type AroundList = z.output<typeof Around>

/** What the operations of this room may use. */
export type WorkNeeds = Readonly<{
  claims: ClaimStore
  leases: LeaseStore
  counters: CounterStore
  reads: TaskReads
  people: People
  contexts: Contexts
  projects: ProjectStore
  notes: NoteStore
}>

export type ProjectStore = {
  /** Finds a project by its key or an old one. */
  find(
    key: string,
  ): Promise<Readonly<{ id: string; key: string; settings: ProjectSettings }> | null>
  settings(projectId: string): Promise<ProjectSettings & Readonly<{ hasReview: boolean }>>
  /** Writes a new project with its key, columns and main branch; refuses a key that was used. */
  create(project: NewProject): Promise<void>
  view(key: string): Promise<z.output<typeof ProjectView> & Readonly<{ id: string }>>
  list(
    visible: readonly string[] | null,
    archived: boolean,
  ): Promise<readonly z.output<typeof ProjectView>[]>
  /** Lists the projects that take part in claims, cut down to those the caller may see. */
  open(visible: readonly string[] | null): Promise<readonly Readonly<{ id: string; key: string }>[]>
}

/** A project that is about to be. */
export type NewProject = Readonly<{
  id: string
  branchId: string
  key: string
  name: string
  settings: Partial<ProjectSettings>
  columns: readonly Readonly<{
    id: string
    name: string
    category: Category
    role: 'review' | null
  }>[]
  now: number
}>

/** What a project decides for itself. */
export type ProjectSettings = Readonly<{ review: 'required' | 'optional'; zone: string }>

export type StatusMove =
  | Readonly<{ kind: 'moved'; version: number; from: string; to: string }>
  | Readonly<{ kind: 'refused'; allowed: readonly string[] }>

export type NoteStore = {
  comment(
    comment: Readonly<{
      id: string
      taskId: string
      authorId: string | null
      body: string
      now: number
    }>,
  ): Promise<void>
  /** Sets the progress of a held task; gives the new version. */
  progress(taskId: string, progress: number, now: number): Promise<number>
  /** Moves a held task to another running column by name. */
  status(taskId: string, column: string, now: number): Promise<StatusMove>
  /** Adds what an attempt has used so far. */
  usage(taskId: string, attempt: number, usage: unknown): Promise<void>
  /** Answers to the caller's questions that it has not been told yet; tells them once. */
  answers(me: string): Promise<readonly Readonly<{ number: number; answer: string }>[]>
}
