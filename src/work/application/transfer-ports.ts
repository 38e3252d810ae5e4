import type { z } from 'zod'
import type { Words } from '../../kernel/operation.ts'
import type { Prints } from '../domain/import-fingerprint.ts'
import type { ImportSource } from '../domain/import-row.ts'
import type { BoardColumn } from '../domain/import-values.ts'
import type { Category, DependencyKind, TaskType } from '../domain/words.ts'
import type { Edge } from '../domain/task-link.ts'
import type { Person } from './ports.ts'

/** Readers of foreign backlogs. */
export type ForeignReaders = Readonly<{
  beads(text: string, options: Readonly<{ zone: string; skipEphemeral: boolean }>): ImportSource
  backlogMd(files: ReadonlyMap<string, string>, options: Readonly<{ zone: string }>): ImportSource
}>

/** Names of another system as principals of ours, from the identity room. */
export type Newcomers = Readonly<{
  byHandle(names: readonly string[]): Promise<ReadonlyMap<string, Person>>
  /** Also makes persons who cannot sign in of names that nobody bears. */
  ensurePlaceholders(
    names: readonly string[],
    words: Pick<Words, 'call' | 'emit'>,
  ): Promise<ReadonlyMap<string, Person>>
}>

/** The board that an import writes to. */
export type ImportBoard = Readonly<{
  projectId: string
  key: string
  branch: Readonly<{ id: string; name: string }>
  columns: readonly BoardColumn[]
  nextNumber: number
  lastRank: string | null
}>

/** A task as an import writes it; times are milliseconds. */
export type ImportedTask = Readonly<{
  id: string
  number: number
  parentId: string | null
  depth: number
  type: TaskType
  title: string
  body: string
  columnId: string
  category: Category
  priority: number
  rank: string
  estimate: number | null
  assigneeId: string | null
  labels: readonly string[]
  accept: readonly Readonly<{ text: string; done: boolean }>[]
  flag: string | null
  openBlockers: number
  heldAbove: number
  openChildren: number
  createdAt: number
  startedAt: number | null
  completedAt: number | null
  archivedAt: number | null
}>

/** Holds a comment as an import writes it. */
export type ImportedComment = Readonly<{
  id: string
  taskId: string
  authorId: string | null
  body: string
  createdAt: number
}>

/** What an import remembers of a task, to know later what the source changed and what we did. */
export type Kept = Readonly<{
  prints: Prints
  /** The task's version after the last import: equal means that nobody touched it. */
  version: number
  comments: Readonly<Record<string, Readonly<{ id: string; at: string | null }>>>
  edges: readonly Readonly<{ kind: DependencyKind; to: string }>[]
  /** Names of authors for whom the import made persons who cannot sign in. */
  placeholders: readonly string[]
  unmapped: Readonly<Record<string, unknown>>
}>

/** Joins a task of a source to ours. */
export type ImportLink = Readonly<{
  externalId: string
  taskId: string
  fingerprint: string
  kept: Kept
}>

/** A known task as it stands now. */
export type StandingTask = Readonly<{
  id: string
  key: string
  version: number
  title: string
  body: string
  type: TaskType
  columnId: string
  category: Category
  priority: number
  rank: string
  estimate: number | null
  assigneeId: string | null
  labels: readonly string[]
  accept: readonly Readonly<{ text: string; done: boolean }>[]
  flag: string | null
  parentId: string | null
  createdAt: number
  startedAt: number | null
  completedAt: number | null
  archivedAt: number | null
  held: boolean
}>

/** A task as an import changes it. */
export type ChangedTask = Omit<StandingTask, 'key' | 'held' | 'rank'>

/** Counters of a task that a recount set right, as differences. */
export type Recounted = Readonly<{
  id: string
  key: string
  ready: boolean
  blockers: number
  above: number
  children: number
}>

