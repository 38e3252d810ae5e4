import { RefreshCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { LinkState } from '../live/connection.ts'
import { LINK_TOPIC } from '../live/own/writes.ts'
import { useHall, useTopic } from '../live/use-hall.ts'

type Look = Readonly<{ word: string; about: string; mark: string }>

const LOOKS: Record<LinkState, Look> = {
  connecting: {
    word: 'Connecting',
    about: 'Changes of others will appear in a moment.',
    mark: 'border border-text-3 rounded-full',
  },
  live: {
    word: 'Live',
    about: 'Changes of others appear as they happen.',
    mark: 'bg-ok rounded-full',
  },
  reconnecting: {
    word: 'Reconnecting',
    about: 'The hub went away for a moment; nothing is lost.',
    mark: 'bg-wait rotate-45',
  },
  offline: {
    word: 'Offline',
    about: 'The hub cannot be reached. What you see may be old; what you change waits here.',
    mark: 'bg-bad',
  },
}
const TICK_MS = 1000
// Below this it is over before it was read.
const COUNTED_S_MIN = 2

/** Shows whether this page hears of changes, what waits, and when it goes on. */
export const ConnectionChip = ({ isNarrow = false }: Readonly<{ isNarrow?: boolean }>) => {
  const hall = useHall()
  const link = useTopic(LINK_TOPIC, hall.link)
  const waiting = useTopic(LINK_TOPIC, hall.writes.waiting)
  const isOther = useTopic(LINK_TOPIC, hall.build.isOther)
  const seconds = useCountdown(useTopic(LINK_TOPIC, hall.linkDue))
  const { word, about, mark } = LOOKS[link]
  const isBusy = link === 'live' && seconds >= COUNTED_S_MIN
  if (isOther && link === 'live' && waiting === 0) return <Reload isNarrow={isNarrow} />
  return (
    <span
      className="inline-flex min-w-0 items-center gap-2 text-meta whitespace-nowrap text-text-2"
      title={isBusy ? 'The hub has much to do and asks to wait.' : about}
      data-link={word.toLowerCase()}
    >
      <span className={`size-2 shrink-0 ${isBusy ? 'bg-wait' : mark}`} aria-hidden="true" />
      <span role="status" className={isNarrow ? 'sr-only' : ''}>
        {isBusy ? 'Busy' : word}
        {waiting > 0 && `, ${waiting} waiting`}
      </span>
      {link !== 'connecting' && seconds >= COUNTED_S_MIN && !isNarrow && (
        <span className="text-text-3" aria-hidden="true">
          {seconds} s
        </span>
      )}
    </span>
  )
}

const Reload = ({ isNarrow }: Readonly<{ isNarrow: boolean }>) => (
  <button
    type="button"
    aria-label="Reload"
    title="The hub has a newer version of this page."
    onClick={() => window.location.reload()}
    className="inline-flex h-7 items-center gap-1.5 rounded-control bg-accent-soft px-2 text-meta
      font-medium text-accent"
  >
    <RefreshCw className="size-3.5" aria-hidden="true" />
    {!isNarrow && 'Reload'}
  </button>
)

/** Counts the seconds down to a moment; 0 where there is none, or it is over. */
const useCountdown = (dueAt: number | null): number => {
  const [left, setLeft] = useState<Readonly<{ dueAt: number; seconds: number }> | null>(null)
  useEffect(() => {
    if (dueAt === null) return undefined
    const tick = (): void =>
      setLeft({ dueAt, seconds: Math.max(0, Math.ceil((dueAt - Date.now()) / 1000)) })
    const first = setTimeout(tick, 0)
    const timer = setInterval(tick, TICK_MS)
    return () => {
      clearTimeout(first)
      clearInterval(timer)
    }
  }, [dueAt])
  // What was counted for another moment says nothing of this one.
  return left !== null && left.dueAt === dueAt ? left.seconds : 0
}
