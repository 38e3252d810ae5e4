import type { Card } from '../../../src/work/contract.ts'

const BARS: Record<Card['priority'], number> = { urgent: 3, high: 3, medium: 2, low: 1, none: 0 }

/** Shows a priority as bars; urgent stands out, none shows nothing. */
export const PriorityMark = ({ priority }: Readonly<{ priority: Card['priority'] }>) => {
  if (priority === 'none') return null
  const label = `Priority: ${priority}`
  if (priority === 'urgent') {
    return (
      <svg viewBox="0 0 14 14" className="size-3.5 shrink-0 text-bad" role="img" aria-label={label}>
        <title>{label}</title>
        <rect x="1" y="1" width="12" height="12" rx="3" fill="currentColor" />
        <path
          d="M7 3.8v3.4m0 2.8v.01"
          className="stroke-surface"
          strokeWidth="1.8"
          strokeLinecap="round"
        />
      </svg>
    )
  }
  return (
    <svg
      viewBox="0 0 14 14"
      className="size-3.5 shrink-0 text-text-2"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x={1.5 + bar * 4}
          y={8.5 - bar * 3}
          width="2.8"
          height={4 + bar * 3}
          rx="0.8"
          fill="currentColor"
          opacity={bar < BARS[priority] ? 1 : 0.25}
        />
      ))}
    </svg>
  )
}
