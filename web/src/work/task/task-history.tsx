import { Link } from '@tanstack/react-router'
import { Fragment, useState } from 'react'
import type { Happening } from '../../live/details.ts'
import { mayHere } from '../../live/own/rights.ts'
import { useHall } from '../../live/use-hall.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { saidOf } from './happenings.ts'

type HistoryProps = Readonly<{ taskKey: string; events: readonly Happening[]; total: number }>

const SHOWN_FIRST = 20

/** Shows what happened to a task, newest first. */
export const History = ({ taskKey, events, total }: HistoryProps) => {
  const { me } = useHall()
  const [isWhole, setWhole] = useState(false)
  if (events.length === 0) return null
  const shown = isWhole ? events : events.slice(0, SHOWN_FIRST)
  const mayReadLedger = mayHere(me(), 'ledger:read')
  return (
    <details className="mt-6" open>
      <summary className="mb-2 w-fit cursor-pointer rounded-control text-list font-semibold">
        History <span className="ml-1 font-normal text-text-3">{total}</span>
      </summary>
      <ol className="grid grid-cols-1 gap-1.5">
        {shown.map((event) => (
          <li key={event.pos} className="flex items-start gap-2 text-list text-text-2">
            <Avatar handle={event.actor ?? 'guildhall'} />
            <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              <span className="text-text">@{event.actor ?? 'guildhall'}</span>{' '}
              <Sentence text={saidOf(event)} />
            </span>
            <span className="pt-px text-meta text-text-3">
              <Moment at={event.at} />
            </span>
          </li>
        ))}
      </ol>
      {shown.length < events.length && (
        <Button look="quiet" className="mt-2" onClick={() => setWhole(true)}>
          Show {events.length - shown.length} more
        </Button>
      )}
      {isWhole && total > events.length && mayReadLedger && (
        <Link
          to="/ledger"
          search={{ object: taskKey }}
          className="mt-2 inline-block text-list text-accent underline underline-offset-2"
        >
          All {total} of them are in the ledger
        </Link>
      )}
    </details>
  )
}

const KEY = /\b([A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8})\b/

const Sentence = ({ text }: Readonly<{ text: string }>) =>
  text.split(KEY).map((part, at) =>
    at % 2 === 0 || part.startsWith('Q-') ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a sentence have no other name
      <Fragment key={at}>{part}</Fragment>
    ) : (
      <Link
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a sentence have no other name
        key={at}
        to="/t/$key"
        params={{ key: part }}
        search
        className="text-accent hover:underline"
      >
        {part}
      </Link>
    ),
  )
