import { type ReactNode, useEffect, useRef } from 'react'
import { useHall } from '../live/use-hall.ts'
import { PartBoundary } from '../ui/state/part-boundary.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { SettingsNav } from './settings/settings-nav.tsx'
import { SettingsSearch } from './settings/settings-search.tsx'
import { useAnchor } from './settings/use-anchor.ts'

type SettingsPageProps = Readonly<{
  title: string
  about: string
  /** What is shown needs room: a table. */
  wide?: boolean
  children: ReactNode
}>

/** Shows a page of settings, and the way to the others. */
export const SettingsPage = ({ title, about, wide = false, children }: SettingsPageProps) => {
  const hall = useHall()
  const ref = useRef<HTMLDivElement>(null)
  usePageTitle(title)
  useAnchor(ref)
  // Nothing here follows events, but the end of the session has to be heard of at once.
  useEffect(() => hall.listen(), [hall])
  return (
    <main className="min-w-0 flex-1 overflow-y-auto">
      <div
        className={`mx-auto flex gap-x-8 gap-y-4 px-4 py-5 max-lg:flex-col lg:items-start
          ${wide ? 'max-w-6xl' : 'max-w-5xl'}`}
      >
        <SettingsNav />
        <div ref={ref} className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] gap-4">
          <SettingsSearch />
          <header>
            <h1 className="text-figure font-semibold">{title}</h1>
            <p className="text-text-2">{about}</p>
          </header>
          <PartBoundary name={title}>{children}</PartBoundary>
        </div>
      </div>
    </main>
  )
}
