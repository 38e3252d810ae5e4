import { type ReactNode, useId, useState } from 'react'

/** What makes a button open something. */
export type OpenerProps = Readonly<{ popoverTarget: string; 'aria-expanded': boolean }>

type PopoverProps = Readonly<{
  label: string
  /** Which edge of the button it keeps to. */
  align?: 'start' | 'end'
  button(props: OpenerProps): ReactNode
  /** Shown while it is open only. */
  children: ReactNode | ((close: () => void) => ReactNode)
  className?: string
}>

const GAP_PX = 4

/** Shows something beside a button; Escape and a click beside it close it. */
export const Popover = (props: PopoverProps) => {
  const { label, align = 'start', button, children, className = 'p-3' } = props
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      {button({ popoverTarget: id, 'aria-expanded': isOpen })}
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        onBeforeToggle={(event) => {
          const opens = event.newState === 'open'
          if (opens) placeBeside(event.currentTarget, { id, align })
          setOpen(opens)
        }}
        className={`fixed inset-auto m-0 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-card
          border border-line bg-raised text-text shadow-popover ${className}`}
      >
        {isOpen && (typeof children === 'function' ? children(() => closeOver(id)) : children)}
      </div>
    </>
  )
}

const closeOver = (id: string): void => document.getElementById(id)?.hidePopover()

type Wish = Readonly<{ id: string; align: 'start' | 'end' }>

/** Places what opens beside its button: below it, or above where there is more room. */
export const placeBeside = (panel: HTMLElement, { id, align }: Wish): void => {
  const opener = document.querySelector(`[popovertarget="${CSS.escape(id)}"]`)
  if (opener === null) return
  const at = opener.getBoundingClientRect()
  const { innerWidth, innerHeight } = window
  const isBelow = at.bottom < innerHeight * 0.6
  const room = isBelow ? innerHeight - at.bottom : at.top
  const px = (value: number): string => `${Math.max(GAP_PX, Math.round(value))}px`
  panel.style.top = isBelow ? px(at.bottom + GAP_PX) : 'auto'
  panel.style.bottom = isBelow ? 'auto' : px(innerHeight - at.top + GAP_PX)
  panel.style.maxHeight = px(room - 3 * GAP_PX)
  // The edge with more room beside it: nothing that opens is cut by the side of the screen.
  const isStart = align === 'start' ? at.left < innerWidth * 0.7 : at.right < innerWidth * 0.3
  panel.style.left = isStart ? px(at.left) : 'auto'
  panel.style.right = isStart ? 'auto' : px(innerWidth - at.right)
}
