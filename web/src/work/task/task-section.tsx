import type { ReactNode } from 'react'

type SectionProps = Readonly<{ title: string; count?: number; children: ReactNode }>

/** Shows a part of the panel under its heading. */
export const Section = ({ title, count, children }: SectionProps) => (
  <section className="mt-6">
    <h2 className="mb-2 text-list font-semibold">
      {title}
      {count !== undefined && <span className="ml-1.5 font-normal text-text-3">{count}</span>}
    </h2>
    {children}
  </section>
)
