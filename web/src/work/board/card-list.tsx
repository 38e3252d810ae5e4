import { type DragEvent, useState } from 'react'
import { useBoard } from './board-context.ts'
import { Card, DRAG_TYPE } from './card/card.tsx'
import { useCell } from './cell.ts'
import { type ColumnShape, placesOf, type Range, spotAt } from './shape.ts'

type CardListProps = Readonly<{ shape: ColumnShape; range: Range; className?: string }>

/** Shows the cards of a column, those near the visible part, and takes what is dropped on it. */
export const CardList = ({ shape, range, className = '' }: CardListProps) => {
  const { pitch, cursor, drop } = useBoard()
  const [dropTop, setDropTop] = useState<number | null>(null)
  const also = useCell(cursor, ({ id }) => id)
  const places = placesOf(shape, { range, pitch, also })
  const spotOf = (event: DragEvent<HTMLElement>) =>
    spotAt(shape, event.clientY - event.currentTarget.getBoundingClientRect().top, pitch)
  return (
    <ul
      aria-label={shape.name}
      data-list={shape.name}
      className={`relative ${className}`}
      style={{ height: shape.height }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAG_TYPE)) return
        event.preventDefault()
        setDropTop(spotOf(event)?.top ?? null)
      }}
      onDragLeave={(event) => {
        const { relatedTarget } = event
        const isInside =
          relatedTarget instanceof Node && event.currentTarget.contains(relatedTarget)
        if (!isInside) setDropTop(null)
      }}
      onDrop={(event) => {
        event.preventDefault()
        setDropTop(null)
        const spot = spotOf(event)
        if (spot) drop(event.dataTransfer.getData(DRAG_TYPE), shape.name, spot)
      }}
    >
      {places.map(({ id, top, position }) => (
        <Card key={id} id={id} top={top} position={position} total={shape.count} />
      ))}
      {dropTop !== null && (
        <li
          aria-hidden="true"
          className="absolute inset-x-0 h-0.5 rounded bg-accent"
          style={{ transform: `translateY(${Math.max(0, dropTop - 4)}px)` }}
        />
      )}
    </ul>
  )
}
