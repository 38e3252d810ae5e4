import type { ReactNode } from 'react'
import { Tooltip } from '../../../ui/over/tooltip.tsx'

type FactProps = Readonly<{
  name: string
  /** The value in words: it names the button. */
  said: string
  /** The key that asks for another one. */
  keys?: string
  /** Asks for another one; left out where nobody may change it. */
  change?: (() => void) | undefined
  /** Takes the whole line, for what is long. */
  isWide?: boolean
  /** Shows the value; without it nothing is set. */
  children?: ReactNode
}>

/** Shows one fact of a task; where it may be changed, it is a button. */
export const Fact = ({ name, said, keys, change, isWide = false, children }: FactProps) => {
  const isEmpty = children === undefined || children === null || children === false
  if (isEmpty && change === undefined) return null
  const value = isEmpty ? <span className="text-text-3">{said}</span> : children
  const button = change !== undefined && (
    <button
      type="button"
      aria-label={`${name}: ${said}`}
      onClick={change}
      className="flex min-h-7 w-full min-w-0 flex-wrap items-center gap-1.5 rounded-control px-1.5
        py-0.5 text-left hover:bg-hover"
    >
      {value}
    </button>
  )
  return (
    <div className={`flex min-w-0 items-start ${isWide ? '@sm:col-span-2' : ''}`}>
      <dt className="flex min-h-7 w-20 shrink-0 items-center text-text-3">{name}</dt>
      <dd className="flex min-w-0 flex-1 [&>span]:min-w-0 [&>span]:flex-1">
        {button === false ? (
          <span className="flex min-h-7 flex-wrap items-center gap-1.5 px-1.5">{value}</span>
        ) : keys === undefined ? (
          button
        ) : (
          <Tooltip text={`Change: ${name.toLowerCase()}`} keys={keys}>
            {button}
          </Tooltip>
        )}
      </dd>
    </div>
  )
}
