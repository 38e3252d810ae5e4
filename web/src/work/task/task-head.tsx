import { Link } from '@tanstack/react-router'
import { ArrowLeft, Maximize2, Minimize2, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Task } from '../../../../src/work/contract.ts'
import { projectOf } from '../../live/cards.ts'
import { Menu, type MenuItem } from '../../ui/over/menu.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { moreButton } from './more-button.tsx'

type TaskHeadProps = Readonly<{
  taskKey: string
  task: Task | null
  isFull: boolean
  items: readonly MenuItem[]
}>

/** Shows which task is open, and the ways out of it. */
export const TaskHead = ({ taskKey, task, isFull, items }: TaskHeadProps) => (
  <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-4">
    <CloseLink project={projectOf(taskKey)} className="-ml-1.5 lg:hidden" label="Back to the board">
      <ArrowLeft className="size-4" />
    </CloseLink>
    {task && <StateGlyph category={task.category} />}
    <span className="text-list whitespace-nowrap text-text-2">{taskKey}</span>
    {task && <span className="min-w-0 truncate text-list text-text-3">{task.column}</span>}
    <span className="-mr-1.5 ml-auto flex items-center gap-0.5">
      {task && items.length > 0 && (
        <Menu
          label={`Actions of ${taskKey}`}
          align="end"
          items={items}
          button={moreButton(`Actions of ${taskKey}`)}
        />
      )}
      <SizeLink taskKey={taskKey} isFull={isFull} />
      <CloseLink project={projectOf(taskKey)} className="max-lg:hidden" label="Close (Esc)">
        <X className="size-4" />
      </CloseLink>
    </span>
  </header>
)

const LOOK =
  'inline-flex size-7 items-center justify-center rounded-control text-text-3 hover:bg-hover ' +
  'hover:text-text'

const beside = <T extends Readonly<{ full?: 1 }>>(search: T) => {
  const { full: _, ...rest } = search
  return rest
}

const SizeLink = ({ taskKey, isFull }: Readonly<{ taskKey: string; isFull: boolean }>) => {
  const label = isFull ? 'Beside the board' : 'Full page'
  return (
    <Link
      to="/t/$key"
      params={{ key: taskKey }}
      search={(before) => (isFull ? beside(before) : { ...before, full: 1 as const })}
      replace
      aria-label={label}
      title={label}
      className={`${LOOK} max-lg:hidden`}
    >
      {isFull ? <Minimize2 className="size-4" /> : <Maximize2 className="size-4" />}
    </Link>
  )
}

type CloseLinkProps = Readonly<{
  project: string
  label: string
  className: string
  children: ReactNode
}>

const CloseLink = ({ project, label, className, children }: CloseLinkProps) => (
  <Link
    to="/p/$project/board"
    params={{ project }}
    search={beside}
    aria-label={label}
    title={label}
    className={`${LOOK} ${className}`}
  >
    {children}
  </Link>
)
