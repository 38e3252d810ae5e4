import { useHall, useTopic } from '../live/use-hall.ts'
import type { LinkState } from '../live/connection.ts'

const LOOKS: Record<LinkState, Readonly<{ word: string; about: string; mark: string }>> = {
  connecting: {
    word: 'Connecting',
    about: 'Changes of others will appear in a moment.',
    mark: 'border border-text-3',
  },
  live: {
    word: 'Live',
    about: 'Changes of others appear as they happen.',
    mark: 'bg-ok',
  },
  reconnecting: {
    word: 'Reconnecting',
    about: 'The hub went away for a moment; nothing is lost.',
    mark: 'bg-wait rotate-45 rounded-none!',
  },
  offline: {
    word: 'Offline',
    about: 'The hub cannot be reached. What you see may be old.',
    mark: 'bg-bad rounded-none!',
  },
}

/** Shows whether this page hears of changes. */
export const ConnectionChip = () => {
  const hall = useHall()
  const { word, about, mark } = LOOKS[useTopic('link', hall.link)]
  return (
    <span
      className="inline-flex items-center gap-2 text-meta text-text-2"
      title={about}
      role="status"
      data-link={word.toLowerCase()}
    >
      <span className={`size-2 rounded-full ${mark}`} aria-hidden="true" />
      {word}
    </span>
  )
}
