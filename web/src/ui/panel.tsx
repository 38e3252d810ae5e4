import { type ReactNode, useId } from 'react'

type PanelProps = Readonly<{
  title: string
  about?: string
  /** Stands at the end of the title's line. */
  action?: ReactNode
  /** Why what it shows could not be read. */
  trouble?: string | null
  children?: ReactNode
}>

/** Shows one subject of a page of settings. */
export const Panel = ({ title, about, action, trouble = null, children }: PanelProps) => {
  const id = useId()
  return (
    <section aria-labelledby={id} className="rounded-card border border-line bg-surface">
      <header className="flex flex-wrap items-start justify-between gap-3 p-4">
        <div className="min-w-0 flex-1 basis-60">
          <h2 id={id} className="text-title font-semibold">
            {title}
          </h2>
          {about !== undefined && <p className="mt-0.5 text-list text-text-2">{about}</p>}
        </div>
        {action}
      </header>
      {trouble !== null && (
        <p role="alert" className="px-4 pb-4 text-list text-bad">
          {trouble}
        </p>
      )}
      {children}
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
