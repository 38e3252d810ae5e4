import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { shorten, span } from '../../kernel/text.ts'
import { Cursor, Limit, TaskKey } from '../contract.ts'
import { QUESTION_KINDS, questionKey } from '../domain/question.ts'
import type { BoardNeeds, Question } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

const QuestionView = z.object({
  key: z.string(),
  kind: z.enum(QUESTION_KINDS),
  project: z.string(),
  task: z.string().nullable(),
  text: z.string(),
  options: z.array(z.string()),
  askedBy: z.string(),
  askedAt: z.string(),
  parked: z.boolean(),
  answer: z.string().nullable(),
  answeredBy: z.string().nullable(),
  answeredAt: z.string().nullable(),
})

/** Lists what people were asked, newest first. */
export const listQuestions = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.list_questions',
  about: 'List the questions that people were asked, newest first.',
  input: z.strictObject({
    open: z.boolean().optional(),
    task: TaskKey.optional(),
    limit: Limit,
    cursor: Cursor.optional(),
  }),
  output: z.object({
    items: z.array(QuestionView),
    total: z.int(),
    next: z.string().nullable(),
  }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /questions',
  mcp: null,
  cached: true,
  scope: ({ task }) => (task ? [task] : []),
  say: ({ items, total, next }, { now }) => {
    const more = next === null ? [] : [`${items.length} of ${total}, more: ${next}`]
    return (
      [...items.map((item) => line(item, now)), ...more].join('\n') || 'There are no questions.'
    )
  },
  async run({ open, task, limit, cursor }, { questions, reads, people, visible }) {
    const taskId = task === undefined ? null : (await reads.ids(task)).taskId
    const wish = { visible, open: open ?? null, taskId, limit, cursor: cursor ?? null }
    const { items, total, next } = await questions.list(wish)
    const ids = items.flatMap(({ askedBy, answeredBy }) => [askedBy, answeredBy ?? askedBy])
    const handles = await people.handles([...new Set(ids)])
    return { items: items.map((item) => viewOf(item, handles)), total, next }
  },
})

const viewOf = (question: Question, handles: ReadonlyMap<string, string>) => {
  const { kind, text, parked, answer, answeredBy, answeredAt } = question
  return {
    key: questionKey(question.number),
    ...{ kind, text, parked, answer },
    project: question.projectKey,
    task: question.taskKey,
    options: [...question.options],
    askedBy: handles.get(question.askedBy) ?? 'unknown',
    askedAt: new Date(question.askedAt).toISOString(),
    answeredBy: answeredBy === null ? null : (handles.get(answeredBy) ?? 'unknown'),
    answeredAt: answeredAt === null ? null : new Date(answeredAt).toISOString(),
  }
}

const line = (item: z.output<typeof QuestionView>, now: number): string => {
  const since = span(now - Date.parse(item.askedAt))
  const state = item.answer === null ? 'open' : `answered ${shorten(item.answer, 60)}`
  const about = item.task ?? item.project
  const text = shorten(item.text.replaceAll(/\s+/g, ' '), 120)
  return `${item.key} ${item.kind} ${about} @${item.askedBy} ${since}: ${text} (${state})`
}
