import { type KeyboardEvent, useState } from 'react'
import { projectOf } from '../../../live/cards.ts'
import { anything } from '../../../live/api.ts'
import type { Question } from '../../../live/details.ts'
import { useHall } from '../../../live/use-hall.ts'
import { Person } from '../../../ui/avatar.tsx'
import { Button } from '../../../ui/button.tsx'
import { useDeed } from '../../../ui/form/deed.ts'
import { Moment } from '../../../ui/moment.tsx'
import { RichText } from '../../../ui/rich-text.tsx'
import { useDraft } from '../edit/drafts.ts'
import { Section } from '../task-section.tsx'

type QuestionsProps = Readonly<{ taskKey: string; questions: readonly Question[] }>

/** Shows what people were asked about a task, and takes the answers. */
export const Questions = ({ taskKey, questions }: QuestionsProps) => {
  const hall = useHall()
  if (questions.length === 0) return null
  const mayAnswer = hall.may('task:write', projectOf(taskKey))
  return (
    <Section title="Waits for an answer" count={questions.length}>
      <ul className="grid grid-cols-1 gap-3">
        {questions.map((question) => (
          <Asked key={question.key} {...{ taskKey, question, mayAnswer }} />
        ))}
      </ul>
    </Section>
  )
}

type AskedProps = Readonly<{
  /** The task that it is about, where it is about one. */
  taskKey: string | null
  question: Question
  mayAnswer: boolean
}>

const Asked = (props: AskedProps) => (
  <li
    className="rounded-card border border-line bg-wait-soft p-3"
    data-question={props.question.key}
  >
    <QuestionText {...props} />
  </li>
)

/** Shows a question and takes its answer. */
export const QuestionText = ({ taskKey, question, mayAnswer }: AskedProps) => (
  <>
    <div className="mb-1.5 flex flex-wrap items-center gap-x-2 text-list">
      <span className="text-text-2">{question.key}</span>
      <span className="min-w-0 font-medium">
        <Person handle={question.askedBy} />
      </span>
      <span className="text-meta text-text-2">
        asked <Moment at={question.askedAt} />
      </span>
      {question.parked && (
        <span className="text-meta text-text-2">The task rests until it is answered.</span>
      )}
    </div>
    <RichText text={question.text} />
    {mayAnswer && <Answer taskKey={taskKey} question={question} />}
  </>
)

const ANSWER_CHARS_MAX = 4000

const Answer = ({ taskKey, question }: Omit<AskedProps, 'mayAnswer'>) => {
  const hall = useHall()
  const deed = useDeed()
  const [said, setSaid] = useState<string | null>(null)
  const draft = useDraft(`${question.key} answer`)
  const { options, kind, key } = question
  const isFree = options.length === 0 || kind === 'question'
  const send = (answer: string): void => {
    if (answer.trim() === '') return
    setSaid(answer)
    deed.run(async () => {
      await hall.api.write(`/questions/${key}/answer`, { answer }, anything)
      draft.drop()
      hall.notices.show(
        'ok',
        `${key} is answered. @${question.askedBy} hears it with the next reply.`,
      )
      await Promise.all([hall.inbox.read(), taskKey !== null && hall.details.confirm(taskKey)])
    })
  }
  const text = draft.text ?? ''
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) send(text)
  }
  return (
    <div className="mt-2 grid gap-2">
      {options.length > 0 && (
        <div data-by="a" className="flex flex-wrap gap-2">
          {options.map((option) => (
            <Button key={option} disabled={deed.isBusy} onClick={() => send(option)}>
              <span className="max-w-64 truncate" dir="auto">
                {option}
              </span>
            </Button>
          ))}
        </div>
      )}
      {isFree && (
        <div className="flex items-end gap-2">
          <textarea
            aria-label={`Answer to ${key}`}
            data-by="a"
            rows={2}
            dir="auto"
            value={text}
            maxLength={ANSWER_CHARS_MAX}
            onChange={({ target }) => draft.write(target.value)}
            onKeyDown={onKeyDown}
            className="block min-h-14 min-w-0 flex-1 resize-y rounded-control border border-edge
              bg-surface px-2.5 py-1.5"
          />
          <Button disabled={deed.isBusy || text.trim() === ''} onClick={() => send(text)}>
            Answer
          </Button>
        </div>
      )}
      {deed.trouble !== null && (
        <p role="alert" className="text-list text-bad">
          {deed.trouble.said}
          {said !== null && <span className="sr-only"> It was: {said}</span>}
        </p>
      )}
    </div>
  )
}
