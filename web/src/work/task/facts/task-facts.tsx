import { Fragment } from 'react'
import type { Task } from '../../../../../src/work/contract.ts'
import { Person } from '../../../ui/avatar.tsx'
import { Badge } from '../../../ui/badge.tsx'
import { Moment } from '../../../ui/moment.tsx'
import { PriorityMark } from '../../../ui/priority-mark.tsx'
import { StateGlyph } from '../../../ui/state-glyph.tsx'
import type { Asked, FactKind } from '../asked.ts'
import { Fact } from './fact.tsx'

type TaskFactsProps = Readonly<{
  task: Task
  mayWrite: boolean
  ask(what: Asked): void
}>

type PickKind = Extract<Asked, { kind: 'pick' }>['what']

/** Shows the facts of a task; each can be changed where it stands. */
export const TaskFacts = ({ task, mayWrite, ask }: TaskFactsProps) => {
  const pick = (what: PickKind) => (mayWrite ? () => ask({ kind: 'pick', what }) : undefined)
  const fact = (what: FactKind) => (mayWrite ? () => ask({ kind: 'fact', what }) : undefined)
  return (
    <div className="@container mt-3 text-list">
      <dl className="grid grid-cols-1 gap-x-4 gap-y-0.5 @sm:grid-cols-2">
        <Fact name="Status" said={task.column} keys="s" change={pick('status')}>
          <StateGlyph category={task.category} />
          <span className="truncate">{task.column}</span>
        </Fact>
        <Fact
          name="Priority"
          said={task.priority === 'none' ? 'No priority' : task.priority}
          keys="p"
          change={pick('priority')}
        >
          {task.priority !== 'none' && (
            <>
              <PriorityMark priority={task.priority} />
              <span className="capitalize">{task.priority}</span>
            </>
          )}
        </Fact>
        <Fact
          name="Assignee"
          said={task.assignee === null ? 'Nobody' : `@${task.assignee}`}
          keys="a"
          change={pick('assignee')}
        >
          {task.assignee !== null && <Person handle={task.assignee} />}
        </Fact>
        <Fact name="Estimate" said={pointsOf(task)} keys="t" change={pick('points')}>
          {task.points !== null && pointsOf(task)}
        </Fact>
        <Fact name="Type" said={task.type} change={fact('type')}>
          <span className="capitalize">{task.type}</span>
        </Fact>
        <Fact name="Sprint" said={sprintOf(task)} change={pick('sprint')}>
          {task.sprint !== null && sprintOf(task)}
        </Fact>
        <Fact name="Due" said={dueOf(task) ?? 'No date'} change={fact('due')}>
          {task.due !== null && <DueDay due={task.due} said={dueOf(task) ?? ''} />}
        </Fact>
        <Fact
          name="For"
          said={task.delegate === null ? 'Everybody' : `@${task.delegate}`}
          change={fact('delegate')}
        >
          {task.delegate !== null && <Person handle={task.delegate} />}
        </Fact>
        <Fact name="Branch" said={task.branch} change={fact('branch')}>
          <span className="truncate" dir="auto">
            {task.branch}
          </span>
        </Fact>
        <Fact name="Part of" said={task.parent ?? 'Nothing'} change={fact('parent')}>
          {task.parent}
        </Fact>
        <Words name="Labels" keys="l" words={task.labels} change={pick('label')} />
        <Words name="Skills" words={task.skills} change={fact('skills')} />
        <div className="flex min-w-0 items-start @sm:col-span-2">
          <dt className="flex min-h-7 w-20 shrink-0 items-center text-text-3">Created</dt>
          <dd className="flex min-h-7 min-w-0 flex-wrap items-center gap-1.5 px-1.5">
            <Moment at={task.createdAt} />
            {task.createdBy !== null && (
              <>
                by <Person handle={task.createdBy} />
              </>
            )}
          </dd>
        </div>
      </dl>
    </div>
  )
}

type WordsProps = Readonly<{
  name: string
  words: readonly string[]
  keys?: string
  change: (() => void) | undefined
}>

const Words = ({ name, words, keys, change }: WordsProps) => (
  <Fact
    {...{ name, change }}
    {...(keys !== undefined && { keys })}
    said={words.length === 0 ? 'None' : words.join(', ')}
    isWide
  >
    {words.length > 0 &&
      words.map((word) => (
        <Fragment key={word}>
          <Badge>{word}</Badge>{' '}
        </Fragment>
      ))}
  </Fact>
)

const pointsOf = ({ points }: Task): string =>
  points === null ? 'None' : `${points} ${points === 1 ? 'point' : 'points'}`

const sprintOf = ({ sprint }: Task): string => (sprint === null ? 'None' : `Sprint ${sprint}`)

const dueOf = ({ due }: Task): string | null =>
  due === null ? null : new Date(due).toLocaleDateString(undefined, { dateStyle: 'medium' })

const DueDay = ({ due, said }: Readonly<{ due: string; said: string }>) => (
  <>
    {said}
    <span className="text-text-3">
      (<Moment at={due} />)
    </span>
  </>
)
