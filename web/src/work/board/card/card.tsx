import { Check, MoveRight } from 'lucide-react'
import { memo, type MouseEvent, useEffect, useRef, useState } from 'react'
import { useCard } from '../../../live/use-hall.ts'
import { useBoard } from '../board-context.ts'
import { useCell } from '../cell.ts'
import { FootFacts, HeadFacts, LineFacts } from './facts.tsx'

/** Names what a dragged card carries. */
export const DRAG_TYPE = 'application/x-guildhall-card'

type CardProps = Readonly<{ id: string; top: number; position: number; total: number }>

const UNFOCUSABLE = -1
/** Pixels between two cards. */
const GAP = 6

/** Shows a card; it knows its id only, and is drawn again when that card changed. */
export const Card = memo(({ id, top, position, total }: CardProps) => {
  const card = useCard(id)
  const board = useBoard()
  const { cursor, granted, chosen, search, pitch, noteFocus, mayMove } = board
  const ref = useRef<HTMLAnchorElement>(null)
  // Whether the Tab key stops here, and the last wish to bring this card into focus.
  const tick = useCell(cursor, (now) =>
    now.id === id ? now.tick : now.id === null ? 0 : UNFOCUSABLE,
  )
  const isChosen = useCell(chosen, (ids) => ids.has(id))
  const [isNear, setNear] = useState(isTouched)
  useEffect(() => {
    if (tick <= 0 || tick === granted.focus.get()) return
    ref.current?.focus({ preventScroll: true })
    // Behind an open dialog nothing takes the focus; then the wish stays.
    if (document.activeElement === ref.current) granted.focus.set(tick)
  }, [tick, granted])
  if (!card) return null
  const onClick = (event: MouseEvent): void => {
    if (board.choose(id, event)) event.preventDefault()
    if (event.defaultPrevented || event.altKey) return
    event.preventDefault()
    board.open(card.key)
  }
  const isCompact = search.size === 'compact'
  return (
    <li
      aria-setsize={total}
      aria-posinset={position}
      data-id={id}
      className="group absolute inset-x-0"
      onPointerEnter={() => setNear(true)}
      onPointerLeave={() => setNear(isTouched())}
      onFocus={() => setNear(true)}
      style={{ transform: `translateY(${top}px)`, height: pitch - GAP }}
    >
      <a
        ref={ref}
        href={board.hrefOf(card.key)}
        aria-current={board.openKey === card.key ? 'page' : undefined}
        tabIndex={tick === UNFOCUSABLE ? -1 : 0}
        draggable={mayMove}
        data-card={card.key}
        data-holder={card.holder ?? undefined}
        data-chosen={isChosen || undefined}
        onFocus={() => noteFocus(id)}
        // Shift chooses from the card in focus to this one: the focus stays there.
        onMouseDown={(event) => event.shiftKey && event.preventDefault()}
        onClick={onClick}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAG_TYPE, id)
          event.dataTransfer.effectAllowed = 'move'
        }}
        className="relative flex h-full flex-col justify-between overflow-hidden rounded-card border
          border-line bg-surface px-2.5 py-1.5 -outline-offset-2 transition-colors duration-100
          select-none hover:border-edge aria-[current=page]:border-accent
          data-chosen:border-accent data-chosen:bg-accent-soft"
      >
        {card.blocked !== null && (
          <span className="absolute inset-y-0 left-0 w-[3px] bg-bad" aria-hidden="true" />
        )}
        {!isCompact && <HeadFacts card={card} />}
        <span
          className={`text-list break-words
            ${isCompact ? 'truncate pr-3' : 'mb-auto line-clamp-2'}`}
          dir="auto"
        >
          {card.title}
        </span>
        {isCompact ? <LineFacts card={card} /> : <FootFacts card={card} />}
        {isChosen && <span className="sr-only">, chosen</span>}
      </a>
      {isChosen && (
        <span
          className="pointer-events-none absolute -top-1 -left-1 inline-flex size-4 items-center
            justify-center rounded-full bg-accent text-on-accent"
          aria-hidden="true"
        >
          <Check className="size-3" strokeWidth={3} />
        </span>
      )}
      {mayMove && isNear && <MoveButton id={id} name={card.key} />}
    </li>
  )
})

// A finger cannot hover: there the button is always at hand.
const isTouched = (): boolean => window.matchMedia('(pointer: coarse)').matches

const MoveButton = ({ id, name }: Readonly<{ id: string; name: string }>) => {
  const { openMove } = useBoard()
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={`Move ${name}`}
      title="Move (M)"
      onClick={() => openMove(id)}
      className="absolute top-1 right-1 inline-flex size-6 items-center justify-center
        rounded-control bg-surface text-text-3 opacity-0 group-focus-within:opacity-100
        group-hover:opacity-100 hover:bg-hover hover:text-text pointer-coarse:opacity-100"
    >
      <MoveRight className="size-3.5" />
    </button>
  )
}
