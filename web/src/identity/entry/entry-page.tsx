import { type ReactNode, useEffect, useRef } from 'react'
import { usePageTitle } from '../../ui/use-page-title.ts'

type EntryPageProps = Readonly<{
  title: string
  about?: ReactNode
  wide?: boolean
  children?: ReactNode
}>

/** Shows one thing to do for somebody who is not, or not quite, signed in. */
export const EntryPage = ({ title, about, wide = false, children }: EntryPageProps) => {
  const ref = useRef<HTMLHeadingElement>(null)
  usePageTitle(title)
  useEffect(() => {
    // Where a step replaced the button that led to it, reading goes on at its title.
    if (document.activeElement === document.body && title !== '') ref.current?.focus()
  }, [title])
  return (
    <div className="flex min-h-full items-start justify-center px-4 py-8 sm:py-[14vh]">
      <main
        className={`w-full rounded-dialog border border-line bg-surface p-6 sm:p-8 ${
          wide ? 'max-w-lg' : 'max-w-sm'
        }`}
      >
        <img src="/icon.svg" alt="" className="mb-4 size-8" />
        <h1 ref={ref} tabIndex={-1} className="text-figure font-semibold text-balance outline-none">
          {title}
        </h1>
        {about !== undefined && <div className="mt-1.5 text-text-2">{about}</div>}
        <div className="mt-5 grid gap-4 empty:hidden">{children}</div>
      </main>
    </div>
  )
}

/** Shows what stands between two ways to do the same. */
export const Or = () => (
  <div className="flex items-center gap-3 text-meta text-text-3">
    <span className="h-px flex-1 bg-line" />
    or
    <span className="h-px flex-1 bg-line" />
  </div>
)

/** Shows a command that somebody types on the machine of the hub. */
export const Command = ({ children }: Readonly<{ children: string }>) => (
  <code className="rounded-control bg-sunken px-1 py-0.5 font-mono text-list">{children}</code>
)
