import type { KeyboardEvent } from 'react'

type Tab = Readonly<{ id: string; name: string; count?: number }>

type TabsProps = Readonly<{
  label: string
  tabs: readonly Tab[]
  chosen: string
  change(id: string): void
}>

/** Shows a choice of views, one at a time; the arrow keys go from one to the next. */
export const Tabs = ({ label, tabs, chosen, change }: TabsProps) => (
  <div role="tablist" aria-label={label} className="flex gap-1" onKeyDown={walk}>
    {tabs.map(({ id, name, count }) => (
      <button
        key={id}
        type="button"
        role="tab"
        aria-selected={id === chosen}
        tabIndex={id === chosen ? 0 : -1}
        onClick={() => change(id)}
        className="inline-flex h-8 items-center gap-1.5 rounded-control px-2.5 text-list text-text-2
          hover:bg-hover hover:text-text aria-selected:bg-hover aria-selected:font-medium
          aria-selected:text-text"
      >
        {name}
        {count !== undefined && <span className="text-meta text-text-3">{count}</span>}
      </button>
    ))}
  </div>
)

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }

const walk = (event: KeyboardEvent<HTMLElement>): void => {
  const step = STEPS[event.key]
  if (step === undefined) return
  const tabs = [...event.currentTarget.querySelectorAll('button')]
  const here = tabs.findIndex((tab) => tab === document.activeElement)
  const next = tabs.at((here + step) % tabs.length)
  event.preventDefault()
  next?.focus()
  next?.click()
}
