import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { Kbd } from '../kbd.tsx'
import { type OpenerProps, placeBeside } from './popover.tsx'

/** One thing to choose from a menu. */
export type MenuItem = Readonly<{
  label: string
  run(): void
  /** The keys that do the same without the menu. */
  keys?: string
  icon?: ReactNode
  about?: string
  isBad?: boolean
  isOff?: boolean
}>

type MenuProps = Readonly<{
  label: string
  items: readonly MenuItem[]
  align?: 'start' | 'end'
  button(props: OpenerProps & Readonly<{ 'aria-haspopup': 'menu' }>): ReactNode
}>

/** Shows a button that opens a list of things to do. */
export const Menu = ({ label, items, align = 'start', button }: MenuProps) => {
  const ref = useRef<HTMLDivElement>(null)
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const choose = (item: MenuItem): void => {
    ref.current?.hidePopover()
    item.run()
  }
  return (
    <>
      {button({ popoverTarget: id, 'aria-expanded': isOpen, 'aria-haspopup': 'menu' })}
      <div
        ref={ref}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        onKeyDown={walk}
        onBeforeToggle={(event) => {
          const opens = event.newState === 'open'
          if (opens) placeBeside(event.currentTarget, { id, align })
          setOpen(opens)
        }}
        onToggle={(event) => {
          if (event.newState === 'open') itemsIn(event.currentTarget)[0]?.focus()
        }}
        className="fixed inset-auto m-0 min-w-44 max-w-[min(20rem,calc(100vw-1rem))]
          overflow-y-auto rounded-card border border-line bg-raised p-1 text-text shadow-popover"
      >
        {isOpen &&
          items.map((item) => <Line key={item.label} item={item} choose={() => choose(item)} />)}
      </div>
    </>
  )
}

const Line = ({ item, choose }: Readonly<{ item: MenuItem; choose(): void }>) => (
  <button
    type="button"
    role="menuitem"
    tabIndex={-1}
    aria-disabled={item.isOff}
    onClick={() => item.isOff !== true && choose()}
    className={`flex min-h-8 w-full items-center gap-2 rounded-control px-2 py-1 text-left text-list
      hover:bg-hover focus-visible:bg-hover aria-disabled:opacity-50
      ${item.isBad ? 'text-bad' : ''}`}
  >
    {item.icon}
    <span className="min-w-0 flex-1">
      <span className="block truncate" dir="auto">
        {item.label}
      </span>
      {item.about !== undefined && (
        <span className="block text-meta text-text-3">{item.about}</span>
      )}
    </span>
    {item.keys !== undefined && <Kbd keys={item.keys} />}
  </button>
)

const itemsIn = (menu: HTMLElement): readonly HTMLElement[] => [
  ...menu.querySelectorAll<HTMLElement>('[role="menuitem"]'),
]

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

const walk = (event: KeyboardEvent<HTMLElement>): void => {
  const menu = event.currentTarget
  if (event.key === 'Tab') return menu.hidePopover()
  const items = itemsIn(menu)
  const here = items.findIndex((item) => item === document.activeElement)
  const next = nextOf(event, { items, here })
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

type Stand = Readonly<{ items: readonly HTMLElement[]; here: number }>

const nextOf = ({ key }: KeyboardEvent, { items, here }: Stand): HTMLElement | undefined => {
  const step = STEPS[key]
  if (step !== undefined) return items.at((here + step) % items.length)
  if (key === 'Home') return items[0]
  if (key === 'End') return items.at(-1)
  if (key.length !== 1 || key === ' ') return undefined
  // A letter goes on to the next line that begins with it.
  const letter = key.toLowerCase()
  return [...items.slice(here + 1), ...items.slice(0, here + 1)].find((item) =>
    item.textContent.trim().toLowerCase().startsWith(letter),
  )
}
