import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { span } from '../../kernel/text.ts'
import { CommentView, TaskKey, TaskView } from '../contract.ts'
import { isClosed } from '../domain/words.ts'
import { ReasonView, readinessOf } from './get-readiness.ts'
import type { SaveWords } from './load-items.ts'
import type { WorkNeeds } from './ports.ts'
import type { SaveNeeds } from './save-ports.ts'
import { sayTask } from './say-task.ts'

/** Tasks that one call reads at most. */
const IDS_MAX = 20
/** Comments, or lines of the log, of one task. */
const LINES_MAX = 20
/** Characters of an answer: about 7,500 tokens of ordinary text. */
const ANSWER_MAX = 28_000

const INCLUDES = ['subtasks', 'deps', 'why', 'context', 'comments', 'log', 'vision'] as const

const Whole = z.object({
  task: TaskView,
  why: z.array(ReasonView).optional(),
  context: z.string().optional(),
  comments: z.array(CommentView).optional(),
  log: z
    .array(z.object({ at: z.string(), by: z.string().nullable(), what: z.string() }))
    .optional(),
  vision: z.array(z.string()).optional(),
})

/** Reads up to 20 tasks, each with what is asked for. */
export const getTasks = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.read_tasks',
  about: 'Read tasks by id. why explains what keeps a task from being claimed.',
  input: z.strictObject({
    ids: z.array(TaskKey).min(1).max(IDS_MAX),
    include: z.array(z.enum(INCLUDES)).optional(),
    detail: z.enum(['concise', 'full']).optional(),
  }),
  output: z.object({ tasks: z.array(Whole) }),
  access: 'task:read',
  effect: 'read',
  http: 'POST /tasks/read',
  mcp: 'task_get',
  // What keeps a task from being claimed, and what is due soon, changes with the clock alone.
  cached: ({ include }) => !include?.some((one) => one === 'why' || one === 'vision'),
  scope: ({ ids }) => ids,
  say: ({ tasks }, { now }, { include, detail }) => {
    const full = detail === 'full' || (detail === undefined && tasks.length === 1)
    const texts = tasks.map((whole) => sayWhole(whole, now, { full, include: include ?? [] }))
    return fitting(texts)
  },
  async run({ ids, include }, words) {
    const wanted = new Set(include ?? [])
    const tasks = [...new Set(ids)].map((key) => wholeOf(words, key, wanted))
    return { tasks: await Promise.all(tasks) }
  },
})

type Include = (typeof INCLUDES)[number]

const wholeOf = async (
  words: SaveWords,
  key: string,
  include: ReadonlySet<Include>,
): Promise<z.output<typeof Whole>> => {
  const { reads, details, contexts, call } = words
  const task = await reads.task(key)
  const [why, context, comments, log] = await Promise.all([
    include.has('why') ? readinessOf(words, key) : undefined,
    include.has('context') ? contextOf(words, key) : undefined,
    include.has('comments') ? details.comments(task.id, LINES_MAX) : undefined,
    include.has('log') ? details.log(task.id, LINES_MAX) : undefined,
  ])
  const open = task.children.filter(({ category }) => !isClosed(category)).length
  const hints = include.has('vision')
    ? contexts.hints(
        {
          key,
          now: call.now,
          due: task.due === null ? null : Date.parse(task.due),
          failures: task.failures,
          subtasks: { total: task.children.length, open },
        },
        [],
      )
    : undefined
  return {
    task,
    ...(why && { why: why.reasons.map((one) => ({ ...one, keys: [...one.keys] })) }),
    ...(context !== undefined && { context }),
    ...(comments && { comments: [...comments] }),
    ...(log && { log: [...log] }),
    ...(hints && { vision: [...hints.lines] }),
  }
}

const contextOf = async ({ reads, contexts }: SaveWords, key: string): Promise<string> => {
  const { taskId, projectId, branchId } = await reads.ids(key)
  const chain = await reads.ancestors(taskId)
  return contexts.brief({ projectId, branchId, taskIds: chain.map(({ id }) => id) }, null)
}

type Telling = Readonly<{ full: boolean; include: readonly Include[] }>

const sayWhole = (
  whole: z.output<typeof Whole>,
  now: number,
  { full, include }: Telling,
): string => {
  const ago = (at: string) => `${span(now - Date.parse(at))} ago`
  const { task, why, context, comments, log, vision } = whole
  const wants = (name: Include) => full || include.includes(name)
  return [
    sayTask(task, { full, subtasks: wants('subtasks'), links: wants('deps') }),
    why &&
      (why.length === 0 ? 'ready: yes' : why.map(({ text }) => `not ready: ${text}`).join('\n')),
    context,
    comments
      ?.map(({ author, at, body }) => `@${author ?? 'unknown'} ${ago(at)}: ${body}`)
      .join('\n'),
    log?.map(({ by, at, what }) => `${ago(at)} @${by ?? 'guildhall'} ${what}`).join('\n'),
    vision?.map((line) => `! ${line}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n')
}

/** Joins texts as long as they fit; tells how many were left out. */
const fitting = (texts: readonly string[]): string => {
  const kept: string[] = []
  let left = ANSWER_MAX
  for (const text of texts) {
    if (kept.length > 0 && text.length > left) break
    kept.push(text.slice(0, left))
    left -= text.length
  }
  const more = texts.length - kept.length
  return [
    ...kept,
    ...(more > 0 ? [`${more} more, narrow with fewer ids or detail concise`] : []),
  ].join('\n\n')
}
