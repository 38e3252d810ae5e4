import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useHall, useTopic } from '../live/use-hall.ts'
import { usePageTitle } from '../ui/use-page-title.ts'

type SettingsPageProps = Readonly<{ title: string; about: string; children: ReactNode }>

const TAB =
  'inline-flex h-8 items-center rounded-control px-2.5 text-list text-text-2 hover:bg-hover ' +
  'hover:text-text aria-[current=page]:bg-hover aria-[current=page]:font-medium ' +
  'aria-[current=page]:text-text'

/** Shows a page of settings, and the way to the others. */
export const SettingsPage = ({ title, about, children }: SettingsPageProps) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  usePageTitle(title)
  // Nothing here follows events, but the end of the session has to be heard of at once.
  useEffect(() => hall.listen(), [hall])
  return (
    <main className="min-w-0 flex-1 overflow-y-auto">
      <div className="mx-auto grid max-w-3xl gap-4 px-4 py-5">
        <header>
          <nav aria-label="Settings" className="-ml-2.5 flex flex-wrap gap-1">
            <Link to="/settings/security" className={TAB}>
              Security
            </Link>
            <Link to="/settings/appearance" className={TAB}>
              Appearance
            </Link>
            {me?.permissions.includes('member:read') && (
              <Link to="/settings/members" className={TAB}>
                Members
              </Link>
            )}
            {me?.permissions.includes('webhook:read') && (
              <Link to="/settings/webhooks" className={TAB}>
                Webhooks
              </Link>
            )}
          </nav>
          <h1 className="mt-3 text-figure font-semibold">{title}</h1>
          <p className="text-text-2">{about}</p>
        </header>
        {children}
      </div>
    </main>
  )
}
