import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Card } from '../../../../src/work/contract.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { PriorityMark } from '../../ui/priority-mark.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { pointsOf } from '../words.ts'

/** A task as a line of a sprint shows it. */
export type LineTask = Readonly<
  Pick<Card, 'key' | 'title' | 'category' | 'points'> &
    Partial<Pick<Card, 'priority' | 'blocked' | 'holder' | 'assignee'>> & {
      /** A word about it: `added`. */
      note?: string
    }
>

type TaskLinesProps = Readonly<{
  title: string
  tasks: readonly LineTask[]
  /** Stands at the end of a line. */
  action?: ((task: LineTask) => ReactNode) | undefined
}>

const SHOWN_MAX = 500

/** Shows tasks of a sprint that belong together, and what they add up to. */
export const TaskLines = ({ title, tasks, action }: TaskLinesProps) => {
  if (tasks.length === 0) return null
  const points = pointsOf(tasks)
  return (
    <section aria-label={`${title}, ${tasks.length}`} className="mt-4">
      <h2 className="flex items-baseline gap-2 px-1 text-list font-semibold">
        {title}
        <span className="text-meta font-normal text-text-3">
          {tasks.length}
          {points > 0 && `, ${points}p`}
        </span>
      </h2>
      <ul
        aria-label={title}
        className="mt-1.5 divide-y divide-line rounded-card border border-line bg-surface"
      >
        {tasks.slice(0, SHOWN_MAX).map((task) => (
          <TaskLine key={task.key} task={task} action={action} />
        ))}
      </ul>
      {tasks.length > SHOWN_MAX && (
        <p className="mt-1.5 px-1 text-meta text-text-3">
          The first {SHOWN_MAX} of {tasks.length}; the board shows all of them.
        </p>
      )}
    </section>
  )
}

type TaskLineProps = Readonly<{ task: LineTask; action: TaskLinesProps['action'] }>

const TaskLine = ({ task, action }: TaskLineProps) => {
  const { key, title, category, points, priority, blocked = null, note } = task
  const who = task.holder ?? task.assignee ?? null
  return (
    <li className="flex items-center pr-1" data-task={key}>
      <Link
        to="/t/$key"
        params={{ key }}
        data-line="true"
        className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-control px-2.5 text-list
          -outline-offset-2 hover:bg-hover"
      >
        <StateGlyph category={category} />
        <span className="shrink-0 text-meta text-text-3">{key}</span>
        <span className="min-w-0 truncate" dir="auto" title={title}>
          {title}
        </span>
        {blocked !== null && (
          <Badge hue="bad" title={blocked}>
            <span>Blocked</span>
          </Badge>
        )}
        {note !== undefined && <Badge hue="accent">{note}</Badge>}
        <span className="ml-auto flex shrink-0 items-center gap-2 pl-2 text-meta text-text-2">
          {priority !== undefined && <PriorityMark priority={priority} />}
          {points !== null && <span title={`${points} points`}>{points}p</span>}
          {who !== null && <Avatar handle={who} />}
          {who !== null && <span className="sr-only">for @{who}</span>}
        </span>
      </Link>
      {action?.(task)}
    </li>
  )
}
