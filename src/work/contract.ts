import { z } from 'zod'
import type { Words } from '../kernel/operation.ts'
import {
  BODY_BYTES_MAX,
  CATEGORIES,
  DEPENDENCY_KINDS,
  END_OUTCOMES,
  PRIORITIES,
  TASK_TYPES,
  TITLE_MAX,
} from './domain/words.ts'

export type { QueueReason } from './domain/readiness.ts'

const NOT_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f]/g // biome-ignore lint: the ones we strip

/** Well-formed text without NUL; other control characters but tab and newline are taken out. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\u0000') && value.isWellFormed(), {
      error: 'holds a character that cannot be stored',
    })
    .transform((value) => value.replaceAll(NOT_TEXT, ''))

/** One line of text. */
const line = (max: number) =>
  text(max)
    .transform((value) => value.replaceAll(/\s+/g, ' ').trim())
    .pipe(z.string().min(1).max(max))

/** Shapes of texts that people write: one line, or many. */
export const Line = line
export const Text = text

/** A project's short key: `GH`. */
export const ProjectKey = z
  .string()
  .regex(/^[A-Z][A-Z0-9]{1,9}$/, { error: 'is a project key such as GH' })

/** A task's short key: `GH-12`. */
export const TaskKey = z
  .string()
  .regex(/^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$/, { error: 'is a task key such as GH-12' })

/** A lease: the task's key and the fence of the claim, `GH-12#7`. */
export const LeaseKey = z.string().regex(/^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}#[1-9][0-9]{0,14}$/, {
  error: 'is a lease such as GH-12#7',
})
/** A question's short key: `Q-3`. */
export const QuestionKey = z
  .string()
  .regex(/^Q-[1-9][0-9]{0,8}$/, { error: 'is a question such as Q-3' })
export const Handle = z
  .string()
  .regex(/^@?[a-z0-9][a-z0-9._-]{0,38}$/, { error: 'is a handle such as @ana' })
  .transform((handle) => handle.replace(/^@/, ''))
export const Category = z.enum(CATEGORIES)
export const Priority = z.enum(PRIORITIES)
export const TaskType = z.enum(TASK_TYPES)
export const DependencyKind = z.enum(DEPENDENCY_KINDS)
export const Title = line(TITLE_MAX)
export const Body = text(BODY_BYTES_MAX).refine(
  (value) => new TextEncoder().encode(value).length <= BODY_BYTES_MAX,
  { error: `is at most ${BODY_BYTES_MAX} bytes` },
)
export const Moment = z.iso.datetime({ offset: true })
export const Version = z.int().min(1)
export const Limit = z.int().min(1).max(100).default(20)
export const Cursor = z.string().max(2_000)

/** A column of a board. */
export const ColumnView = z.object({
  name: z.string(),
  category: Category,
  role: z.literal('review').nullable(),
  limit: z.int().nullable(),
  hard: z.boolean(),
})

/** A project with its board and its branches. */
export const ProjectView = z.object({
  key: z.string(),
  name: z.string(),
  columns: z.array(ColumnView),
  branches: z.array(z.string()),
  open: z.int(),
  wipLimit: z.int().nullable(),
  archived: z.boolean(),
  version: z.int(),
})

/** What a board shows of a task; the same fields that events of the task carry. */
export const CardView = z.object({
  key: z.string(),
  id: z.string(),
  branch: z.string(),
  type: TaskType,
  title: z.string(),
  column: z.string(),
  category: Category,
  priority: Priority,
  rank: z.string(),
  points: z.number().nullable(),
  assignee: z.string().nullable(),
  delegate: z.string().nullable(),
  holder: z.string().nullable(),
  labels: z.array(z.string()),
  sprint: z.int().nullable(),
  parent: z.string().nullable(),
  blocked: z.string().nullable(),
  openBlockers: z.int(),
  heldAbove: z.int(),
  openChildren: z.int(),
  ready: z.boolean(),
  progress: z.int(),
  archived: z.boolean(),
  version: z.int(),
})
export type Card = z.output<typeof CardView>

/** One claim of a task, running or ended. */
export const AttemptView = z.object({
  number: z.int(),
  holder: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  outcome: z.enum(END_OUTCOMES).nullable(),
  summary: z.string().nullable(),
  evidence: z.string().nullable(),
})

