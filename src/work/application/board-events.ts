import { z } from 'zod'
import { event } from '../../kernel/event.ts'
import { ProjectKey } from '../contract.ts'
import { QUESTION_KINDS } from '../domain/question.ts'

const id = z.uuid()

/** A question's short key: `Q-3`. */
export const QuestionKey = z
  .string()
  .regex(/^Q-[1-9][0-9]{0,8}$/, { error: 'is a question such as Q-3' })

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

const about = {
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
  z.object({ ...about, kind: z.enum(QUESTION_KINDS) }),
  { content: z.object({ text: z.string(), options: z.array(z.string()) }) },
)

/** A person answered a question. */
export const QuestionAnswered = event(
  'work.question_answered',
  'questionId',
  z.object({ ...about, answeredBy: id }),
  { content: z.object({ answer: z.string() }) },
)
