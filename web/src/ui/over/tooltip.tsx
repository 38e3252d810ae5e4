import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Kbd } from '../kbd.tsx'

type TooltipProps = Readonly<{ text: string; keys?: string; children: ReactNode }>

const WAIT_MS = 400
const GAP_PX = 6

/** Shows what a control is called, and the keys that do the same, while it is pointed at. */
export const Tooltip = ({ text, keys, children }: TooltipProps) => {
  const anchor = useRef<HTMLSpanElement>(null)
  const bubble = useRef<HTMLSpanElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [isShown, setShown] = useState(false)
  const show = (waitMs: number): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setShown(true), waitMs)
  }
  const hide = (): void => {
    clearTimeout(timer.current)
    setShown(false)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(() => {
    if (!isShown || anchor.current === null || bubble.current === null) return
    bubble.current.showPopover()
    placeOver(bubble.current, anchor.current.getBoundingClientRect())
  }, [isShown])
  return (
    <span
      ref={anchor}
      className="inline-flex"
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && show(WAIT_MS)}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={({ target }) => target.matches(':focus-visible') && show(0)}
      onBlur={hide}
      onKeyDown={({ key }) => key === 'Escape' && hide()}
    >
      {children}
      {isShown && (
        <span
          ref={bubble}
          popover="manual"
          aria-hidden="true"
          className="pointer-events-none fixed inset-auto m-0 items-center gap-2 rounded-control
            border border-line bg-raised px-2 py-1 text-meta text-text shadow-popover open:flex"
        >
          {text}
          {keys !== undefined && <Kbd keys={keys} />}
        </span>
      )}
    </span>
  )
}

const placeOver = (bubble: HTMLElement, at: DOMRect): void => {
  const { width, height } = bubble.getBoundingClientRect()
  const left = at.left + at.width / 2 - width / 2
  const isBelow = at.bottom + height + GAP_PX < window.innerHeight
  const inside = Math.min(Math.max(GAP_PX, left), window.innerWidth - width - GAP_PX)
  bubble.style.left = `${Math.round(inside)}px`
  bubble.style.top = `${Math.round(isBelow ? at.bottom + GAP_PX : at.top - height - GAP_PX)}px`
}
