import { Link } from '@tanstack/react-router'
import { INBOX_TOPIC } from '../live/inbox.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { Tooltip } from '../ui/over/tooltip.tsx'
import { saidKeys } from './keyboard/caps.ts'
import type { Place } from './places.ts'

/** Gives how much waits in the inbox, as it is written; `null` where nothing does. */
export const useInboxCount = (): string | null => {
  const { inbox } = useHall()
  const count = useTopic(INBOX_TOPIC, inbox.count)
  const isCut = useTopic(INBOX_TOPIC, inbox.isCut)
  if (count === 0) return null
  return isCut ? `${count}+` : String(count)
}

/** Says a place as a link of it is called. */
const labelOf = ({ id, name }: Place, waits: string | null): string =>
  id === 'inbox' && waits !== null ? `${name}, ${waits} waiting` : name

type PlaceLinkProps = Readonly<{
  place: Place
  project: string | null
  /** Only the mark is shown. */
  isNarrow?: boolean
  /** It stands below the project that it is a page of. */
  isInner?: boolean
}>

const LINK =
  'flex h-8 w-full items-center gap-2 rounded-control px-2 text-list text-text-2 hover:bg-hover ' +
  'hover:text-text aria-[current=page]:bg-hover aria-[current=page]:font-medium ' +
  'aria-[current=page]:text-text'

const NARROW = 'relative w-8! justify-center'

/** Shows the way to a page in the navigation. */
export const PlaceLink = ({ place, project, isNarrow = false, isInner }: PlaceLinkProps) => {
  const { name, to, icon: Icon, keys } = place
  const waits = useInboxCount()
  const label = labelOf(place, waits)
  const badge = place.id === 'inbox' && waits !== null
  const link = (
    <Link
      to={to}
      params={{ project: project ?? '' }}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      aria-label={label}
      title={isNarrow || keys === undefined ? undefined : saidKeys(keys)}
      className={`${LINK} ${isNarrow ? NARROW : ''} ${isInner ? 'pl-6' : ''}`}
    >
      <Icon aria-hidden="true" className="size-4 shrink-0" />
      {!isNarrow && <span className="min-w-0 flex-1 truncate">{name}</span>}{' '}
      {badge && !isNarrow && (
        <span className="rounded-control bg-wait-soft px-1.5 text-meta text-wait">{waits}</span>
      )}
      {badge && isNarrow && (
        <span
          aria-hidden="true"
          className="absolute top-0.5 right-0.5 size-2 rounded-full bg-wait"
        />
      )}
    </Link>
  )
  if (!isNarrow) return link
  return (
    <Tooltip text={label} {...(keys !== undefined && { keys })}>
      {link}
    </Tooltip>
  )
}

/** Shows the way to a page in the bar at the bottom of a narrow screen. */
export const BarLink = ({ place, project }: PlaceLinkProps) => {
  const { name, to, icon: Icon } = place
  const waits = useInboxCount()
  const badge = place.id === 'inbox' && waits !== null
  return (
    <Link
      to={to}
      params={{ project: project ?? '' }}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      aria-label={labelOf(place, waits)}
      className="relative flex flex-1 flex-col items-center justify-center gap-0.5 text-meta
        text-text-2 aria-[current=page]:font-medium aria-[current=page]:text-accent"
    >
      <Icon aria-hidden="true" className="size-5" />
      <span aria-hidden="true">{name}</span>{' '}
      {badge && (
        <span
          aria-hidden="true"
          className="absolute top-1 left-1/2 ml-1.5 rounded-control bg-wait-soft px-1 text-meta
            text-wait"
        >
          {waits}
        </span>
      )}
    </Link>
  )
}
