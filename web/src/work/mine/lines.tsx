import { Link } from '@tanstack/react-router'
import type { Card } from '../../../../src/work/contract.ts'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import { PriorityMark } from '../../ui/priority-mark.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import type { Question } from './use-mine.ts'

const LINE = 'relative flex min-h-9 items-center gap-2.5 px-4 py-1.5 hover:bg-hover'
const COVER = 'flex min-w-0 flex-1 items-baseline gap-2 rounded-control after:absolute '

type TaskLineProps = Readonly<{ task: Card; who: string | null }>

/** Shows a task in a line: its state, key, title, and who has it. */
export const TaskLine = ({ task, who }: TaskLineProps) => (
  <li className={LINE} data-mine={task.key}>
    <StateGlyph category={task.category} />
    <PriorityMark priority={task.priority} />
    <Link
      to="/t/$key"
      params={{ key: task.key }}
      data-line={task.key}
      className={`${COVER} after:inset-0`}
    >
      <span className="shrink-0 text-meta text-text-3">{task.key}</span>
      <span className="truncate" dir="auto">
        {task.title}
      </span>
    </Link>
    {task.blocked !== null && (
      <Badge hue="bad" title={task.blocked}>
        blocked
      </Badge>
    )}
    {task.openBlockers > 0 && <Badge>{`waits for ${task.openBlockers}`}</Badge>}
    {who !== null && (
      <span className="max-w-40 truncate text-list text-text-2">
        <Person handle={who} />
      </span>
    )}
    <span className="shrink-0 text-meta text-text-3 max-sm:hidden">{task.column}</span>
  </li>
)

/** Shows a question in a line: who asks what, and about which task. */
export const QuestionLine = ({ question }: Readonly<{ question: Question }>) => {
  const { key, text, task, askedBy, askedAt } = question
  const words = (
    <>
      <span className="shrink-0 text-meta text-text-3">{key}</span>
      <span className="truncate" dir="auto">
        {text}
      </span>
    </>
  )
  return (
    <li className={LINE}>
      {task === null ? (
        <Link to="/inbox" data-line={key} className={`${COVER} after:inset-0`}>
          {words}
        </Link>
      ) : (
        <Link
          to="/t/$key"
          params={{ key: task }}
          data-line={key}
          className={`${COVER} after:inset-0`}
        >
          {words}
        </Link>
      )}
      <Person handle={askedBy} />
      <span className="shrink-0 text-meta text-text-3">
        <Moment at={askedAt} />
      </span>
    </li>
  )
}
