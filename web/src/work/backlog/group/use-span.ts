import type { RefObject } from 'react'
import type { Range } from '../../board/shape.ts'
import { useWindow } from '../../board/use-window.ts'

/** Heights in pixels: every line and every heading has the same, so places are sums. */
export const LINE_PX = 36
export const HEAD_PX = 44
/** What a group shows where it has no lines. */
export const EMPTY_PX = 40

const OVERSCAN_PX = LINE_PX * 10
const STEP_PX = LINE_PX * 5

/** Gives which part of a scroller is in sight, and some more around it. */
export const useSight = (scroller: RefObject<HTMLElement | null>): Range => {
  const { top, bottom } = useWindow(scroller, STEP_PX)
  return { top: top - OVERSCAN_PX, bottom: bottom + OVERSCAN_PX }
}

/** Gives how high the lines of a group are together. */
export const linesPx = (count: number): number => (count === 0 ? EMPTY_PX : count * LINE_PX)

/** Gives which lines of a group have to be there; `from` is where its first one begins. */
export const spanIn = (
  { top, bottom }: Range,
  from: number,
  count: number,
): Readonly<{ first: number; end: number }> => {
  const first = Math.min(count, Math.max(0, Math.floor((top - from) / LINE_PX)))
  const end = Math.min(count, Math.max(first, Math.ceil((bottom - from) / LINE_PX)))
  return { first, end }
}