/** Reads and writes what imports bring, many rows at a time. */
export type ImportStore = Readonly<{
  /** Locks the graph of the organisation and the project: one import after the other. */
  lock(projectId: string): Promise<void>
  board(projectId: string): Promise<ImportBoard>
  links(projectId: string, source: string): Promise<readonly ImportLink[]>
  /** Lists the names that imports of this organisation made persons of. */
  placeholders(): Promise<readonly string[]>
  /** Adds labels a project does not have; gives, by lower case, how the project spells them. */
  labels(projectId: string, names: readonly string[]): Promise<ReadonlyMap<string, string>>
  addTasks(
    place: Readonly<{ projectId: string; branchId: string; me: string; now: number }>,
    tasks: readonly ImportedTask[],
  ): Promise<void>
  addEdges(edges: readonly Edge[], now: number): Promise<void>
  removeEdges(edges: readonly Edge[]): Promise<void>
  /** Writes comments; one that exists gets its new text. */
  putComments(comments: readonly ImportedComment[]): Promise<void>
  removeComments(ids: readonly string[]): Promise<void>
  keepLinks(
    place: Readonly<{ projectId: string; source: string }>,
    links: readonly ImportLink[],
  ): Promise<void>
  /** Gives out the next numbers of a project. */
  take(projectId: string, count: number): Promise<void>
  /** Locks every task of a project, and those of others that are joined to them. */
  lockTasks(projectId: string): Promise<void>
  standing(projectId: string, taskIds: readonly string[]): Promise<readonly StandingTask[]>
  /** Gives the texts of comments that still exist. */
  comments(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Lists the edges that lead from or to tasks. */
  existing(taskIds: readonly string[]): Promise<readonly Edge[]>
  /** Gives what tasks wait for and below whom they stand, in the whole organisation. */
  graph(): Promise<ImportGraph>
  /** Lists tasks of other projects that wait for these. */
  outsideWaiters(
    projectId: string,
    taskIds: readonly string[],
  ): Promise<readonly Readonly<{ taskId: string; toId: string }>[]>
  changeTasks(tasks: readonly ChangedTask[], now: number): Promise<void>
  /** Sets depths and counters of a project's tasks right; lists what changed. */
  recount(projectId: string): Promise<readonly Recounted[]>
}>

/** What tasks wait for, and below whom they stand. */
export type ImportGraph = Readonly<{
  edges: readonly Edge[]
  parents: readonly Readonly<{ child: string; parent: string }>[]
}>

/** One line of Guildhall's own format, without its `k` and `v`. */
export type OwnRow = Readonly<Record<string, unknown>>

/** What is known of a kind of line: its shape, and which fields name other lines or people. */
export type OwnKind = Readonly<{
  kind: string
  shape: z.ZodType<OwnRow>
  links: readonly Readonly<{ field: string; to: string }>[]
  people: readonly string[]
}>

/** Guildhall's own format, for all rooms. */
export type OwnFormat = Readonly<{
  /** The kinds in the order in which they are written, `principal` left out. */
  kinds: readonly OwnKind[]
  take(kind: string, rows: readonly OwnRow[], now: number): Promise<void>
  /** Tells what is here of a file's projects. */
  standing(
    ids: readonly string[],
    keys: readonly string[],
  ): Promise<Readonly<{ projects: ReadonlySet<string>; takenKey: string | null; isEmpty: boolean }>>
  /** Counts the places that running tasks take under limits, and sees to it that numbers go on. */
  settle(projectIds: readonly string[]): Promise<void>
}>

/** A task that an import brought, and what hangs on it. */
export type UndoRow = Readonly<{
  externalId: string
  taskId: string
  key: string
  version: number
  parentId: string | null
  /** Neither changed nor worked on nor talked about since the import. */
  untouched: boolean
  children: readonly string[]
  joined: readonly string[]
}>

/** Finds and removes what an import brought. */
export type UndoStore = Readonly<{
  rows(projectId: string, source: string): Promise<readonly UndoRow[]>
  remove(taskIds: readonly string[]): Promise<void>
}>

/** What imports may use besides `WorkNeeds`. */
export type TransferNeeds = Readonly<{
  readers: ForeignReaders
  newcomers: Newcomers
  imports: ImportStore
  own: OwnFormat
  undo: UndoStore
}>
