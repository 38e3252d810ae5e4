import type { Column } from '../domain/column.ts'
import type { Graph, Point } from '../domain/dependency-graph.ts'
import type { Claimable } from '../domain/readiness.ts'
import type { Changed } from '../domain/task-change.ts'
import type { Edge } from '../domain/task-link.ts'
import type { TaskQuery } from '../domain/task-query.ts'
import type { CommentView, Card } from '../contract.ts'
import type { Category, TaskType } from '../domain/words.ts'
import type { Shift } from './claim-ports.ts'
import type { ProjectSettings } from './ports.ts'
import type { z } from 'zod'

/** A project as saving looks at it. */
export type ProjectPlan = Readonly<{
  id: string
  key: string
  settings: ProjectSettings
  archived: boolean
  columns: readonly Column[]
  branches: readonly Readonly<{ id: string; name: string }>[]
}>

/** The fields of a task that saving sets as they are. */
export type TaskFields = Readonly<{
  type: TaskType
  title: string
  body: string
  priority: number
  estimate: number | null
  assigneeId: string | null
  delegateId: string | null
  skills: readonly string[]
  labels: readonly string[]
  sprintId: string | null
  lane: number
  accept: readonly Readonly<{ text: string; done: boolean }>[]
  due: number | null
  holdUntil: number | null
  blocked: string | null
  failures: number
  archivedAt: number | null
}>

/** A task as it stands, locked for this transaction. */
export type SavedTask = TaskFields &
  Readonly<{
    taskId: string
    key: string
    projectId: string
    number: number
    branchId: string
    parentId: string | null
    depth: number
    columnId: string
    category: Category
    rank: string
    progress: number
    openBlockers: number
    heldAbove: number
    version: number
    fence: number
    holderId: string | null
  }>

/** A task that is about to exist. */
export type NewTask = TaskFields &
  Pick<
    SavedTask,
    | 'taskId'
    | 'projectId'
    | 'number'
    | 'branchId'
    | 'parentId'
    | 'depth'
    | 'columnId'
    | 'category'
    | 'rank'
    | 'heldAbove'
  >

/**
 * What events say of a task's card: people by id, the estimate in hundredths, whether it is
 * blocked but not why. The title travels beside it as content.
 */
export type CardFacts = Readonly<{
  branch: string
  type: TaskType
  column: string
  category: Category
  priority: string
  rank: string
  estimate: number | null
  assignee: string | null
  delegate: string | null
  holder: string | null
  labels: readonly string[]
  sprint: number | null
  parent: string | null
  blocked: boolean
  openBlockers: number
  heldAbove: number
  openChildren: number
  ready: boolean
  progress: number
  archived: boolean
}>

/** A task and what its events say of it. */
export type Facts = Readonly<{
  taskId: string
  key: string
  projectId: string
  version: number
  title: string
  card: CardFacts
}>

/** Where a task goes within its board. */
export type Placing = Readonly<{
  taskId: string
  columnId: string
  category: Category
  rank: string
  assigneeId: string | null
  progress: number
  now: number
}>

/** A task's new place in its tree. */
export type Planting = Readonly<{
  taskId: string
  parentId: string | null
  branchId: string
  /** What is added to the depth of the task and of all below it. */
  deeper: number
  /** What is added to the count of ancestors that hold the task and all below it. */
  above: number
  now: number
}>

