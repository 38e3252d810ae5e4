// What happens in this room. Fields of a shape are public and stay in the ledger for ever; what is
// content stands in `parts` and can be erased.
import { z } from 'zod'
import { event } from '../kernel/event.ts'
import { Category, ProjectKey, QuestionKey, TaskKey } from './contract.ts'
import { QUESTION_KINDS } from './domain/question.ts'
import { END_OUTCOMES } from './domain/words.ts'

const id = z.uuid()
const moved = z.object({ from: z.string(), to: z.string(), category: Category })

/** Changes of counters of other tasks, as differences: they may be applied in any order. */
export const Around = z.array(
  z.object({
    id,
    key: z.string(),
    blockers: z.int().optional(),
    above: z.int().optional(),
    children: z.int().optional(),
  }),
)

const about = { taskId: id, key: TaskKey, projectId: id, version: z.int() }
const after = { around: Around.optional(), readied: z.int().optional() }
const fields = z.record(z.string(), z.unknown())

/** A task was made; `card` is what a board shows of it. */
export const TaskCreated = event(
  'work.task_created',
  'taskId',
  z.object({ ...about, ...after, card: fields }),
  { content: z.object({ title: z.string(), body: z.string() }) },
)

/** Fields of a task changed: `set` is what they are, `was` what they were. */
export const TaskChanged = event(
  'work.task_changed',
  'taskId',
  z.object({ ...about, ...after, set: fields, was: fields, changed: z.array(z.string()) }),
  {
    content: z.object({
      title: z.string().optional(),
      body: z.string().optional(),
      reason: z.string().optional(),
    }),
  },
)

/** A task changed its column; `set` holds fields of its card that changed along. */
export const TaskMoved = event(
  'work.task_moved',
  'taskId',
  z.object({
    ...about,
    ...after,
    ...moved.shape,
    rank: z.string().optional(),
    set: fields.optional(),
  }),
)

/** Somebody took a task; the lease is the key and this fence. */
export const TaskClaimed = event(
  'work.task_claimed',
  'taskId',
  z.object({
    ...about,
    ...moved.shape,
    holder: id,
    fence: z.int(),
    attempt: z.int(),
    leaseS: z.int().nullable(),
  }),
)

/** Something was said about a task, or its progress told. */
export const TaskNoted = event(
  'work.task_noted',
  'taskId',
  z.object({
    ...about,
    what: z.enum(['note', 'progress', 'comment', 'status', 'stop']),
    progress: z.int().optional(),
  }),
  { content: z.object({ text: z.string() }) },
)

/** A claim ended; `frees` names tasks that are ready because of it. */
export const TaskEnded = event(
  'work.task_ended',
  'taskId',
  z.object({
    ...about,
    ...after,
    ...moved.shape,
    outcome: z.enum(END_OUTCOMES),
    holder: id.nullable(),
    attempt: z.int().nullable(),
    fence: z.int(),
    frees: z.array(z.string()),
    failures: z.int(),
    holdUntil: z.int().nullable(),
    blocked: z.boolean(),
    delegate: id.nullable(),
  }),
  {
    content: z.object({
      summary: z.string().optional(),
      evidence: z.string().optional(),
      reason: z.string().optional(),
      learned: z.array(z.string()).optional(),
    }),
  },
)

/** A person took a task from its holder. */
export const TaskTakenOver = event(
  'work.task_taken_over',
  'taskId',
  z.object({
    ...about,
    ...moved.shape,
    holder: id,
    assignee: id,
    before: id.nullable(),
    fence: z.int(),
    attempt: z.int(),
  }),
)

/** A person gave a task back to the queue or to one agent. */
export const TaskHandedBack = event(
  'work.task_handed_back',
  'taskId',
  z.object({ ...about, ...after, ...moved.shape, delegate: id.nullable(), fence: z.int() }),
  { content: z.object({ note: z.string() }) },
)

/** A task waits for the answer to a question of its holder. */
export const TaskParked = event(
  'work.task_parked',
  'taskId',
  z.object({ ...about, ...after, ...moved.shape, question: z.string(), fence: z.int() }),
)

/** A task came from elsewhere, with its own times. */
export const TaskImported = event(
  'work.task_imported',
  'taskId',
  z.object({ ...about, ...after, card: fields, source: z.string(), times: fields }),
  { content: z.object({ title: z.string(), body: z.string() }) },
)

/** A project was made, changed, archived, or got other columns or branches. */
export const ProjectChanged = event(
  'work.project_changed',
  'projectId',
  z.object({
    projectId: id,
    key: ProjectKey,
    version: z.int(),
    what: z.enum(['created', 'changed', 'archived', 'restored', 'columns', 'branches']),
  }),
  { content: z.object({ name: z.string() }) },
)

/** All agents of the organisation are stopped: they get no work. */
export const AgentsStopped = event(
  'work.agents_stopped',
  'orgId',
  z.object({ orgId: id, running: z.int() }),
  { content: z.object({ reason: z.string() }) },
)

/** Agents may work again. */
export const AgentsResumed = event('work.agents_resumed', 'orgId', z.object({ orgId: id }))

/** A task that an import brought is gone again, with its comments and edges. */
export const TaskRemoved = event('work.task_removed', 'taskId', z.object({ ...about, ...after }))

/** A sprint was planned, changed, started or closed. */
export const SprintChanged = event(
  'work.sprint_changed',
  'sprintId',
  z.object({
    sprintId: id,
    projectId: id,
    /** The project's key. */
    key: ProjectKey,
    number: z.int(),
    version: z.int(),
    what: z.enum(['planned', 'changed', 'started', 'closed']),
    /** Tasks that were still open when it closed, and left it. */
    left: z.int().optional(),
  }),
  { content: z.object({ goal: z.string() }) },
)

/** Somebody kept a view of a board, changed it, or deleted it. */
export const ViewChanged = event(
  'work.view_changed',
  'viewId',
  z.object({
    viewId: id,
    projectId: id,
    /** The project's key. */
    key: ProjectKey,
    number: z.int(),
    version: z.int(),
    shared: z.boolean(),
    what: z.enum(['saved', 'removed']),
  }),
  { content: z.object({ name: z.string() }) },
)

const asked = {
  questionId: id,
  projectId: id,
  /** The task it is about, else the project. */
  key: z.string(),
  question: QuestionKey,
  askedBy: id,
}

/** Somebody asked a person something. */
export const QuestionAsked = event(
  'work.question_asked',
  'questionId',
  z.object({ ...asked, kind: z.enum(QUESTION_KINDS) }),
  { content: z.object({ text: z.string(), options: z.array(z.string()) }) },
)

/** A person answered a question. */
export const QuestionAnswered = event(
  'work.question_answered',
  'questionId',
  z.object({ ...asked, answeredBy: id }),
  { content: z.object({ answer: z.string() }) },
)
