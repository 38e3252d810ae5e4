import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { nearest, type Room, type Spot, type Way } from './geometry.ts'
import { type Reading, sayReading } from './reading.ts'

type ReaderProps = Readonly<{
  label: string
  readings: readonly Reading[]
  spots: readonly Spot[]
  room: Room
  way: Way
  here: number | null
  first: number
  goTo(index: number | null): void
  open: ((index: number) => void) | undefined
}>

/** Steps of the keys; a page is so many readings. */
const PAGE = 10
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: PAGE,
  PageDown: -PAGE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/**
 * Lies over a picture and leads through its readings. It is a slider: what reads the screen aloud
 * says the value of each step by itself.
 */
export const Reader = (props: ReaderProps) => {
  const { label, readings, spots, room, way, here, first, goTo, open } = props
  const last = readings.length - 1
  const shown = here ?? first
  const reading = readings[shown]
  const wasRead = useRef(false)
  const point = (event: PointerEvent<HTMLElement>): number | null => {
    const from = event.currentTarget.getBoundingClientRect()
    const at = nearest(spots, { x: event.clientX - from.left, y: event.clientY - from.top }, way)
    goTo(at)
    return at
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && open !== undefined) return open(shown)
    const step = STEPS[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    goTo(Math.max(0, Math.min(last, shown + step)))
  }
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={`Points of ${label}`}
      aria-valuemin={1}
      aria-valuemax={last + 1}
      aria-valuenow={shown + 1}
      aria-valuetext={reading === undefined ? '' : sayReading(reading)}
      className={`absolute touch-pan-y rounded-control ${open ? 'cursor-pointer' : ''}`}
      style={{ left: room.left, top: room.top, width: room.box.width, height: room.box.height }}
      onKeyDown={press}
      onFocus={() => goTo(shown)}
      onBlur={() => goTo(null)}
      onPointerDown={(event) => {
        // A first tap reads, as hovering does; only what is read already is gone to.
        wasRead.current = point(event) === here
      }}
      onPointerMove={point}
      onPointerLeave={({ currentTarget, pointerType }) => {
        // A finger leaves with each tap, and what it pointed at is still read.
        if (pointerType !== 'touch' && currentTarget !== document.activeElement) goTo(null)
      }}
      onClick={() => wasRead.current && here !== null && open?.(here)}
    />
  )
}
