import { Hand } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Task } from '../../../../src/work/contract.ts'
import { projectOf } from '../../live/cards.ts'
import type { Detail } from '../../live/details.ts'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { PartBoundary } from '../../ui/state/part-boundary.tsx'
import type { Asked } from './asked.ts'
import { Acceptance } from './edit/acceptance.tsx'
import { Description } from './edit/description.tsx'
import { Title } from './edit/title.tsx'
import { TaskFacts } from './facts/task-facts.tsx'
import { Reasons } from './links/reasons.tsx'
import { Subtasks } from './links/subtasks.tsx'
import { Links } from './links/task-links.tsx'
import { LiveRun } from './run/live-run.tsx'
import type { Acts } from './run/use-acts.ts'
import { Comments } from './talk/comments.tsx'
import { Questions } from './talk/questions.tsx'
import { Attempts } from './task-attempts.tsx'
import { TaskContext } from './task-context.tsx'
import { History } from './task-history.tsx'
import { TaskNotes } from './task-notes.tsx'

type TaskBodyProps = Readonly<{
  task: Task
  detail: Detail
  acts: Acts
  isFull: boolean
  ask(what: Asked): void
}>

/** Shows all of a task: in one column beside the board, in two where it has the page. */
export const TaskBody = ({ task, detail, acts, isFull, ask }: TaskBodyProps) => {
  const { may } = useHall()
  const mayWrite = may('task:write', projectOf(task.key))
  const { key } = task
  const head = (
    <>
      <Title task={task} mayWrite={mayWrite} />
      <TaskNotes task={task} mayWrite={mayWrite} />
    </>
  )
  const now = (
    <>
      <Claim task={task} acts={acts} />
      <Part name="The work on it">
        <LiveRun {...{ task, acts, ask }} run={detail.run} />
      </Part>
      <Part name="The facts">
        <TaskFacts {...{ task, mayWrite, ask }} />
      </Part>
      <Part name="Why it waits">
        <Reasons task={task} reasons={detail.reasons} />
      </Part>
    </>
  )
  const texts = (
    <>
      <Part name="The questions">
        <Questions taskKey={key} questions={detail.questions} />
      </Part>
      <Part name="The description">
        <Description task={task} mayWrite={mayWrite} />
        <Acceptance task={task} mayWrite={mayWrite} />
      </Part>
      <Part name="The links">
        <Subtasks task={task} mayWrite={mayWrite} />
        <Links task={task} mayWrite={mayWrite} add={() => ask({ kind: 'links' })} />
      </Part>
    </>
  )
  const talk = (
    <Part name="The comments">
      <Comments task={task} talk={detail.comments} />
    </Part>
  )
  const attempts = (
    <Part name="The attempts">
      <Attempts attempts={detail.attempts} />
    </Part>
  )
  const past = (
    <>
      <Part name="The context">
        <TaskContext taskKey={key} />
      </Part>
      <Part name="The history">
        <History taskKey={key} events={detail.events} total={detail.eventsTotal} />
      </Part>
    </>
  )
  if (!isFull) return [head, now, texts, attempts, talk, past].map(inOrder)
  return (
    <div
      className="mx-auto grid max-w-6xl grid-cols-1 gap-x-10 lg:grid-cols-[minmax(0,1fr)_22rem]
        lg:px-4"
    >
      <div className="min-w-0">{[head, texts, talk].map(inOrder)}</div>
      <div className="min-w-0 pt-2">{[now, attempts, past].map(inOrder)}</div>
    </div>
  )
}

const inOrder = (part: ReactNode, at: number) => (
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts never change their order
  <div key={at} className="contents">
    {part}
  </div>
)

const Part = PartBoundary

const Claim = ({ task, acts }: Pick<TaskBodyProps, 'task' | 'acts'>) => {
  const { may } = useHall()
  if (!task.ready || task.holder !== null || !may('task:claim', projectOf(task.key))) return null
  return (
    <div className="mt-3 flex items-center gap-3">
      <Button look="filled" disabled={acts.isBusy} onClick={acts.claim}>
        <Hand className="size-4" /> Claim
      </Button>
      <span className="text-meta text-text-3">Nobody else can take it then.</span>
    </div>
  )
}
