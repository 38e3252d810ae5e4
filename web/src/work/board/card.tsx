import { Link } from '@tanstack/react-router'
import { Ban, Bug, Hourglass, Layers, ListTree, MoveRight } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'
import type { Card as CardView } from '../../../../src/work/contract.ts'
import { useCard } from '../../live/use-hall.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { PriorityMark } from '../../ui/priority-mark.tsx'
import { useBoard } from './board-context.ts'

/** Names what a dragged card carries. */
export const DRAG_TYPE = 'application/x-guildhall-card'

type CardProps = Readonly<{ id: string; top: number; position: number; total: number }>

/** Shows a card; it knows its id only, and is drawn again when that card changed. */
export const Card = memo(({ id, top, position, total }: CardProps) => {
  const card = useCard(id)
  const { focus, noteFocus, openMove, mayMove } = useBoard()
  const ref = useRef<HTMLAnchorElement>(null)
  const tick = focus.id === id ? focus.tick : 0
  useEffect(() => {
    if (tick > 0) ref.current?.focus({ preventScroll: true })
  }, [tick])
  if (!card) return null
  return (
    <li
      aria-setsize={total}
      aria-posinset={position}
      className="group absolute inset-x-0 h-[78px]"
      style={{ transform: `translateY(${top}px)` }}
    >
      <Link
        ref={ref}
        to="/t/$key"
        params={{ key: card.key }}
        tabIndex={focus.id === null || focus.id === id ? 0 : -1}
        draggable={mayMove}
        data-card={card.key}
        data-holder={card.holder ?? undefined}
        onFocus={() => noteFocus(id)}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAG_TYPE, id)
          event.dataTransfer.effectAllowed = 'move'
        }}
        className="flex h-full flex-col justify-between rounded-card border border-line bg-surface
          px-2.5 py-2 -outline-offset-2 transition-colors duration-100 hover:border-edge
          aria-[current=page]:border-accent"
      >
        <span className="line-clamp-2 pr-3 text-list break-words" dir="auto">
          {card.title}
        </span>
        <Facts card={card} />
      </Link>
      {mayMove && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Move ${card.key}`}
          title="Move (M)"
          onClick={() => openMove(id)}
          className="absolute top-1 right-1 inline-flex size-6 items-center justify-center
            rounded-control text-text-3 opacity-0 group-focus-within:opacity-100
            group-hover:opacity-100 hover:bg-hover hover:text-text pointer-coarse:opacity-100"
        >
          <MoveRight className="size-3.5" />
        </button>
      )}
    </li>
  )
})

const Facts = ({ card }: Readonly<{ card: CardView }>) => {
  const { key, priority, labels, points, holder, assignee, progress } = card
  const person = holder ?? assignee
  const [label] = labels
  return (
    <span className="flex h-5 items-center gap-1.5 text-meta text-text-3">
      <PriorityMark priority={priority} />
      <span className="whitespace-nowrap">{key}</span>
      <TypeMark type={card.type} />
      <Standing card={card} />
      {label !== undefined && <Badge title={labels.join(', ')}>{label}</Badge>}
      {labels.length > 1 && <span>+{labels.length - 1}</span>}
      <span className="ml-auto flex items-center gap-1.5">
        {holder !== null && progress > 0 && progress < 100 && <span>{progress}%</span>}
        {points !== null && <span title={`${points} points`}>{points}p</span>}
        {holder !== null && <Working />}
        {person !== null && <Avatar handle={person} />}
        {person !== null && (
          <span className="sr-only">{holder ? `held by @${holder}` : `for @${person}`}</span>
        )}
      </span>
    </span>
  )
}

const Working = () => (
  <span className="size-2 rounded-full bg-run" title="Working on it" aria-hidden="true" />
)

const TypeMark = ({ type }: Readonly<{ type: CardView['type'] }>) => {
  if (type === 'bug') return <Bug className="size-3.5 shrink-0" aria-label="Bug" />
  if (type === 'epic') return <Layers className="size-3.5 shrink-0" aria-label="Epic" />
  return null
}

const Standing = ({ card }: Readonly<{ card: CardView }>) => {
  const { blocked, openBlockers, ready, openChildren, category } = card
  if (category === 'completed' || category === 'canceled') return null
  if (blocked !== null) {
    return (
      <Badge hue="bad" title={blocked}>
        <Ban className="size-3" aria-hidden="true" /> Blocked
      </Badge>
    )
  }
  if (openBlockers > 0) {
    const tasks = openBlockers === 1 ? 'another task' : `${openBlockers} other tasks`
    return (
      <span className="inline-flex items-center gap-0.5" title={`Waits for ${tasks}`}>
        <Hourglass className="size-3" aria-label={`Waits for ${tasks}`} />
        {openBlockers}
      </span>
    )
  }
  if (openChildren > 0) {
    return (
      <span className="inline-flex items-center gap-0.5" title={`${openChildren} open subtasks`}>
        <ListTree className="size-3" aria-label="Open subtasks:" />
        {openChildren}
      </span>
    )
  }
  return ready ? <Badge hue="ok">Ready</Badge> : null
}
