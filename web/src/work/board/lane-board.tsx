import { ChevronDown, ChevronRight } from 'lucide-react'
import { useRef } from 'react'
import { useBoard } from './board-context.ts'
import { CardList } from './card-list.tsx'
import { useCell } from './cell.ts'
import { COLUMN_WIDE } from './column.tsx'
import { ColumnHead } from './column-head.tsx'
import { LANE_HEAD, type LaneShape, type Shape, tasksText } from './shape.ts'
import { useAnchor, useBringIntoView } from './use-anchor.ts'
import { useWindow } from './use-window.ts'

/** Pixels of the heads of columns, which stay in sight. */
const HEADS = 40

/** Shows a board cut into lanes: columns and lanes scroll together. */
export const LaneBoard = ({ shape }: Readonly<{ shape: Shape }>) => {
  const { project, pitch, cursor, granted } = useBoard()
  const scroller = useRef<HTMLDivElement>(null)
  const range = useWindow(scroller)
  const place = { scroller, offset: HEADS, pitch, cursor }
  useAnchor({ ...place, columns: shape.columns })
  const focused = useCell(cursor, ({ id }) => id)
  const column = shape.columns.find(({ ids }) => focused !== null && ids.includes(focused)) ?? null
  useBringIntoView({ ...place, column, granted: granted.sight })
  const shown = project.columns.flatMap((one) => {
    const found = shape.columns.find(({ name }) => name === one.name)
    return found === undefined ? [] : [{ column: one, shape: found }]
  })
  return (
    <div
      ref={scroller}
      tabIndex={-1}
      className="min-h-0 flex-1 overflow-auto px-3 pb-3 [overflow-anchor:none]"
    >
      <div className="w-max min-w-full">
        <div className="sticky top-0 z-10 flex gap-3 bg-ground">
          {shown.map((one) => (
            <div
              key={one.column.name}
              className={`shrink-0 rounded-t-card bg-sunken ${COLUMN_WIDE}`}
            >
              <ColumnHead {...one} />
            </div>
          ))}
        </div>
        <div className="relative flex gap-3" style={{ height: shape.height }}>
          {shown.map((one) => (
            <section
              key={one.column.name}
              aria-label={`${one.column.name}, ${tasksText(one.shape.count)}`}
              data-column={one.column.name}
              className={`shrink-0 bg-sunken px-2 ${COLUMN_WIDE}`}
            >
              <CardList shape={one.shape} range={range} />
            </section>
          ))}
          {shape.lanes?.map((lane) => (
            <LaneHead key={lane.id} lane={lane} />
          ))}
        </div>
      </div>
    </div>
  )
}

const LaneHead = ({ lane }: Readonly<{ lane: LaneShape }>) => {
  const { toggleLane } = useBoard()
  const { id, title, count, top, isClosed } = lane
  return (
    <div
      className="pointer-events-none absolute inset-x-0 border-t border-line"
      style={{ transform: `translateY(${top}px)`, height: LANE_HEAD }}
    >
      <button
        type="button"
        aria-expanded={!isClosed}
        data-lane={id}
        onClick={() => toggleLane(id)}
        className="pointer-events-auto sticky left-3 mt-1.5 inline-flex h-7 max-w-[80vw]
          items-center gap-1.5 rounded-control border border-line bg-surface px-2 text-list
          font-medium hover:bg-hover"
      >
        {isClosed ? (
          <ChevronRight className="size-4 text-text-3" aria-hidden="true" />
        ) : (
          <ChevronDown className="size-4 text-text-3" aria-hidden="true" />
        )}
        <span className="truncate" dir="auto">
          {title}
        </span>
        <span className="text-meta font-normal text-text-3">{count}</span>
      </button>
    </div>
  )
}
