import { type RefObject, useEffect, useState } from 'react'
import type { Range } from './shape.ts'

/** The height of two cards. */
const CARDS_PX = 208

/** Gives the part of a scroller that is visible, in whole steps: in between nothing is drawn. */
export const useWindow = (scroller: RefObject<HTMLElement | null>, stepPx = CARDS_PX): Range => {
  const [range, setRange] = useState<Range>({ top: 0, bottom: 720 })
  useEffect(() => {
    const element = scroller.current
    if (!element) return undefined
    const measure = (): void => {
      const top = Math.floor(element.scrollTop / stepPx) * stepPx
      const bottom = top + Math.ceil(element.clientHeight / stepPx + 1) * stepPx
      setRange((old) => (old.top === top && old.bottom === bottom ? old : { top, bottom }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [scroller, stepPx])
  return range
}
