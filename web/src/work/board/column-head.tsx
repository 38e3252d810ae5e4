import { OctagonAlert, Plus } from 'lucide-react'
import { useHall } from '../../live/use-hall.ts'
import type { Hall, Project } from '../../live/hall.ts'
import { IconButton } from '../../ui/button.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { useBoard } from './board-context.ts'
import { useCell } from './cell.ts'
import type { ColumnShape } from './shape.ts'

type ColumnView = Project['columns'][number]

type ColumnHeadProps = Readonly<{ column: ColumnView; shape: ColumnShape }>

/** Shows the name of a column, how full it is, and what its limit does. */
export const ColumnHead = ({ column, shape }: ColumnHeadProps) => {
  const { project, openCreate } = useBoard()
  const hall = useHall()
  const standing = standingOf(column, shape.total, agentsIn(project) === column.name)
  const stop = standing ?? projectStop(hall, project, column)
  return (
    <div>
      <header className="flex h-10 items-center gap-2 pr-1.5 pl-3">
        <StateGlyph category={column.category} />
        <h2 className="truncate text-list font-medium">{column.name}</h2>
        <Count column={column} shape={shape} isFull={stop !== null} />
        {hall.may('task:write', project.key) && (
          <IconButton
            label={`New task in ${column.name}`}
            className="ml-auto"
            onClick={() => openCreate(column.name)}
          >
            <Plus className="size-4" />
          </IconButton>
        )}
      </header>
      {stop !== null && (
        <p className="flex items-center gap-1.5 px-3 pb-1.5 text-meta text-wait">
          <OctagonAlert className="size-3.5 shrink-0" aria-hidden="true" />
          {stop}
        </p>
      )}
      <RefusedHere column={column.name} />
    </div>
  )
}

const Count = ({ column, shape, isFull }: ColumnHeadProps & Readonly<{ isFull: boolean }>) => {
  const { count, total } = shape
  const shown = count === total ? `${total}` : `${count} of ${total}`
  return (
    <span
      className={`text-meta whitespace-nowrap ${isFull ? 'font-medium text-wait' : 'text-text-3'}`}
    >
      {column.limit === null ? shown : `${shown} / ${column.limit}`}
    </span>
  )
}

// Agents take work into the first column of running work.
const agentsIn = ({ columns }: Project): string | undefined =>
  columns.find(({ category, role }) => category === 'started' && role === null)?.name

const standingOf = (
  { limit, hard }: ColumnView,
  total: number,
  isForAgents: boolean,
): string | null => {
  if (limit === null || total < limit) return null
  if (hard) return isForAgents ? 'Full: agents stop here' : 'Full: nothing more comes in'
  return total > limit ? 'Over its limit' : 'At its limit'
}

// The limit of the project counts what runs in all of its columns.
const projectStop = ({ store }: Hall, project: Project, { name }: ColumnView): string | null => {
  const { key, columns, wipLimit } = project
  if (wipLimit === null || name !== agentsIn(project)) return null
  const running = columns
    .filter(({ category }) => category === 'started')
    .reduce((sum, column) => sum + store.cards.column(key, column.name).length, 0)
  if (running < wipLimit) return null
  return `${running} of ${wipLimit} in work: agents stop here`
}

// A refusal stands where it was given, until something else is done.
const RefusedHere = ({ column }: Readonly<{ column: string }>) => {
  const { refusal } = useBoard()
  const text = useCell(refusal, (now) => (now?.column === column ? now.text : null))
  return (
    <p
      role="alert"
      className="mx-2 mb-2 rounded-card bg-bad-soft px-2.5 py-1.5 text-list text-bad empty:hidden"
    >
      {text}
    </p>
  )
}
