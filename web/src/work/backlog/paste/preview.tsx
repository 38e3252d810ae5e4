import { Square, SquareCheck } from 'lucide-react'
import { Person } from '../../../ui/avatar.tsx'
import { Badge } from '../../../ui/badge.tsx'
import { PriorityMark } from '../../../ui/priority-mark.tsx'
import type { Pasted, PastedTask } from './read-pasted.ts'
import { PASTED_MAX } from './read-pasted.ts'

const INDENT_PX = 18

/** Shows what a pasted list would become, before anything is made. */
export const Preview = ({ pasted: { tasks, leftOut } }: Readonly<{ pasted: Pasted }>) => {
  if (tasks.length === 0) return null
  return (
    <section aria-label="Preview">
      <ul
        className="max-h-64 divide-y divide-line overflow-y-auto rounded-card border border-line
          bg-surface"
      >
        {tasks.map((task, at) => (
          // Lines have no identity of their own: their place is what they are.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <PreviewLine key={at} task={task} />
        ))}
      </ul>
      {leftOut > 0 && (
        <p role="status" className="mt-1.5 text-meta text-wait">
          {PASTED_MAX} tasks are made at once; {leftOut} more lines are left out.
        </p>
      )}
    </section>
  )
}

const PreviewLine = ({ task }: Readonly<{ task: PastedTask }>) => {
  const { title, depth, isDone, priority, labels, points, assignee } = task
  const Box = isDone ? SquareCheck : Square
  return (
    <li
      className="flex min-h-8 items-center gap-2 px-2 text-list"
      style={{ paddingLeft: 8 + depth * INDENT_PX }}
    >
      <Box
        className={`size-3.5 shrink-0 ${isDone ? 'text-ok' : 'text-text-3'}`}
        aria-label={isDone ? 'Done:' : 'Open:'}
      />
      <span className="min-w-0 flex-1 truncate" dir="auto">
        {title}
      </span>
      {priority !== null && <PriorityMark priority={priority} />}
      {labels.map((label) => (
        <Badge key={label}>{label}</Badge>
      ))}
      {points !== null && <span className="text-meta text-text-2">{points}p</span>}
      {assignee !== null && (
        <span className="text-meta">
          <Person handle={assignee} />
        </span>
      )}
    </li>
  )
}
