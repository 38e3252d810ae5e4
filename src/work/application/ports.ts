import type { ClaimStore, CounterStore, LeaseStore } from './claim-ports.ts'
import type { AttemptView, Card, ProjectView, Task } from '../contract.ts'
import type { Around } from '../events.ts'
import type { z } from 'zod'
import type { Category } from '../domain/words.ts'

/** Names of principals, from the identity room. */
export type People = {
  /** Gives the handles of principals by id. */
  handles(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Finds principals by handle; those nobody has are left out. */
  byHandle(handles: readonly string[]): Promise<ReadonlyMap<string, Person>>
  /** Gives the skills of a principal and how many claims it may hold at once. */
  worker(id: string): Promise<Readonly<{ skills: readonly string[]; seatMax: number | null }>>
  /** Tells whether somebody may claim tasks of a project at a moment. */
  mayClaim(who: Person, asked: Readonly<{ projectId: string; now: number }>): Promise<boolean>
}

/** A principal found by its handle. */
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

/** What a brief shows of a task. */
export type TaskBrief = Pick<
  Task,
  'type' | 'priority' | 'points' | 'branch' | 'title' | 'body' | 'accept'
> &
  Readonly<{
    due: number | null
    failures: number
    leaseExpires: number | null
    children: number
    openChildren: number
    /** Keys of tasks that wait for this one alone. */
    frees: readonly string[]
  }>

/** Reads of tasks: straight from the tables into the shapes that leave. */
export type TaskReads = {
  card(key: string): Promise<Card>
  task(key: string): Promise<Task>
  /** Gives the ids behind a task: where it stands, what it is. */
  ids(key: string): Promise<TaskIds>
  /** What a brief shows of a task: one statement over one table. */
  brief(taskId: string): Promise<TaskBrief>
  /** Column and progress of a task. */
  shown(taskId: string): Promise<Readonly<{ column: string; progress: number }>>
  /** Attempts on a task, newest first. */
  attempts(taskId: string, limit: number): Promise<readonly z.output<typeof AttemptView>[]>
  /** Ids from the outermost ancestor down to the task itself. */
  ancestors(taskId: string): Promise<readonly Readonly<{ id: string }>[]>
  /** Counts what keeps a queue empty. */
  standing(
    projectIds: readonly string[],
    now: number,
  ): Promise<Readonly<{ blocked: number; running: number; held: number; until: number | null }>>
}

/** Differences of counters, as events carry them. */
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

/** Where projects are kept, with their boards and branches. */
export type ProjectStore = {
  /** Finds a project by its key or an old one. */
  find(
    key: string,
  ): Promise<Readonly<{ id: string; key: string; settings: ProjectSettings }> | null>
  settings(key: string): Promise<ProjectSettings & Readonly<{ hasReview: boolean }>>
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

/** What became of the wish to move a held task. */
export type StatusMove =
  | Readonly<{ kind: 'moved'; version: number; from: string; to: string }>
  | Readonly<{ kind: 'refused'; allowed: readonly string[] }>

/** Where holders leave word, and hear answers. */
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
