import { Link } from '@tanstack/react-router'
import { Inbox } from 'lucide-react'
import { INBOX_TOPIC } from '../live/inbox.ts'
import { useHall, useTopic } from '../live/use-hall.ts'

/** Shows the way to the inbox, and how much waits there. */
export const InboxLink = ({ isNarrow = false }: Readonly<{ isNarrow?: boolean }>) => {
  const { inbox } = useHall()
  const count = useTopic(INBOX_TOPIC, inbox.waiting)?.length ?? 0
  const isCut = useTopic(INBOX_TOPIC, inbox.isCut)
  const waits = isCut ? `${count}+` : String(count)
  return (
    <Link
      to="/inbox"
      aria-label={count > 0 ? `Inbox, ${waits} waiting` : 'Inbox'}
      className={`flex h-8 items-center gap-2 rounded-control px-2 text-list text-text-2
        hover:bg-hover hover:text-text aria-[current=page]:bg-hover
        aria-[current=page]:font-medium aria-[current=page]:text-text ${isNarrow ? '' : 'w-full'}`}
    >
      <Inbox aria-hidden="true" className="size-4 shrink-0" />
      {!isNarrow && <span className="min-w-0 flex-1">Inbox</span>}
      {count > 0 && (
        <span className="rounded-control bg-wait-soft px-1.5 text-meta text-wait">{waits}</span>
      )}
    </Link>
  )
}
