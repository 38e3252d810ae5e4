import { Plus } from 'lucide-react'
import { type DragEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { Project } from '../../live/hall.ts'
import { useColumn, useHall, useTopic } from '../../live/use-hall.ts'
import { boardTopic } from '../../live/cards.ts'
import { IconButton } from '../../ui/button.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { matches, useBoard } from './board-context.ts'
import { Card, DRAG_TYPE } from './card.tsx'
import { CARD_PITCH, useWindow } from './use-window.ts'

type ColumnView = Project['columns'][number]

const QUIET: ReadonlySet<string> = new Set(['triage', 'backlog', 'canceled'])

const SLIM = 'w-10 items-center max-lg:hidden'
const WIDE = 'w-[272px] max-sm:w-[84vw] max-sm:snap-center'

/** Shows a column of a board: only the cards near the visible part are there. */
export const Column = ({ column }: Readonly<{ column: ColumnView }>) => {
  const { project, focus, drop } = useBoard()
  const ids = useShown(column.name)
  const scroller = useRef<HTMLDivElement>(null)
  const [dropAt, setDropAt] = useState<number | null>(null)
  const { first, end } = useWindow(scroller, ids.length)
  const focusAt = focus.id === null ? -1 : ids.indexOf(focus.id)
  useBringIntoView(scroller, { at: focusAt, tick: focus.tick })
  const shown = placesOf(ids, { first, end, also: focusAt })
  const isOver = column.limit !== null && ids.length >= column.limit
  const isSlim = ids.length === 0 && QUIET.has(column.category) && dropAt === null
  const onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes(DRAG_TYPE)) return
    event.preventDefault()
    setDropAt(indexAt(event, scroller.current, ids.length))
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    const at = indexAt(event, scroller.current, ids.length)
    setDropAt(null)
    drop(event.dataTransfer.getData(DRAG_TYPE), column.name, at)
  }
  return (
    <section
      aria-label={`${column.name}, ${ids.length} tasks`}
      data-column={column.name}
      onDragOver={onDragOver}
      onDragLeave={(event) =>
        event.currentTarget.contains(nodeOf(event.relatedTarget)) || setDropAt(null)
      }
      onDrop={onDrop}
      className={`flex h-full shrink-0 flex-col rounded-card bg-sunken
        ${isSlim ? SLIM : WIDE}`}
    >
      {isSlim ? (
        <SlimHead column={column} />
      ) : (
        <Head column={column} count={ids.length} isOver={isOver} project={project} />
      )}
      <div ref={scroller} className="min-h-0 w-full flex-1 overflow-y-auto px-2 pb-2">
        <ul
          aria-label={column.name}
          className="relative"
          style={{ height: ids.length * CARD_PITCH }}
        >
          {shown.map(({ id, at }) => (
            <Card key={id} id={id} top={at * CARD_PITCH} position={at + 1} total={ids.length} />
          ))}
          {dropAt !== null && (
            <li
              aria-hidden="true"
              className="absolute inset-x-0 h-0.5 rounded bg-accent"
              style={{ transform: `translateY(${Math.max(0, dropAt * CARD_PITCH - 4)}px)` }}
            />
          )}
        </ul>
      </div>
    </section>
  )
}

type HeadProps = Readonly<{
  column: ColumnView
  count: number
  isOver: boolean
  project: Project
}>

const Head = ({ column, count, isOver, project }: HeadProps) => {
  const { openCreate } = useBoard()
  const hall = useHall()
  return (
    <header className="flex h-10 items-center gap-2 pr-1.5 pl-3">
      <StateGlyph category={column.category} />
      <h2 className="truncate text-list font-medium">{column.name}</h2>
      <span
        className={`text-meta ${isOver ? 'font-medium text-wait' : 'text-text-3'}`}
        title={isOver ? 'This column is at its limit' : undefined}
      >
        {column.limit === null ? count : `${count} / ${column.limit}`}
      </span>
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
  )
}

const SlimHead = ({ column }: Readonly<{ column: ColumnView }>) => (
  <header className="flex flex-col items-center gap-2 py-3" title={`${column.name}, empty`}>
    <StateGlyph category={column.category} />
    <h2 className="text-meta text-text-3 [writing-mode:vertical-rl]">{column.name}</h2>
  </header>
)

// The ids of a column, those that the filter leaves.
const useShown = (name: string): readonly string[] => {
  const { project, filter } = useBoard()
  const { store } = useHall()
  const ids = useColumn(project.key, name)
  // Titles and labels change without the column changing: with a filter, any card counts.
  const text = useTopic(boardTopic(project.key), () =>
    filter === '' ? '' : ids.filter((id) => matches(store.cards.get(id), filter)).join(' '),
  )
  if (filter === '') return ids
  return text === '' ? [] : text.split(' ')
}

type Span = Readonly<{ first: number; end: number; also: number }>

const placesOf = (ids: readonly string[], { first, end, also }: Span) => {
  const places = ids.slice(first, end).map((id, index) => ({ id, at: first + index }))
  const extra = ids[also]
  const isThere = also >= first && also < end
  return extra === undefined || isThere ? places : [...places, { id: extra, at: also }]
}

// A card that keys go to is scrolled into sight before it gets the focus.
const useBringIntoView = (
  scroller: RefObject<HTMLElement | null>,
  { at, tick }: Readonly<{ at: number; tick: number }>,
): void => {
  const brought = useRef(0)
  useLayoutEffect(() => {
    // Only a wish moves the list, never a card that was moved by somebody else.
    if (tick === brought.current) return
    brought.current = tick
    const element = scroller.current
    if (!element || at < 0) return
    const top = at * CARD_PITCH
    const below = top + CARD_PITCH - element.clientHeight
    if (element.scrollTop > top) element.scrollTo({ top })
    else if (element.scrollTop < below) element.scrollTo({ top: below })
    element.closest('section')?.scrollIntoView({ inline: 'nearest', block: 'nearest' })
  }, [scroller, at, tick])
}

const indexAt = (event: DragEvent, scroller: HTMLElement | null, count: number): number => {
  if (!scroller) return count
  const y = event.clientY - scroller.getBoundingClientRect().top + scroller.scrollTop
  return Math.min(count, Math.max(0, Math.round(y / CARD_PITCH)))
}

const nodeOf = (target: EventTarget | null): Node | null => (target instanceof Node ? target : null)
