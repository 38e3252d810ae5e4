import type { ReactNode } from 'react'

type EmptyStateProps = Readonly<{
  title: string
  about?: ReactNode
  icon?: ReactNode
  action?: ReactNode
  /** A command that does the same in a terminal. */
  command?: string
}>

/** Shows that there is nothing yet, what would be here, and how it comes about. */
export const EmptyState = ({ title, about, icon, action, command }: EmptyStateProps) => (
  <div className="mx-auto grid max-w-md justify-items-center gap-2 px-4 py-10 text-center">
    {icon !== undefined && (
      <span aria-hidden="true" className="mb-1 text-text-3">
        {icon}
      </span>
    )}
    <h2 className="text-title font-semibold text-balance">{title}</h2>
    {about !== undefined && <div className="text-text-2 text-pretty">{about}</div>}
    {action !== undefined && <div className="mt-2 flex flex-wrap gap-2">{action}</div>}
    {command !== undefined && (
      <code
        className="mt-2 max-w-full overflow-x-auto rounded-control border border-line bg-sunken px-2
          py-1 font-mono text-meta"
      >
        {command}
      </code>
    )}
  </div>
)
