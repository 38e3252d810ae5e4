import { Link } from '@tanstack/react-router'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { sectionsFor } from './sections.ts'

const ITEM =
  'flex h-8 items-center rounded-control px-2.5 text-list whitespace-nowrap text-text-2 ' +
  'hover:bg-hover hover:text-text aria-[current=page]:bg-hover aria-[current=page]:font-medium ' +
  'aria-[current=page]:text-text'

/** Shows the pages of the settings: at the side, or above the page where the screen is narrow. */
export const SettingsNav = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  return (
    <nav aria-label="Settings" className="lg:sticky lg:top-5 lg:w-44 lg:shrink-0">
      <ul className="-mx-2.5 flex flex-wrap gap-px lg:mx-0 lg:grid">
        <li>
          <Link to="/settings" activeOptions={{ exact: true }} className={ITEM}>
            All settings
          </Link>
        </li>
        {sectionsFor(me).map(({ name, to }) => (
          <li key={to}>
            <Link to={to} className={ITEM}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
