import type { ReactNode } from 'react'

const HUES = {
  plain: 'bg-hover text-text-2',
  ok: 'bg-ok-soft text-ok',
  run: 'bg-run-soft text-run',
  wait: 'bg-wait-soft text-wait',
  bad: 'bg-bad-soft text-bad',
  accent: 'bg-accent-soft text-accent',
} as const

/** Names a hue that says how something stands. */
export type Hue = keyof typeof HUES

type BadgeProps = Readonly<{ hue?: Hue; title?: string | undefined; children: ReactNode }>

/** Shows a word or number that stands out a little. */
export const Badge = ({ hue = 'plain', title, children }: BadgeProps) => (
  <span
    title={title}
    className={`inline-flex h-[1.125rem] max-w-40 items-center gap-1 rounded-control px-1.5
      text-meta ${HUES[hue]} ${hue === 'plain' ? 'min-w-9' : 'shrink-0'}`}
  >
    {typeof children === 'string' ? <span className="truncate">{children}</span> : children}
  </span>
)
