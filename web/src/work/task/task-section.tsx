import type { ReactNode } from 'react'

type SectionProps = Readonly<{
  title: string
  count?: number | string
  /** Stands at the end of the heading's line. */
  action?: ReactNode
  children: ReactNode
}>

/** Shows a part of the panel under its heading. */
export const Section = ({ title, count, action, children }: SectionProps) => (
  <section className="mt-6">
    <div className="mb-2 flex items-center gap-2">
      <h2 className="text-list font-semibold">
        {title}{' '}
        {count !== undefined && count !== 0 && (
          <span className="ml-1.5 font-normal text-text-3 tabular-nums">{count}</span>
        )}
      </h2>
      {action}
    </div>
    {children}
  </section>
)
