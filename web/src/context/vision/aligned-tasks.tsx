import { Link } from '@tanstack/react-router'
import { Coming } from '../../ui/state/coming.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { useNewsRead } from '../use-news-read.ts'
import { type AlignedTask, isAligned } from '../views.ts'

type AlignedTasksProps = Readonly<{ label: string; path: string; empty: string }>

const LIMIT = 100
// What it has its objective from, where that is not the task itself.
const BY = { ancestor: 'parent', branch: 'branch', project: 'project' } as const

/** Shows tasks by what they align with. */
export const AlignedTasks = ({ label, path, empty }: AlignedTasksProps) => {
  const mark = path.includes('?') ? '&' : '?'
  const address = `${path}${mark}limit=${LIMIT}`
  const { data, trouble, again } = useNewsRead(address, isAligned, 'objectives')
  if (data === null) return <Coming what="the tasks" trouble={trouble} again={again} lines={2} />
  if (data.items.length === 0) return <p className="text-list text-text-2">{empty}</p>
  return (
    <>
      <ul aria-label={label} className="grid grid-cols-[minmax(0,1fr)]">
        {data.items.map((task) => (
          <TaskLine key={task.key} task={task} />
        ))}
      </ul>
      {data.total > data.items.length && (
        <p className="mt-1 text-meta text-text-3">{`${data.total - data.items.length} more`}</p>
      )}
    </>
  )
}

const TaskLine = ({ task }: Readonly<{ task: AlignedTask }>) => (
  <li>
    <Link
      to="/t/$key"
      params={{ key: task.key }}
      className="flex min-h-8 items-center gap-2 rounded-control px-1.5 text-list hover:bg-hover"
    >
      <StateGlyph category={categoryOf(task)} />
      <span className="w-14 shrink-0 text-text-3">{task.key}</span>
      <span dir="auto" className="min-w-0 flex-1 truncate">
        {task.title}
      </span>
      {task.by !== null && task.by !== 'task' && (
        <span className="shrink-0 text-meta text-text-3" title={`Aligned by its ${BY[task.by]}`}>
          {BY[task.by]}
        </span>
      )}
      {task.state === 'open' && (
        <span className="w-9 shrink-0 text-right text-meta text-text-2">{task.progress}%</span>
      )}
    </Link>
  </li>
)

const categoryOf = ({ state, progress }: AlignedTask) => {
  if (state !== 'open') return state
  return progress > 0 ? 'started' : 'unstarted'
}
