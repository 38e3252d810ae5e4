import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Task } from '../../../../src/work/contract.ts'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import { PriorityMark } from '../../ui/priority-mark.tsx'

/** Shows the facts of a task; what is empty is left out. */
export const TaskFacts = ({ task }: Readonly<{ task: Task }>) => (
  <dl
    className="mt-4 grid grid-cols-[6.5rem_1fr] items-center gap-x-3 gap-y-1.5 text-list
      [&_dd]:flex [&_dd]:min-w-0 [&_dd]:flex-wrap [&_dd]:items-center [&_dd]:gap-1.5
      [&_dt]:text-text-3"
  >
    <Fact name="Held by">
      {task.holder && (
        <>
          <Person handle={task.holder} />
          {task.progress > 0 && <span className="text-text-3">{task.progress}%</span>}
          {task.leaseExpires && (
            <span className="text-text-3">
              lease <Moment at={task.leaseExpires} />
            </span>
          )}
        </>
      )}
    </Fact>
    <Fact name="Assignee">{task.assignee && <Person handle={task.assignee} />}</Fact>
    <Fact name="For">{task.delegate && <Person handle={task.delegate} />}</Fact>
    <Fact name="Priority">
      {task.priority !== 'none' && (
        <>
          <PriorityMark priority={task.priority} />
          <span className="capitalize">{task.priority}</span>
        </>
      )}
    </Fact>
    <Fact name="Type">
      <span className="capitalize">{task.type}</span>
      {task.points !== null && (
        <span className="text-text-3">
          {task.points} {task.points === 1 ? 'point' : 'points'}
        </span>
      )}
    </Fact>
    <Fact name="Labels">
      {task.labels.length > 0 && task.labels.map((label) => <Badge key={label}>{label}</Badge>)}
    </Fact>
    <Fact name="Skills">
      {task.skills.length > 0 && task.skills.map((skill) => <Badge key={skill}>{skill}</Badge>)}
    </Fact>
    <Fact name="Part of">
      {task.parent && (
        <Link to="/t/$key" params={{ key: task.parent }} className="text-accent hover:underline">
          {task.parent}
        </Link>
      )}
    </Fact>
    <Fact name="Branch">{task.branch !== 'main' && task.branch}</Fact>
    <Fact name="Sprint">{task.sprint}</Fact>
    <Fact name="Due">{task.due && <Moment at={task.due} />}</Fact>
    <Fact name="Created">
      <Moment at={task.createdAt} />
      {task.createdBy && <span className="text-text-3">by @{task.createdBy}</span>}
    </Fact>
  </dl>
)

const Fact = ({ name, children }: Readonly<{ name: string; children: ReactNode }>) => {
  if (children === null || children === false || children === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
