import { type DragEvent, useRef, useState } from 'react'
import { DRAG_TYPE, useBacklog } from '../backlog-context.ts'
import { type Range, tasksText } from '../../board/shape.ts'
import type { Group } from './groups.ts'
import { GroupHead } from './group-head.tsx'
import { Line } from '../line/line.tsx'
import { HEAD_PX, LINE_PX, linesPx, spanIn } from './use-span.ts'

type GroupSectionProps = Readonly<{
  group: Group
  sight: Range
  /** Where the group begins in its scroller. */
  top: number
}>

/** Shows a group of the backlog: only the lines near the visible part are there. */
export const GroupSection = ({ group, sight, top }: GroupSectionProps) => {
  const { focus, mayWrite, place } = useBacklog()
  const list = useRef<HTMLUListElement>(null)
  const [dropAt, setDropAt] = useState<number | null>(null)
  const { ids, name } = group
  const { first, end } = spanIn(sight, top + HEAD_PX, ids.length)
  const focusAt = focus.id === null ? -1 : ids.indexOf(focus.id)
  const isOut = focusAt >= 0 && (focusAt < first || focusAt >= end)
  const shown = ids.slice(first, end).map((id, index) => ({ id, at: first + index }))
  const focused = isOut ? ids[focusAt] : undefined
  const lines = focused === undefined ? shown : [...shown, { id: focused, at: focusAt }]
  const onDragOver = (event: DragEvent): void => {
    if (!mayWrite || !event.dataTransfer.types.includes(DRAG_TYPE)) return
    event.preventDefault()
    setDropAt(indexAt(event, list.current, ids.length))
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    setDropAt(null)
    const dragged = event.dataTransfer.getData(DRAG_TYPE).split(' ').filter(Boolean)
    place(dragged, group, indexAt(event, list.current, ids.length))
  }
  return (
    <section
      aria-label={`${name}, ${tasksText(group.waiting.tasks)}`}
      data-group={group.id}
      onDragOver={onDragOver}
      onDragLeave={(event) =>
        event.currentTarget.contains(nodeOf(event.relatedTarget)) || setDropAt(null)
      }
      onDrop={onDrop}
      className={`mb-3 rounded-card border bg-surface ${
        dropAt === null ? 'border-line' : 'border-accent'
      }`}
    >
      <GroupHead group={group} />
      <ul ref={list} aria-label={name} className="relative" style={{ height: linesPx(ids.length) }}>
        {lines.map(({ id, at }) => (
          <Line key={id} id={id} top={at * LINE_PX} position={at + 1} total={ids.length} />
        ))}
        {ids.length === 0 && <Nothing group={group} />}
        {dropAt !== null && ids.length > 0 && (
          <li
            aria-hidden="true"
            className="absolute inset-x-0 h-0.5 bg-accent"
            style={{ transform: `translateY(${Math.max(0, dropAt * LINE_PX - 1)}px)` }}
          />
        )}
      </ul>
    </section>
  )
}

const Nothing = ({ group: { waiting, whole, place } }: Readonly<{ group: Group }>) => (
  <li className="flex h-full items-center truncate border-t border-line px-3 text-list text-text-3">
    {waiting.tasks > 0
      ? 'No task of this group matches the filter.'
      : place.kind === 'triage'
        ? 'Nothing waits to be looked at.'
        : place.kind === 'backlog'
          ? 'Nothing waits outside of a sprint.'
          : whole.tasks > 0
            ? 'Everything in it is started or done.'
            : 'Drag tasks here, or press Shift+H on one.'}
  </li>
)

const indexAt = (event: DragEvent, list: HTMLElement | null, count: number): number => {
  if (list === null) return count
  const y = event.clientY - list.getBoundingClientRect().top
  return Math.min(count, Math.max(0, Math.round(y / LINE_PX)))
}

const nodeOf = (target: EventTarget | null): Node | null => (target instanceof Node ? target : null)
