import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Line, TaskKey, Text } from '../contract.ts'
import { TaskParked } from '../events.ts'
import { partsOfKey } from '../domain/key.ts'
import {
  APPROVAL_ANSWERS,
  decideWait,
  QUESTION_FLAG,
  QUESTION_KINDS,
  questionKey,
} from '../domain/question.ts'
import { WAIT_MAX_S } from '../domain/words.ts'
import { QuestionAsked } from '../events.ts'
import type { BoardNeeds, Question } from './board-ports.ts'
import { leaveClaim } from './leave-claim.ts'
import type { WorkNeeds } from './ports.ts'

const AskedView = z.object({
  question: z.string(),
  task: z.string().nullable(),
  answer: z.string().nullable(),
  /** Set once the wait was over: the task rests until the answer is there. */
  parked: z.boolean(),
})

const AskIn = z.strictObject({
  kind: z.enum(QUESTION_KINDS),
  text: Text(4_000).refine((text) => text.trim() !== '', { error: 'asks nothing' }),
  task: TaskKey.optional(),
  options: z
    .array(Line(200))
    .refine((options) => options.length >= 2 && options.length <= 10, { error: 'are 2 to 10' })
    .optional(),
  wait_s: z.int().min(0).max(WAIT_MAX_S).optional(),
})

/**
 * Asks a person. A call that waits looks again and again: it finds its question by its words, and
 * the end of its wait is kept with the question, so it never asks twice.
 */
export const askQuestion = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.ask_question',
  about: 'Ask a person. Waits up to wait_s, then parks the task; 0: go on, the answer comes later.',
  input: AskIn,
  output: AskedView,
  access: 'task:claim',
  effect: 'write',
  http: 'POST /questions',
  mcp: 'ask_human',
  scope: ({ task }) => (task ? [task] : []),
  waiting: {
    topic: (_, actor) => `question/${actor.id}`,
    seconds: ({ wait_s }) => wait_s ?? 0,
    again: ({ answer, parked }) => answer === null && !parked,
  },
  say: ({ question, task, answer, parked }, _, { wait_s = 0 }) => {
    if (answer !== null) return `${question} answered: ${answer}`
    if (parked) return `${question} open, ${task} parked; call work_next`
    return wait_s > 0
      ? `${question} open, nobody answered yet`
      : `${question} open; go on, the answer comes with work_update`
  },
  async run(input, words) {
    const { questions, call } = words
    const place = await placeOf(input.task, words)
    const asked = { ...place, kind: input.kind, text: input.text, askedBy: call.actor.id }
    const known = await questions.open(asked)
    if (known === null) return ask(input, asked, words)
    const view = { question: questionKey(known.number), task: place.taskKey }
    if (known.answer !== null) {
      await questions.told(known.id)
      return { ...view, answer: known.answer, parked: false }
    }
    const { wait_s = 0 } = input
    const next = decideWait(wait_s, known.waitsUntil, call.now)
    if (next === 'begin') await questions.wait(known.id, call.now + wait_s * 1000)
    const parked = known.parked || (next === 'park' && (await park(known, words)))
    return { ...view, answer: null, parked }
  },
})

type Place = Readonly<{
  projectId: string
  taskId: string | null
  taskKey: string | null
  key: string
}>
type Input = z.output<typeof AskIn>

const ask = async (
  { kind, text, options = [], wait_s = 0 }: Input,
  place: Place,
  { questions, call, emit }: BoardNeeds & Words,
) => {
  if (kind === 'choose' && options.length === 0) {
    const message = 'Give the options that a person may choose from.'
    throw refuse('invalid', 'work.options_missing', message, { field: 'options' })
  }
  const id = call.newId()
  const me = call.actor.id
  const offered = kind === 'approve' ? [...APPROVAL_ANSWERS] : options
  const { projectId, taskId, taskKey, key } = place
  const number = await questions.ask({
    ...{ id, projectId, taskId, kind, text, options: offered, askedBy: me, now: call.now },
    waitsUntil: wait_s > 0 ? call.now + wait_s * 1000 : null,
  })
  const question = questionKey(number)
  const about = { questionId: id, projectId, key, question, askedBy: me, kind }
  emit(QuestionAsked(about, { content: { text, options: offered } }))
  return { question, task: taskKey, answer: null, parked: false }
}

/** Finds where a question belongs: to its task, else to the one project the asker works in. */
const placeOf = async (
  task: string | undefined,
  { reads, leases, projects, call, visible }: WorkNeeds & Words,
): Promise<Place> => {
  if (task !== undefined) {
    const { taskId, projectId, key } = await reads.ids(task)
    return { taskId, projectId, taskKey: key, key }
  }
  const held = await leases.held(call.actor.id)
  const [mine, ...others] = [...new Set(held.map(({ key }) => partsOfKey(key).project))]
  const [first, ...more] =
    mine !== undefined && others.length === 0
      ? [await projects.find(mine)]
      : await projects.open(visible)
  if (first && more.length === 0) {
    return { taskId: null, projectId: first.id, taskKey: null, key: first.key }
  }
  const message = 'Name the task that you ask about; you work in more than one project.'
  throw refuse('invalid', 'work.task_missing', message, { field: 'task' })
}

/** Lets a task rest until its worker's question is answered; only the holder's task can. */
const park = async (question: Question, words: WorkNeeds & BoardNeeds & Words) => {
  const { leases, questions, call, emit } = words
  const { taskId, taskKey: key, projectId, id, number } = question
  if (taskId === null || key === null) return false
  const held = await leases.lock(key)
  if (held?.holderId !== call.actor.id) return false
  const { ended, readied, around } = await leaveClaim(words, {
    taskId,
    fence: held.fence,
    outcome: 'asked',
    failures: 'keep',
    flag: QUESTION_FLAG,
    delegate: call.actor.id,
  })
  await questions.park(id)
  const { version, from, to, category, fence } = ended
  emit(
    TaskParked({
      ...{ taskId, key, projectId, version, from, to, category, fence, readied },
      ...(around.length > 0 && { around }),
      question: questionKey(number),
    }),
  )
  return true
}
