import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { shorten, span } from '../../kernel/text.ts'
import { CommentView, Cursor, Limit, TaskKey, Text } from '../contract.ts'
import { TaskNoted } from '../events.ts'
import type { BoardNeeds } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

const COMMENT_MAX = 16_000

/** From which end comments are read. */
const COMMENT_ORDERS = ['oldest', 'newest'] as const

type Comment = Readonly<{ taskId: string; key: string; projectId: string; body: string }>

/** Writes a comment and the event that tells of it; gives its id. */
export const addComment = async (
  { notes, call, emit }: Pick<WorkNeeds, 'notes'> & Words,
  { taskId, key, projectId, body }: Comment,
): Promise<string> => {
  const id = call.newId()
  await notes.comment({ id, taskId, authorId: call.actor.id, body, now: call.now })
  const about = { taskId, key, projectId, version: 0, what: 'comment' } as const
  emit(TaskNoted(about, { content: { text: body } }))
  return id
}

/** Says something about a task. */
export const commentTask = operation<WorkNeeds>()({
  name: 'work.add_comment',
  about: 'Comment on a task.',
  input: z.strictObject({
    key: TaskKey,
    body: Text(COMMENT_MAX).refine((body) => body.trim() !== '', { error: 'says nothing' }),
  }),
  output: CommentView.extend({ key: z.string() }),
  access: 'comment:write',
  effect: 'write',
  http: 'POST /tasks/:key/comments',
  mcp: null, // agents comment with work_update, or with task_save
  scope: ({ key }) => [key],
  say: ({ key }) => `${key} commented`,
  async run({ key, body }, words) {
    const { reads, call } = words
    const ids = await reads.ids(key)
    const id = await addComment(words, { ...ids, body })
    const at = new Date(call.now).toISOString()
    return { key: ids.key, id, author: call.actor.handle, body, at }
  },
})

/** Lists what was said about a task, oldest first, or from the newest back. */
export const listComments = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.list_comments',
  about: 'List the comments of a task, oldest first; order newest goes back from the last one.',
  input: z.strictObject({
    key: TaskKey,
    order: z.enum(COMMENT_ORDERS).default('oldest'),
    limit: Limit,
    cursor: Cursor.optional(),
  }),
  output: z.object({
    items: z.array(CommentView),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'comment:read',
  effect: 'read',
  http: 'GET /tasks/:key/comments',
  mcp: null,
  cached: true,
  scope: ({ key }) => [key],
  say: ({ items, total, next }, { now }) => {
    const lines = items.map(({ author, at, body }) => {
      const since = span(now - Date.parse(at))
      return `@${author ?? 'unknown'} ${since} ago: ${shorten(body.replaceAll(/\s+/g, ' '), 300)}`
    })
    const more = next === null ? [] : [`${items.length} of ${total}, more: ${next}`]
    return [...lines, ...more].join('\n') || 'Nobody has commented yet.'
  },
  async run({ key, order, limit, cursor }, { reads, comments }) {
    const { taskId } = await reads.ids(key)
    const wish = { order, limit, cursor: cursor ?? null }
    const { items, total, next } = await comments.list(taskId, wish)
    return { items: [...items], total, next }
  },
})
