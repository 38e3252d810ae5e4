import { type ReactNode, useId } from 'react'
import { PartBoundary } from './state/part-boundary.tsx'
import { Skeleton, Waiting } from './state/skeleton.tsx'
import { TroubleLine } from './state/trouble-line.tsx'

/** What a panel shows is read: it comes, is there, or could not be read. */
type Reading = Readonly<{ data: unknown; trouble: string | null; again(): void }>

type PanelProps = Readonly<{
  title: string
  about?: string
  /** Names its place in the page, for links that lead right there. */
  anchor?: string
  /** Stands at the end of the title's line. */
  action?: ReactNode
  /** What it shows, as it was read. */
  read?: Reading
  /** Why what it shows could not be read, where it is read in another way. */
  trouble?: string | null
  /** What it shows begins right below the title; it is as high as what stands beside it. */
  dense?: boolean
  children?: ReactNode
}>

/** Shows one subject of a page; what crashes or cannot be read in it leaves the others alone. */
export const Panel = (props: PanelProps) => {
  const { title, about, anchor, action, read, trouble = read?.trouble ?? null } = props
  const { dense = false, children } = props
  const id = useId()
  const again = read && { again: read.again }
  return (
    <section
      id={anchor}
      aria-labelledby={id}
      className={`scroll-mt-4 rounded-card border border-line bg-surface ${
        dense ? 'h-full min-w-0' : ''
      }`}
    >
      <header
        className={`flex flex-wrap items-start justify-between gap-3 ${
          dense ? 'px-4 pt-3 pb-2' : 'p-4'
        }`}
      >
        <div className="min-w-0 flex-1 basis-60">
          <h2 id={id} className="text-title font-semibold">
            {title}
          </h2>
          {about !== undefined && <p className="mt-0.5 text-list text-text-2">{about}</p>}
        </div>
        {action}
      </header>
      {trouble !== null && <TroubleLine said={trouble} {...again} className="px-4 pb-4" />}
      {read?.data === null && trouble === null && (
        <PanelBody>
          <Waiting what={title.toLowerCase()} {...again}>
            <Skeleton />
          </Waiting>
        </PanelBody>
      )}
      <PartBoundary name={title} of={read?.data} {...again}>
        {children}
      </PartBoundary>
    </section>
  )
}

/** Shows what belongs to a panel below its title. */
export const PanelBody = ({ children }: Readonly<{ children: ReactNode }>) => (
  <div className="border-t border-line p-4">{children}</div>
)

/** Shows the things of a panel, one in a line. */
export const PanelList = ({
  label,
  children,
}: Readonly<{ label: string; children: ReactNode }>) => (
  <ul aria-label={label} className="divide-y divide-line border-t border-line">
    {children}
  </ul>
)

type PanelItemProps = Readonly<{
  name: ReactNode
  about?: ReactNode
  action?: ReactNode
  /** What was opened of it. */
  more?: ReactNode
}>

/** Shows one thing of a list: its name, what there is to know of it, what can be done with it. */
export const PanelItem = ({ name, about, action, more }: PanelItemProps) => (
  <li className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-2.5">
    <div className="min-w-0 flex-1 basis-48">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium break-words">
        {name}
      </div>
      {about !== undefined && <div className="text-list break-words text-text-2">{about}</div>}
    </div>
    {action !== undefined && <div className="flex flex-wrap items-center gap-1.5">{action}</div>}
    {more !== undefined && <div className="basis-full">{more}</div>}
  </li>
)

/** Shows that a panel's list is empty. */
export const PanelEmpty = ({ children }: Readonly<{ children: ReactNode }>) => (
  <p className="border-t border-line px-4 py-3 text-list text-text-2">{children}</p>
)
