import { type RefObject, useEffect, useState } from 'react'

/** Heights in pixels: every line and every heading has the same, so places are sums. */
export const LINE_PX = 36
export const HEAD_PX = 44
/** What a group shows where it has no lines. */
export const EMPTY_PX = 40

const OVERSCAN_PX = LINE_PX * 10
const STEP_PX = LINE_PX * 5

/** The part of a list that is near the visible one, in pixels. */
export type Sight = Readonly<{ top: number; bottom: number }>

/** Gives which part of a scroller is in sight, and some more around it. */
export const useSight = (scroller: RefObject<HTMLElement | null>): Sight => {
  const [view, setView] = useState({ top: 0, height: 900 })
  useEffect(() => {
    const element = scroller.current
    if (!element) return undefined
    // Whole steps only: a scroll within one of them renders nothing.
    const measure = (): void => {
      const top = Math.floor(element.scrollTop / STEP_PX) * STEP_PX
      const height = Math.ceil(element.clientHeight / STEP_PX + 1) * STEP_PX
      setView((old) => (old.top === top && old.height === height ? old : { top, height }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [scroller])
  return { top: view.top - OVERSCAN_PX, bottom: view.top + view.height + OVERSCAN_PX }
}

/** Gives how high the lines of a group are together. */
export const linesPx = (count: number): number => (count === 0 ? EMPTY_PX : count * LINE_PX)

/** Gives which lines of a group have to be there; `from` is where its first one begins. */
export const spanIn = (
  { top, bottom }: Sight,
  from: number,
  count: number,
): Readonly<{ first: number; end: number }> => {
  const first = Math.min(count, Math.max(0, Math.floor((top - from) / LINE_PX)))
  const end = Math.min(count, Math.max(first, Math.ceil((bottom - from) / LINE_PX)))
  return { first, end }
}
