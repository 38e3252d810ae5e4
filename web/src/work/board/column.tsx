import { memo, useMemo, useRef } from 'react'
import type { Project } from '../../live/hall.ts'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { useBoard } from './board-context.ts'
import { CardList } from './card-list.tsx'
import { ColumnHead } from './column-head.tsx'
import { type ColumnShape, tasksText } from './shape.ts'
import { useAnchor, useBringIntoView } from './use-anchor.ts'
import { useWindow } from './use-window.ts'

type ColumnView = Project['columns'][number]

const QUIET: ReadonlySet<string> = new Set(['triage', 'backlog', 'canceled'])

const SLIM = 'w-10 items-center max-lg:hidden'

/** The width of columns, in lanes as well. */
export const COLUMN_WIDE = 'w-[272px] max-sm:w-[84vw] max-sm:snap-center'

type ColumnProps = Readonly<{ column: ColumnView; shape: ColumnShape }>

/** Shows a column of a board: only the cards near the visible part are there. */
export const Column = memo(({ column, shape }: ColumnProps) => {
  const { pitch, cursor, granted } = useBoard()
  const scroller = useRef<HTMLDivElement>(null)
  const range = useWindow(scroller)
  const columns = useMemo(() => [shape], [shape])
  const place = { scroller, offset: 0, pitch, cursor }
  useAnchor({ ...place, columns })
  useBringIntoView({ ...place, column: shape, granted: granted.sight })
  const isSlim = shape.ids.length === 0 && QUIET.has(column.category)
  return (
    <section
      aria-label={`${column.name}, ${tasksText(shape.count)}`}
      data-column={column.name}
      className={`flex h-full shrink-0 flex-col rounded-card bg-sunken
        ${isSlim ? SLIM : COLUMN_WIDE}`}
    >
      {isSlim ? <SlimHead column={column} /> : <ColumnHead column={column} shape={shape} />}
      <div
        ref={scroller}
        className="min-h-0 w-full flex-1 overflow-y-auto px-2 pt-1 pb-2 [overflow-anchor:none]"
      >
        <CardList shape={shape} range={range} className="min-h-full" />
      </div>
    </section>
  )
})

const SlimHead = ({ column }: Readonly<{ column: ColumnView }>) => (
  <header className="flex flex-col items-center gap-2 py-3" title={`${column.name}, empty`}>
    <StateGlyph category={column.category} />
    <h2 className="text-meta text-text-3 [writing-mode:vertical-rl]">{column.name}</h2>
  </header>
)
