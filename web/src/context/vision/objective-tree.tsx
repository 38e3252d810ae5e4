import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import type { Objective } from '../views.ts'
import { ProgressBar } from './progress-bar.tsx'
import { type TreeRow, treeStep } from './tree.ts'

type TreeProps = Readonly<{
  rows: readonly TreeRow[]
  /** The line that the Tab key leads to. */
  here: string | null
  opened: string | undefined
  /** A line that is to get the focus, once it is there. */
  wish: FocusWish
  goTo(id: string): void
  open(id: string): void
  fold(id: string, isClosed: boolean): void
}>

/** A line that is to get the focus; each wish is granted once. */
export type FocusWish = Readonly<{ id: string }> | null

const HEADS = ['Objective', 'Progress', 'Metric', 'Due', 'Owner', 'Aligned'] as const
const HEAD = 'h-8 border-b border-line px-3 text-left font-medium text-text-2 whitespace-nowrap'

/** Finds the line of an objective and sets the focus on it. */
const focusOnObjective = (id: string): void => {
  const line = document.querySelector(`[data-objective="${CSS.escape(id)}"]`)
  if (line instanceof HTMLElement) line.focus()
}

/** Shows objectives as a tree; the arrow keys walk over it, open it and close it. */
export const ObjectiveTree = ({ rows, here, opened, wish, goTo, open, fold }: TreeProps) => {
  // What is open beside it tells the rest.
  const isNarrow = rows.some(({ objective }) => objective.id === opened)
  const heads = isNarrow ? HEADS.slice(0, 2) : HEADS
  useFocusWish(rows, wish)
  const first = rows.some(({ objective }) => objective.id === here)
    ? here
    : (rows[0]?.objective.id ?? null)
  const onKey = (event: KeyboardEvent<HTMLElement>, id: string): void => {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter') return open(id)
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const step = treeStep(rows, id, event.key)
    if (step === null) return
    event.preventDefault()
    if (step.kind === 'go') focusOnObjective(step.id)
    else fold(step.id, step.kind === 'close')
  }
  return (
    <table
      role="treegrid"
      aria-label="Objectives"
      className="w-full border-separate border-spacing-0 text-list"
    >
      <thead>
        <tr>
          {heads.map((name, index) => (
            <th key={name} scope="col" className={`${HEAD} ${index > 1 ? 'max-lg:hidden' : ''}`}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.objective.id}
            aria-level={row.level}
            aria-posinset={row.place}
            aria-setsize={row.siblings}
            aria-expanded={row.hasBelow ? row.isOpen : undefined}
            aria-selected={row.objective.id === opened}
            data-objective={row.objective.id}
            tabIndex={row.objective.id === first ? 0 : -1}
            onFocus={() => goTo(row.objective.id)}
            onKeyDown={(event) => onKey(event, row.objective.id)}
            onClick={() => open(row.objective.id)}
            className={`h-9 cursor-pointer -outline-offset-2 [&>*]:border-b [&>*]:border-line ${
              row.objective.id === opened ? 'bg-accent-soft' : 'hover:bg-hover'
            }`}
          >
            <TitleCell row={row} fold={fold} />
            <td role="gridcell" className="px-3 whitespace-nowrap">
              <ProgressBar
                label={`Progress of ${row.objective.id}`}
                percent={row.objective.progress}
              />
            </td>
            {!isNarrow && <FactCells objective={row.objective} />}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const useFocusWish = (rows: readonly TreeRow[], wish: FocusWish): void => {
  const granted = useRef<FocusWish>(null)
  useEffect(() => {
    const isThere = rows.some(({ objective }) => objective.id === wish?.id)
    if (wish === null || wish === granted.current || !isThere) return
    granted.current = wish
    focusOnObjective(wish.id)
  }, [rows, wish])
}

const INDENTS = ['pl-0', 'pl-5', 'pl-10', 'pl-15', 'pl-20', 'pl-25', 'pl-30', 'pl-35'] as const

const TitleCell = ({ row, fold }: Readonly<{ row: TreeRow; fold: TreeProps['fold'] }>) => {
  const { objective, level, hasBelow, isOpen } = row
  return (
    <td role="gridcell" className="px-3 py-1.5">
      <span className={`flex items-center gap-1 ${INDENTS[level - 1] ?? 'pl-35'}`}>
        {hasBelow ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={`${isOpen ? 'Fold' : 'Unfold'} ${objective.id}`}
            onClick={(event) => {
              event.stopPropagation()
              fold(objective.id, isOpen)
            }}
            className="-ml-1 inline-flex size-6 shrink-0 items-center justify-center rounded-control
              text-text-3 hover:text-text"
          >
            <ChevronRight className={`size-4 ${isOpen ? 'rotate-90' : ''}`} />
          </button>
        ) : (
          <span className="w-5 shrink-0" />
        )}
        <span className="shrink-0 text-meta text-text-3">{objective.id}</span>
        <span dir="auto" className="line-clamp-2 min-w-0 font-medium [overflow-wrap:anywhere]">
          {objective.title}
        </span>
        {objective.weight !== 1 && (
          <span className="shrink-0 text-meta text-text-3" title="Weight among its siblings">
            ×{objective.weight}
          </span>
        )}
      </span>
    </td>
  )
}

const FactCells = ({ objective }: Readonly<{ objective: Objective }>) => {
  const { due, owner, places } = objective
  return (
    <>
      <td role="gridcell" className="px-3 text-text-2 max-lg:hidden">
        {metricText(objective)}
      </td>
      <td role="gridcell" className="px-3 text-text-2 max-lg:hidden">
        {due !== null && <Moment at={due} />}
      </td>
      <td role="gridcell" className="px-3 max-lg:hidden">
        {owner !== null && <Person handle={owner} />}
      </td>
      <td role="gridcell" className="px-3 max-lg:hidden">
        <span className="flex flex-wrap gap-1">
          {places.map((at) => (
            <Badge key={at}>{at}</Badge>
          ))}
        </span>
      </td>
    </>
  )
}

/** Says how far the metric of an objective has come. */
export const metricText = ({ metric }: Pick<Objective, 'metric'>): string => {
  if (metric === null) return ''
  const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 })
  const [current, target] = [number.format(metric.current), number.format(metric.target)]
  const way = metric.target < metric.start ? ', down to' : ' of'
  return `${current}${way} ${target} ${metric.unit}`
}
