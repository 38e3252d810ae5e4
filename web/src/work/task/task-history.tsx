import type { Happening } from '../../live/details.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Moment } from '../../ui/moment.tsx'
import { saidOf } from './happenings.ts'

/** Shows what happened to a task, newest first. */
export const History = ({ events }: Readonly<{ events: readonly Happening[] }>) => {
  if (events.length === 0) return null
  return (
    <details className="mt-6" open>
      <summary className="mb-2 w-fit cursor-pointer rounded-control text-list font-semibold">
        History <span className="ml-1 font-normal text-text-3">{events.length}</span>
      </summary>
      <ol className="grid gap-1.5">
        {events.map((event) => (
          <li key={event.pos} className="flex items-start gap-2 text-list text-text-2">
            {event.actor !== null && <Avatar handle={event.actor} />}
            <span className="min-w-0 flex-1 break-words">
              <span className="text-text">@{event.actor ?? 'guildhall'}</span> {saidOf(event)}
            </span>
            <span className="pt-px text-meta text-text-3">
              <Moment at={event.at} />
            </span>
          </li>
        ))}
      </ol>
    </details>
  )
}
