import { type ReactNode, useEffect, useState } from 'react'
import { Button } from '../button.tsx'

/** So long nothing is shown: what comes at once needs no sign of waiting. */
const QUIET_MS = 300
const SLOW_MS = 8000

/** Tells when something has lasted for a while. */
const useLasted = (ms: number): boolean => {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return isOver
}

type WaitingProps = Readonly<{
  /** What is waited for: `the ledger`. */
  what: string
  again?: () => void
  children: ReactNode
}>

/** Shows the shape of what is coming, and after a while that it takes long. */
export const Waiting = ({ what, again, children }: WaitingProps) => {
  const isShown = useLasted(QUIET_MS)
  const isSlow = useLasted(SLOW_MS)
  return (
    <div aria-busy="true" className="min-w-0">
      <p className="sr-only" role="status">
        {isShown ? `Loading ${what}` : ''}
      </p>
      <div aria-hidden="true" className={isShown ? '' : 'invisible'}>
        {children}
      </div>
      {isSlow && (
        <div role="status" className="mt-3 flex items-center gap-3 text-list text-text-2">
          Still loading {what}.{again !== undefined && <Button onClick={again}>Try again</Button>}
        </div>
      )}
    </div>
  )
}

type SkeletonProps = Readonly<{ lines?: number; className?: string }>

const WIDTHS = ['w-11/12', 'w-3/4', 'w-5/6', 'w-2/3'] as const

/** Shows lines where texts will be. */
export const Skeleton = ({ lines = 3, className = '' }: SkeletonProps) => (
  <div className={`grid gap-3 ${className}`}>
    {Array.from({ length: lines }, (_, line) => (
      <span
        key={line}
        className={`block h-3.5 rounded-control bg-hover ${WIDTHS[line % WIDTHS.length]}`}
      />
    ))}
  </div>
)
