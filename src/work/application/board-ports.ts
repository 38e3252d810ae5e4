import type { z } from 'zod'
import type { Page } from '../../kernel/page.ts'
import type { Card, ColumnView, CommentView, ProjectView } from '../contract.ts'
import type { QuestionKind } from '../domain/question.ts'
import type { SprintState } from '../domain/sprint.ts'
import type { ColumnPlan, ColumnState } from '../domain/columns.ts'
import type { ProjectSettings } from './ports.ts'

/** What is done to a claim from outside, besides ending it. */
export type HoldStore = {
  /** Leaves word for the holder to stop; the next reply tells. */
  stop(taskId: string): Promise<void>
  /** Takes a person off a task; gives the new version, or `null` where it was not theirs. */
  unassign(taskId: string, me: string, now: number): Promise<number | null>
  /** Clears the flag of a task that waits for an answer; `null` where it has another or none. */
  unflag(taskId: string, now: number): Promise<Unflagged | null>
}

/** A task whose flag was cleared; `holds` is what becomes of the subtree it held. */
export type Unflagged = Readonly<{ version: number; ready: boolean; holds: -1 | 0 }>

/** Reads comments. */
export type CommentStore = {
  /** Lists the comments of a task, from the oldest on or from the newest back. */
  list(
    taskId: string,
    page: Readonly<{ order: 'oldest' | 'newest'; limit: number; cursor: string | null }>,
  ): Promise<Page<z.output<typeof CommentView>>>
}

/** A question as the table has it. */
export type Question = Readonly<{
  id: string
  number: number
  projectId: string
  projectKey: string
  taskId: string | null
  taskKey: string | null
  kind: QuestionKind
  text: string
  options: readonly string[]
  askedBy: string
  askedAt: number
  /** The moment until which its asker waits for the answer. */
  waitsUntil: number | null
  parked: boolean
  answer: string | null
  answeredBy: string | null
  answeredAt: number | null
}>

/** Describes a question that is about to be asked. */
type NewQuestion = Pick<
  Question,
  'id' | 'projectId' | 'taskId' | 'kind' | 'text' | 'options' | 'askedBy' | 'waitsUntil'
> &
  Readonly<{ now: number }>

/** Keeps questions; locks them before leases and tasks. */
export type QuestionStore = {
  /** Finds and locks the caller's own question with these words whose answer it has not heard. */
  open(asked: Pick<NewQuestion, 'askedBy' | 'taskId' | 'kind' | 'text'>): Promise<Question | null>
  /** Finds and locks a question by its number. */
  lock(number: number): Promise<Question | null>
  /** Writes a new question; gives its number. */
  ask(question: NewQuestion): Promise<number>
  wait(id: string, until: number): Promise<void>
  park(id: string): Promise<void>
  /** Notes that the asker has heard the answer. */
  told(id: string): Promise<void>
  answer(id: string, by: Readonly<{ me: string; answer: string; now: number }>): Promise<void>
  /** Lists questions, newest first. */
  list(
    wish: Readonly<{
      visible: readonly string[] | null
      open: boolean | null
      taskId: string | null
      limit: number
      cursor: string | null
    }>,
  ): Promise<Page<Question>>
}

/** A project as changes look at it, locked for this transaction. */
export type LockedProject = Readonly<{
  id: string
  key: string
  name: string
  settings: ProjectSettings
  wipLimit: number | null
  archived: boolean
  version: number
}>

/** Changes projects, their columns and branches. */
export type ProjectChangeStore = {
  /** Locks a project by its key or an old one. */
  lock(key: string): Promise<LockedProject>
  /** Keeps claims and moves away until the commit: limits are being counted. */
  holdBoard(): Promise<void>
  /** Writes name, settings, limit and whether it is archived; raises the version. */
  save(
    project: LockedProject,
    change: Readonly<{
      name: string
      settings: Partial<ProjectSettings>
      wipLimit: number | null
      archivedAt: number | null
    }>,
  ): Promise<number>
  /** Gives the project another key; the old one goes on leading to it. */
  rename(project: LockedProject, key: string): Promise<void>
  /** Raises the version after a change of what belongs to the project. */
  touch(projectId: string): Promise<number>
  columns(projectId: string): Promise<readonly ColumnState[]>
  saveColumns(projectId: string, plan: ColumnPlan): Promise<void>
  /** Counts tasks that somebody holds. */
  running(projectId: string): Promise<number>
  branch(
    projectId: string,
    name: string,
  ): Promise<Readonly<{ id: string; name: string; archived: boolean; open: number }> | null>
  addBranch(
    branch: Readonly<{ id: string; projectId: string; name: string; now: number }>,
  ): Promise<void>
  saveBranch(
    branch: Readonly<{ id: string; name: string; archivedAt: number | null }>,
  ): Promise<void>
  /** Assigns agents to a branch or takes them off; tells whether that changed anything. */
  assign(branchId: string, principalId: string, on: boolean): Promise<boolean>
}

