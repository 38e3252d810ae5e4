import { Link, type LinkProps } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useHall } from '../live/use-hall.ts'
import { usePageTitle } from '../ui/use-page-title.ts'

/** A page above another one, and the way there. */
export type Step = Readonly<{ name: string; link: LinkProps }>

type PageProps = Readonly<{
  /** Names the page in its tab. */
  title: string
  /** What is shown in its place in the heading. */
  heading?: ReactNode
  about?: ReactNode
  /** The pages above this one, the outermost first. */
  above?: readonly Step[]
  /** Stands beside the heading. */
  action?: ReactNode
  children: ReactNode
}>

/** Shows a page of panels under a heading; it hears of changes as long as it is shown. */
export const Page = ({ title, heading = title, about, above, action, children }: PageProps) => {
  const hall = useHall()
  usePageTitle(title)
  useEffect(() => hall.listen(), [hall])
  return (
    <main className="min-w-0 flex-1 overflow-y-auto">
      <div className="mx-auto grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-4 px-4 py-5">
        <header className="grid gap-1">
          {above !== undefined && <WayUp steps={above} />}
          <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
            <h1 className="min-w-0 flex-1 basis-44 text-figure font-semibold">{heading}</h1>
            {action}
          </div>
          {about !== undefined && <div className="text-text-2">{about}</div>}
        </header>
        {children}
      </div>
    </main>
  )
}

const WayUp = ({ steps }: Readonly<{ steps: readonly Step[] }>) => (
  <nav aria-label="Above" className="flex flex-wrap gap-1.5 text-list text-text-3">
    {steps.map(({ name, link }, at) => (
      <span key={name} className="flex gap-1.5">
        {at > 0 && <span aria-hidden="true">/</span>}
        <Link {...link} className="rounded-control text-text-2 hover:text-text hover:underline">
          {name}
        </Link>
      </span>
    ))}
  </nav>
)