/** Locks, writes and tells of whole tasks. */
export type TaskSaveStore = {
  plan(projectId: string): Promise<ProjectPlan>
  /**
   * Locks tasks by key, their leases first; with each of `chains` also all its ancestors. Keys
   * nobody has are left out.
   */
  lock(keys: readonly string[], chains: readonly string[]): Promise<ReadonlyMap<string, SavedTask>>
  /** Reads tasks again that this transaction has locked. */
  again(taskIds: readonly string[]): Promise<ReadonlyMap<string, SavedTask>>
  /** Takes the next numbers of a project; gives the first of them and the highest rank so far. */
  allocate(
    projectId: string,
    count: number,
  ): Promise<Readonly<{ first: number; lastRank: string | null }>>
  /** Looks at what `allocate` would give, and takes nothing. */
  foresee(projectId: string): Promise<Readonly<{ first: number }>>
  insert(tasks: readonly NewTask[], by: Readonly<{ me: string; now: number }>): Promise<void>
  /** Writes the fields of a task and raises its version. */
  update(taskId: string, fields: TaskFields, now: number): Promise<number>
  /** Puts a task into a column at a rank; gives the new version and whether it is ready there. */
  place(placing: Placing): Promise<Readonly<{ version: number; ready: boolean }>>
  /**
   * Puts a task and all below it into another place of the tree; `carried` are the tasks below it
   * whose branch changed.
   */
  plant(
    planting: Planting,
  ): Promise<Readonly<{ carried: readonly string[]; shifts: readonly Shift[] }>>
  /** Gives back a place that a running task had under the limits of its column and project. */
  leave(projectId: string, columnId: string, alsoProject: boolean): Promise<void>
  /** Takes a place under the limits of a column and its project; says which one is full. */
  enter(
    projectId: string,
    columnId: string,
    alsoProject: boolean,
  ): Promise<'column' | 'project' | null>
  /** Finds labels as their project writes them, by their lower case; adds those it lacks. */
  labels(
    projectId: string,
    names: readonly string[],
    adding: boolean,
  ): Promise<ReadonlyMap<string, string>>
  sprints(
    projectId: string,
    numbers: readonly number[],
  ): Promise<ReadonlyMap<number, Readonly<{ id: string; state: 'planned' | 'active' | 'closed' }>>>
  facts(taskIds: readonly string[]): Promise<ReadonlyMap<string, Facts>>
  /** Says what changed on a task after a version. */
  changedSince(taskId: string, version: number): Promise<readonly Changed[]>
  /** Gives the nearest rank before or behind another in a project. */
  neighbour(
    place: Readonly<{
      projectId: string
      rank: string
      side: 'before' | 'after'
      /** The task that moves: it is no neighbour of itself. */
      except: string
    }>,
  ): Promise<string | null>
  /** Tells whether a principal has ever had an attempt on a task. */
  hasTried(taskId: string, me: string): Promise<boolean>
  /** Reads a date or a moment; a date alone is its midnight in the zone. */
  moment(text: string, zone: string): number | null
}

/** An edge with the keys of both ends. */
export type KeyedEdge = Edge & Readonly<{ key: string; toKey: string }>

/** Keeps dependencies and parents as one graph. */
export type EdgeStore = {
  /** Lets one change of edges and parents after the other happen in an organisation. */
  lockGraph(): Promise<void>
  /** Lists the edges that lead from or to tasks. */
  of(taskIds: readonly string[]): Promise<readonly KeyedEdge[]>
  add(edges: readonly Edge[], now: number): Promise<void>
  remove(edges: readonly Edge[]): Promise<void>
  /** Gives what comes after the given points; more than `max` arrows are cut off. */
  reachable(heads: readonly Point[], max: number): Promise<Graph>
  keys(taskIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Tells whether a principal holds the task or one above it. */
  isHeldAbove(taskId: string, me: string): Promise<boolean>
  /** Tells how many levels lie below a task. */
  height(taskId: string): Promise<number>
}

/** Which tasks a search looks at, and how it pages. */
export type Search = Readonly<{
  query: TaskQuery
  projectIds: readonly string[] | null
  whoIds: readonly string[]
  me: string
  now: number
  sort: 'rank' | 'updated' | 'due' | 'priority'
  limit: number
  cursor: string | null
}>

/** A task in a list: its card and the open tasks it waits for. */
export type ListedTask = Card & Readonly<{ waitsFor: readonly string[] }>

/** Searches over tasks. */
export type FindStore = {
  find(
    search: Search,
  ): Promise<Readonly<{ items: readonly ListedTask[]; total: number; next: string | null }>>
}

/** Facts that decide whether a caller could claim a task now. */
export type ReadinessFacts = Claimable & Readonly<{ taskId: string; projectId: string }>

/** Gathers what keeps a task from being claimed. */
export type ReadinessStore = { facts(key: string, me: string): Promise<ReadinessFacts> }

/** One line of what happened to a task. */
export type LogLine = Readonly<{ at: string; by: string | null; what: string }>

/** Reads what hangs on a task and grows. */
export type DetailStore = {
  comments(taskId: string, limit: number): Promise<readonly z.output<typeof CommentView>[]>
  log(taskId: string, limit: number): Promise<readonly LogLine[]>
}

/** What the operations that save and find tasks may use besides `WorkNeeds`. */
export type SaveNeeds = Readonly<{
  saves: TaskSaveStore
  edges: EdgeStore
  finds: FindStore
  readiness: ReadinessStore
  details: DetailStore
}>
