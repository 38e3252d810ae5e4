import { Link } from '@tanstack/react-router'
import { memo, type DragEvent, useEffect, useRef } from 'react'
import type { Card } from '../../../../../src/work/contract.ts'
import { useCard } from '../../../live/use-hall.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { PriorityMark } from '../../../ui/priority-mark.tsx'
import { StateGlyph } from '../../../ui/state-glyph.tsx'
import { DRAG_TYPE, useBacklog } from '../backlog-context.ts'
import { PointsInput, TitleInput } from './line-fields.tsx'
import { LineMenu } from './line-menu.tsx'
import { Labels, Standing } from './line-marks.tsx'

type LineProps = Readonly<{ id: string; top: number; position: number; total: number }>

const QUIET = 'text-text-3 hover:bg-hover hover:text-text rounded-control'

/** Shows a task of the backlog in one line; it knows its id only. */
export const Line = memo(({ id, top, position, total }: LineProps) => {
  const card = useCard(id)
  const { chosen, focus, choose, mayWrite, writing } = useBacklog()
  if (!card) return null
  const isChosen = chosen.has(id)
  const tab = focus.id === id ? 0 : -1
  const field = writing?.id === id ? writing.field : null
  return (
    <li
      aria-setsize={total}
      aria-posinset={position}
      data-chosen={isChosen}
      className="group absolute inset-x-0 flex h-9 items-center gap-1.5 border-t border-line pr-1
        pl-1.5 hover:bg-hover data-[chosen=true]:bg-accent-soft"
      style={{ transform: `translateY(${top}px)` }}
    >
      <label
        className={`flex size-6 shrink-0 items-center justify-center group-hover:opacity-100
          has-focus-visible:opacity-100 pointer-coarse:opacity-100
          ${chosen.size > 0 ? '' : 'opacity-0'}`}
      >
        <input
          type="checkbox"
          tabIndex={tab}
          aria-label={`Choose ${card.key}`}
          checked={isChosen}
          onChange={(event) =>
            choose(id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)
          }
          className="size-3.5 accent-accent"
        />
      </label>
      {field === 'title' ? <TitleInput card={card} /> : <Name card={card} />}
      {field === 'points' ? <PointsInput card={card} /> : <Points card={card} tab={tab} />}
      <Assignee card={card} tab={tab} />
      {mayWrite && <LineMenu card={card} tab={tab} />}
    </li>
  )
})

const Name = ({ card }: Readonly<{ card: Card }>) => {
  const { about, focus, mayWrite, noteFocus, write } = useBacklog()
  const ref = useRef<HTMLAnchorElement>(null)
  const { id, key } = card
  const tick = focus.id === id ? focus.tick : 0
  useEffect(() => {
    if (tick > 0) ref.current?.focus({ preventScroll: true })
  }, [tick])
  const onDragStart = ({ dataTransfer }: DragEvent): void => {
    dataTransfer.setData(DRAG_TYPE, about(id).join(' '))
    dataTransfer.effectAllowed = 'move'
  }
  return (
    <Link
      ref={ref}
      to="/t/$key"
      params={{ key }}
      tabIndex={focus.id === null || focus.id === id ? 0 : -1}
      draggable={mayWrite}
      data-task={key}
      onFocus={() => noteFocus(id)}
      onDragStart={onDragStart}
      onDoubleClick={(event) => {
        event.preventDefault()
        if (mayWrite) write(id, 'title')
      }}
      className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-control text-list
        -outline-offset-2"
    >
      <span className="flex w-3.5 shrink-0 justify-center">
        <PriorityMark priority={card.priority} />
      </span>
      <span className="w-16 shrink-0 truncate text-meta text-text-3 max-sm:w-auto">{key}</span>
      <StateGlyph category={card.category} />
      <span className="min-w-0 truncate" dir="auto" title={card.title}>
        {card.title}
      </span>
      <Standing card={card} />
      <Labels labels={card.labels} />
    </Link>
  )
}

type PartProps = Readonly<{ card: Card; tab: number }>

const Points = ({ card, tab }: PartProps) => {
  const { mayWrite, write } = useBacklog()
  const { id, key, points } = card
  const said = points === null ? 'No estimate' : `${points} ${points === 1 ? 'point' : 'points'}`
  return (
    <button
      type="button"
      tabIndex={tab}
      disabled={!mayWrite}
      aria-label={`Estimate of ${key}: ${said}`}
      title={`${said} (T)`}
      onClick={() => write(id, 'points')}
      className={`h-7 min-w-8 shrink-0 px-1 text-right text-meta ${QUIET}
        ${points === null ? 'max-sm:hidden' : ''}`}
    >
      {points === null ? (
        <span className="opacity-0 group-hover:opacity-100 pointer-coarse:opacity-100">-</span>
      ) : (
        <span className="text-text-2">{points}</span>
      )}
    </button>
  )
}

const Assignee = ({ card, tab }: PartProps) => {
  const { about, mayWrite, show } = useBacklog()
  const who = card.holder ?? card.delegate ?? card.assignee
  const said = who === null ? 'nobody' : `@${who}`
  return (
    <button
      type="button"
      tabIndex={tab}
      disabled={!mayWrite}
      aria-label={`Assignee of ${card.key}: ${said}`}
      title={`For ${said} (A)`}
      onClick={() => show({ kind: 'assignee', ids: about(card.id) })}
      className={`flex size-7 shrink-0 items-center justify-center ${QUIET}
        ${who === null ? 'max-sm:hidden' : ''}`}
    >
      {who === null ? (
        <span
          className="size-5 rounded-full border border-dashed border-edge opacity-0
            group-hover:opacity-100 pointer-coarse:opacity-100"
        />
      ) : (
        <Avatar handle={who} />
      )}
    </button>
  )
}
