import { type RefObject, useEffect, useState } from 'react'

/** Pixels from one card to the next; every card has the same height, so places are sums. */
export const CARD_PITCH = 84
const OVERSCAN = 6
const STEP = CARD_PITCH * 3

/** The part of a list that is near the visible one. */
export type Span = Readonly<{ first: number; end: number }>

/** Gives which cards of a column have to be there: those in sight, and some around them. */
export const useWindow = (scroller: RefObject<HTMLElement | null>, count: number): Span => {
  const [view, setView] = useState({ top: 0, height: 900 })
  useEffect(() => {
    const element = scroller.current
    if (!element) return undefined
    // Whole steps only: a scroll within one of them renders nothing.
    const measure = (): void => {
      const top = Math.floor(element.scrollTop / STEP) * STEP
      const height = Math.ceil(element.clientHeight / STEP + 1) * STEP
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
  const first = Math.max(0, Math.floor(view.top / CARD_PITCH) - OVERSCAN)
  const end = Math.min(count, Math.ceil((view.top + view.height) / CARD_PITCH) + OVERSCAN)
  return { first: Math.min(first, count), end }
}