/** Describes a column as it leaves. */
type ColumnShown = z.output<typeof ColumnView>

/** A column of a board with its first cards; `count` counts all of them. */
export type BoardColumn = ColumnShown & Readonly<{ count: number; cards: readonly Card[] }>

/** One project in a snapshot. */
export type SnapshotProject = Omit<z.output<typeof ProjectView>, 'open'> &
  Readonly<{ id: string; sprint: number | null }>

/** Cards of boards, and columns that have more of them. */
export type BoardCards = Readonly<{
  cards: readonly Card[]
  more: readonly Readonly<{ project: string; column: string; cards: number }>[]
}>

/** Reads what boards show. */
export type BoardStore = {
  /** Finds projects whose key begins with a text, those that are archived last. */
  found(
    visible: readonly string[] | null,
    wish: Readonly<{ start: string; max: number }>,
  ): Promise<Readonly<{ ids: readonly string[]; total: number }>>
  /** Tells what only a project's own page shows. */
  facts(projectId: string): Promise<ProjectFacts>
  board(projectId: string, cardsMax: number): Promise<readonly BoardColumn[]>
  /** Gives the position of the ledger: what happened up to it is in rows that are read later. */
  position(): Promise<Readonly<{ pos: number; epoch: number }>>
  /** Lists projects as boards show them, those that are archived left out. */
  projects(ids: readonly string[] | null): Promise<readonly SnapshotProject[]>
  /** Lists open cards by rank, then cards closed since a moment, newest first. */
  cards(
    ids: readonly string[] | null,
    wish: Readonly<{ openMax: number; closedMax: number; closedSince: number }>,
  ): Promise<BoardCards>
  /** Lists the first cards of every column by rank, closed ones since a moment among them. */
  firstCards(
    ids: readonly string[] | null,
    wish: Readonly<{ first: number; closedSince: number }>,
  ): Promise<BoardCards>
}

/** A project with what only its own page shows. */
export type ProjectFacts = Readonly<{
  sprint: number | null
  branchAgents: readonly Readonly<{ branch: string; agents: readonly string[] }>[]
}>

/** A sprint with the sums of its tasks; points in hundredths. */
export type Sprint = Readonly<{
  id: string
  projectId: string
  number: number
  goal: string
  startsOn: string | null
  endsOn: string | null
  state: SprintState
  startedAt: number | null
  closedAt: number | null
  version: number
  tasks: number
  done: number
  estimate: number
  doneEstimate: number
}>

/** Describes what people plan of a sprint. */
type SprintPlan = Pick<Sprint, 'goal' | 'startsOn' | 'endsOn'>

/** An open task that leaves a sprint when it closes. */
export type Leaver = Readonly<{ taskId: string; key: string; version: number }>

/** Keeps sprints and which tasks are in them. */
export type SprintStore = {
  list(projectId: string): Promise<readonly Sprint[]>
  /** Finds a sprint by its number, or the active one. */
  find(projectId: string, number: number | null): Promise<Sprint | null>
  /** Makes the next sprint of a locked project; gives its number. */
  add(
    sprint: SprintPlan & Readonly<{ id: string; projectId: string; now: number }>,
  ): Promise<number>
  /** Writes the plan of a sprint whose project is locked. */
  save(sprint: Sprint, plan: SprintPlan): Promise<number>
  start(sprint: Sprint, now: number): Promise<number>
  close(sprint: Sprint, now: number): Promise<number>
  /** Lists the open tasks of a sprint. */
  open(sprintId: string): Promise<readonly Readonly<{ taskId: string; key: string }>[]>
  /** Finds the planned sprint that comes after another. */
  after(sprint: Sprint): Promise<Readonly<{ id: string; number: number }> | null>
  /** Moves open tasks to another sprint, or to none. */
  move(
    taskIds: readonly string[],
    to: Readonly<{ sprintId: string | null; now: number }>,
  ): Promise<readonly Leaver[]>
}

/** One thing that happened to a task, with names for people. */
export type HistoryEvent = Readonly<{
  pos: number
  name: string
  at: number
  actorId: string | null
  door: string | null
  data: Readonly<Record<string, unknown>>
}>

/** Reads what the ledger has of a task. */
export type HistoryStore = {
  /** Lists what happened to a task, newest first. */
  events(taskId: string, limit: number): Promise<readonly HistoryEvent[]>
}

/** What the operations around boards may use besides `WorkNeeds`. */
export type BoardNeeds = Readonly<{
  holds: HoldStore
  comments: CommentStore
  questions: QuestionStore
  projectChanges: ProjectChangeStore
  boards: BoardStore
  sprints: SprintStore
  history: HistoryStore
}>
