import { Link } from '@tanstack/react-router'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { SettingsPage } from '../settings-page.tsx'
import { type Section, sectionsFor } from './sections.ts'

/** Shows every page of the settings, and what can be set on it. */
export const SettingsIndex = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  return (
    <SettingsPage title="Settings" about="Yours, and those of the organisation.">
      {me !== null && (
        <ul className="divide-y divide-line rounded-card border border-line bg-surface">
          {sectionsFor(me).map((section) => (
            <li key={section.to} className="px-4 py-3">
              <Entry {...section} />
            </li>
          ))}
        </ul>
      )}
    </SettingsPage>
  )
}

const Entry = ({ name, to, about, settings }: Section) => (
  <>
    <h2 className="text-title font-semibold">
      <Link to={to} className="rounded-control hover:underline">
        {name}
      </Link>
    </h2>
    <p className="text-text-2">{about}</p>
    <ul aria-label={name} className="-mx-1.5 mt-1 flex flex-wrap text-list">
      {settings.map(({ name: part, anchor }) => (
        <li key={anchor}>
          <Link
            to={to}
            hash={anchor}
            className="inline-flex h-7 items-center rounded-control px-1.5 text-accent
              hover:underline"
          >
            {part}
          </Link>
        </li>
      ))}
    </ul>
  </>
)
