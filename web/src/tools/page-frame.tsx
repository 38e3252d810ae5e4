import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useHall } from '../live/use-hall.ts'
import { usePageTitle } from '../ui/use-page-title.ts'

type Step = Readonly<{ name: string; server?: string }>

type PageFrameProps = Readonly<{
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

/** Shows a page about tools: the way back up, its heading, its panels. */
export const PageFrame = (props: PageFrameProps) => {
  const { title, heading = title, about, above = [], action, children } = props
  const hall = useHall()
  usePageTitle(title)
  useEffect(() => hall.listen(), [hall])
  return (
    <main className="min-w-0 flex-1 overflow-y-auto">
      <div className="mx-auto grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-4 px-4 py-5">
        <header className="grid gap-1">
          {above.length > 0 && (
            <nav aria-label="Above" className="flex flex-wrap gap-1.5 text-list text-text-3">
              {above.map(({ name, server }, at) => (
                <span key={name} className="flex gap-1.5">
                  {at > 0 && <span aria-hidden="true">/</span>}
                  <StepLink name={name} server={server} />
                </span>
              ))}
            </nav>
          )}
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

const LINK = 'rounded-control text-text-2 hover:text-text hover:underline'

const StepLink = ({ name, server }: Readonly<{ name: string; server: string | undefined }>) =>
  server === undefined ? (
    <Link to="/tools" className={LINK}>
      {name}
    </Link>
  ) : (
    <Link to="/tools/$server" params={{ server }} className={LINK}>
      {name}
    </Link>
  )