/** A task that somebody works on: under a claim, or because it is theirs and started. */
export const RunningView = z.object({
  key: z.string(),
  title: z.string(),
  column: z.string(),
  holder: z.string(),
  claimed: z.boolean(),
  since: z.string(),
  progress: z.int(),
  attempt: z.int().nullable(),
  leaseExpires: z.string().nullable(),
  /** Its holder is asked to stop. */
  stop: z.boolean(),
  /** What its holder said last, cut short. */
  note: z.string().nullable(),
  noteAt: z.string().nullable(),
})

/** A task that only a person can bring on. */
export const WaitingView = z.object({
  kind: z.enum(['review', 'failed']),
  key: z.string(),
  title: z.string(),
  column: z.string(),
  assignee: z.string().nullable(),
  since: z.string(),
  summary: z.string().nullable(),
})

/**
 * Who works, in numbers: `attempts` that ended well or failed lately, and those that ended well.
 */
export const WorkerView = z.object({
  handle: z.string(),
  keys: z.array(z.string()),
  running: z.int(),
  queued: z.int(),
  attempts: z.int(),
  succeeded: z.int(),
  lastAt: z.string().nullable(),
})

/** Who stopped all agents, and when. */
export const HaltView = z.object({ by: z.string().nullable(), at: z.string() })

/** What somebody said about a task. */
export const CommentView = z.object({
  id: z.string(),
  author: z.string().nullable(),
  body: z.string(),
  at: z.string(),
})

/** A dependency of a task, seen from that task. */
export const LinkView = z.object({
  key: z.string(),
  kind: DependencyKind,
  /** `out`: this task depends on `key`; `in`: `key` depends on this task. */
  direction: z.enum(['out', 'in']),
  title: z.string(),
  category: Category,
})

/** All of a task: its card, its texts, its times, and what it is tied to. */
export const TaskView = CardView.extend({
  body: z.string(),
  skills: z.array(z.string()),
  accept: z.array(z.object({ text: z.string(), done: z.boolean() })),
  due: z.string().nullable(),
  holdUntil: z.string().nullable(),
  attemptCount: z.int(),
  failures: z.int(),
  leaseExpires: z.string().nullable(),
  createdBy: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  links: z.array(LinkView),
  children: z.array(z.object({ key: z.string(), title: z.string(), category: Category })),
})

/** All of a task, as `TaskView` shapes it. */
export type Task = z.output<typeof TaskView>

/** The number of a saved view within its project. */
export const ViewNumber = z.int().min(1).max(1_000_000)

/** A view of a board that is kept: the query of its address under a name. */
export const ViewView = z.object({
  project: z.string(),
  id: z.int(),
  name: z.string(),
  query: z.string(),
  shared: z.boolean(),
  mine: z.boolean(),
})

/** What other rooms may ask of this one. */
export type WorkApi = Readonly<{
  /** Finds projects by key or old key. */
  projectIds(keys: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Lists the ids of all projects of the organisation. */
  allProjectIds(): Promise<readonly string[]>
  /** Finds keys by project ids. */
  projectKeys(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Finds tasks by key, an old key of their project among them. */
  taskIds(keys: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Lists the claims that somebody holds at a moment: the newest first, a bounded number. */
  heldClaims(principalId: string, now: number): Promise<readonly HeldClaim[]>
}>

/** A task that somebody holds, and the fence under which they do. */
export type HeldClaim = Readonly<{
  taskId: string
  projectId: string
  /** The task's short key. */
  key: string
  fence: number
}>

/** A task that another room wants made. */
export type TaskWish = Readonly<{
  project: string
  title: string
  body: string
  type?: string
  labels: readonly string[]
}>

/** What other rooms may have done to tasks; bound to one organisation and one transaction. */
export type WorkTasks = Readonly<{
  /**
   * Makes a task as `save_tasks` would. Whoever asks answers for the rights: `words.may` says what
   * may be done, and the events travel with the caller's transaction.
   */
  create(wish: TaskWish, words: Words): Promise<Readonly<{ key: string }>>
  /** Comments on a task. */
  comment(key: string, text: string, words: Words): Promise<void>
}>
