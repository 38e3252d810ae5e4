import type { ReactNode } from 'react'

type SectionProps = Readonly<{ title: string; children: ReactNode }>

/** Shows a part of a panel under its heading. */
export const Section = ({ title, children }: SectionProps) => (
  <section className="mt-5">
    <h3 className="mb-1.5 text-list font-semibold">{title}</h3>
    {children}
  </section>
)
