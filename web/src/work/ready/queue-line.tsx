import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { Fragment } from 'react'
import { cardTopic } from '../../live/cards.ts'
import type { Reason } from '../../live/details.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { PriorityMark } from '../../ui/priority-mark.tsx'
import { ReasonAct } from './reason-act.tsx'
import type { QueueItem } from './use-queue.ts'

type QueueLineProps = Readonly<{
  item: QueueItem
  /** Its turn in the order of hand-out; `null` where it has none. */
  place: number | null
  agent: string | null
  again(): void
}>

/** Shows a task of the queue, and of each reason against it what can be done. */
export const QueueLine = ({ item, place, agent, again }: QueueLineProps) => {
  const { key, title, reasons } = item
  const { store } = useHall()
  const id = store.cards.byKey(key)?.id ?? ''
  const card = useTopic(cardTopic(id), () => store.cards.get(id))
  const who = card?.delegate ?? card?.assignee ?? null
  return (
    <li data-task={key} className="px-2.5 py-1.5">
      <Link
        to="/t/$key"
        params={{ key }}
        data-line="true"
        className="flex min-h-7 items-center gap-2 rounded-control text-list -outline-offset-1
          hover:bg-hover"
      >
        {place !== null && (
          <span className="w-6 shrink-0 text-right text-meta text-text-3">{place}</span>
        )}
        <span className="flex w-3.5 shrink-0 justify-center">
          {card && <PriorityMark priority={card.priority} />}
        </span>
        <span className="shrink-0 text-meta text-text-3">{key}</span>
        <span className="min-w-0 truncate" dir="auto" title={title}>
          {title}
        </span>
        <span className="ml-auto flex shrink-0 items-center gap-2 text-meta text-text-2">
          {place !== null && agent !== null && reasons.length === 0 && (
            <span className="inline-flex items-center gap-1 text-ok">
              <CircleCheck className="size-3.5" aria-hidden="true" /> may take it
            </span>
          )}
          {card?.points !== undefined && card.points !== null && <span>{card.points}p</span>}
          {who !== null && <Avatar handle={who} />}
        </span>
      </Link>
      {reasons.length > 0 && (
        <ul
          aria-label={`Why ${key} is not handed out`}
          className={`grid ${place === null ? 'pl-[1.375rem]' : 'pl-[3.375rem]'}`}
        >
          {reasons.map((reason) => (
            <li
              key={`${reason.code} ${reason.text}`}
              className="flex min-h-6 flex-wrap items-center gap-x-2 text-list text-text-2"
            >
              <Said reason={reason} />
              <ReasonAct taskKey={key} reason={reason} again={again} />
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}

const KEY = /([A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8})/

// The keys in a sentence of the hub lead to their tasks; the rest of it stays as it was said.
const Said = ({ reason: { text, keys, code } }: Readonly<{ reason: Reason }>) => (
  <span className="break-words" dir="auto">
    {text.split(KEY).map((part, at) => {
      const place = `${code} ${at}`
      if (!keys.includes(part)) return <Fragment key={place}>{part}</Fragment>
      return (
        <Link
          key={place}
          to="/t/$key"
          params={{ key: part }}
          className="text-accent underline underline-offset-2"
        >
          {part}
        </Link>
      )
    })}
  </span>
)
