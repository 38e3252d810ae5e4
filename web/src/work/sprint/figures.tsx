import type { ReactNode } from 'react'

type FigureProps = Readonly<{ name: string; children: ReactNode; about?: ReactNode }>

type FiguresProps = Readonly<{ columns?: 3 | 4; children: ReactNode }>

/** Shows figures beside each other: four in a row, or three. */
export const Figures = ({ columns = 4, children }: FiguresProps) => (
  <dl
    className={`mt-4 grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line
    ${columns === 4 ? 'sm:grid-cols-4' : 'sm:grid-cols-3'}`}
  >
    {children}
  </dl>
)

/** Shows one figure and what it counts. */
export const Figure = ({ name, children, about }: FigureProps) => (
  <div className="bg-surface px-3 py-2.5">
    <dt className="text-meta text-text-3">{name}</dt>
    <dd>
      <span className="block text-figure font-semibold">{children}</span>
      {about !== undefined && <span className="block text-meta text-text-2">{about}</span>}
    </dd>
  </div>
)

type BarProps = Readonly<{ label: string; value: number; max: number; isOver?: boolean }>

/** Shows how much of something is done or taken. */
export const Bar = ({ label, value, max, isOver = false }: BarProps) => (
  <span
    role="meter"
    aria-label={label}
    aria-valuemin={0}
    aria-valuenow={value}
    aria-valuemax={max}
    aria-valuetext={`${value} of ${max}`}
    className="mt-3 block h-2 overflow-hidden rounded-full bg-hover"
  >
    <span
      className={`block h-full rounded-full ${isOver ? 'bg-wait' : 'bg-ok'}`}
      style={{ width: `${max > 0 ? Math.min(100, (value / max) * 100) : 0}%` }}
    />
  </span>
)
