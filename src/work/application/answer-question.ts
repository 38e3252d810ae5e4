import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { Text } from '../contract.ts'
import { TaskChanged } from '../events.ts'
import { optionMeant, questionKey, questionNumber } from '../domain/question.ts'
import { QuestionKey } from '../contract.ts'
import { QuestionAnswered } from '../events.ts'
import type { BoardNeeds, Question } from './board-ports.ts'
import { addComment } from './comment-task.ts'
import { aroundOf } from './end-claim.ts'
import type { WorkNeeds } from './ports.ts'

/** Answers a question; a task that was parked for it goes back to whoever asked. */
export const answerQuestion = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.answer_question',
  about: 'Answer a question; what was offered is chosen by its words or its number.',
  input: z.strictObject({
    key: QuestionKey,
    answer: Text(4_000).refine((text) => text.trim() !== '', { error: 'says nothing' }),
    note: Text(4_000).optional(),
  }),
  output: z.object({ question: z.string(), answer: z.string(), task: z.string().nullable() }),
  access: 'task:write',
  effect: 'write',
  http: 'POST /questions/:key/answer',
  mcp: null, // people answer; no agent does
  say: ({ question, answer, task }) => `${question} answered ${task ? `(${task})` : ''}: ${answer}`,
  async run({ key, answer: given, note }, words) {
    const { questions, call, emit } = words
    const question = await questions.lock(questionNumber(key))
    if (!question || !sees(question, words)) throw notFound(key)
    checkAnswerer(question, words)
    const answer = note ? `${meant(question, given)}: ${note}` : meant(question, given)
    const me = call.actor.id
    await questions.answer(question.id, { me, answer, now: call.now })
    const { id: questionId, projectId, taskId, taskKey, askedBy } = question
    const about = { questionId, projectId, key: taskKey ?? question.projectKey, question: key }
    emit(QuestionAnswered({ ...about, askedBy, answeredBy: me }, { content: { answer } }))
    if (taskId !== null && taskKey !== null) {
      const task = { taskId, key: taskKey, projectId }
      // Whoever works on the task later finds the answer there, the asker or not.
      await addComment(words, { ...task, body: `${key} ${question.text}\n\n${answer}` })
      if (question.parked) await unpark(words, task)
    }
    return { question: questionKey(question.number), answer, task: taskKey }
  },
})

const sees = ({ projectId }: Question, { visible }: Words): boolean =>
  visible === null || visible.includes(projectId)

/** Refuses who may not answer: no agent does, and nobody approves what they asked for. */
const checkAnswerer = (question: Question, { call, may }: Words): void => {
  const key = questionKey(question.number)
  if (question.answer !== null) {
    const message = `${key} is answered already: ${question.answer.slice(0, 200)}`
    throw refuse('conflict', 'work.question_answered', message, { key })
  }
  if (call.actor.kind === 'agent') {
    const message = `${key} is for people; agents ask with ask_human and do not answer.`
    throw refuse('forbidden', 'work.people_only', message, { key })
  }
  if (question.kind !== 'approve') return
  if (question.askedBy === call.actor.id) {
    const message = `You asked for this approval, so somebody else gives it.`
    throw refuse('forbidden', 'work.own_approval', message, { key })
  }
  if (!may('approval:decide', question.projectId)) {
    const message = `You may not approve in this project: it needs approval:decide.`
    throw refuse('forbidden', 'work.approval_not_yours', message, { needs: 'approval:decide' })
  }
}

/** Reads an answer as one of the options, where there are any to choose from. */
const meant = ({ kind, options, number }: Question, answer: string): string => {
  if (options.length === 0 || kind === 'question') return answer
  const option = optionMeant(options, answer)
  if (option !== null) return option
  const message = `${questionKey(number)} offers ${options.join(', ')}; answer with one of them.`
  throw refuse('invalid', 'work.answer_not_offered', message, { field: 'answer', allowed: options })
}

const unpark = async (
  { holds, counters, call, emit }: WorkNeeds & BoardNeeds & Words,
  task: Readonly<{ taskId: string; key: string; projectId: string }>,
) => {
  const cleared = await holds.unflag(task.taskId, call.now)
  if (cleared === null) return
  const down = await counters.held([task.taskId], cleared.holds)
  const readied = down.filter((shift) => shift.ready).length + (cleared.ready ? 1 : 0)
  const around = aroundOf(down)
  emit(
    TaskChanged({
      ...task,
      version: cleared.version,
      set: { blocked: false },
      was: { blocked: true },
      changed: ['blocked'],
      readied,
      ...(around.length > 0 && { around }),
    }),
  )
}
