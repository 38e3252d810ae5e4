import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { Person } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Moment } from '../../ui/moment.tsx'
import { EventDetails } from './event-details.tsx'
import type { Told } from './views.ts'

type LedgerLineProps = Readonly<{
  item: Told
  isOpen: boolean
  toggle(): void
  /** The object whose history the list is already. */
  shown: string | undefined
  /** Shows the history of an object only. */
  only(object: string): void
}>

/** Shows one event in a line, and all there is to know of it when it is opened. */
export const LedgerLine = ({ item, isOpen, toggle, shown, only }: LedgerLineProps) => (
  <li data-pos={item.pos}>
    <button
      type="button"
      data-line={item.pos}
      aria-expanded={isOpen}
      onClick={toggle}
      className="grid min-h-9 w-full grid-cols-[1rem_3.5rem_minmax(0,1fr)_auto] items-center gap-x-2
        gap-y-0.5 px-3 py-1.5 text-left text-list hover:bg-hover
        sm:grid-cols-[1rem_3.5rem_minmax(0,3fr)_minmax(0,2fr)_auto]"
    >
      <ChevronRight
        aria-hidden="true"
        className={`size-4 text-text-3 ${isOpen ? 'rotate-90' : ''}`}
      />
      <span className="text-meta text-text-3 tabular-nums">{item.pos}</span>
      <span className="flex min-w-0 items-center gap-2">
        <span className="truncate">{wordsOf(item.event)}</span>
        {item.about !== null && <span className="min-w-0 truncate text-text-2">{item.about}</span>}
        {item.outcome !== null && item.outcome !== 'ok' && <Badge hue="bad">{item.outcome}</Badge>}
      </span>
      <span className="min-w-0 truncate text-text-2 max-sm:col-start-3 max-sm:row-start-2">
        {item.actor === null ? 'the hub' : <Person handle={item.actor} />}
      </span>
      <span className="text-meta text-text-3 max-sm:col-start-4 max-sm:row-start-1">
        <Moment at={item.at} />
      </span>
    </button>
    {isOpen && (
      <div className="border-t border-line bg-sunken px-4 py-3">
        <Around item={item} shown={shown} only={only} />
        <EventDetails pos={item.pos} />
      </div>
    )}
  </li>
)

const ACT = 'rounded-control text-accent underline underline-offset-2'
const TASK = /^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]*$/

type AroundProps = Pick<LedgerLineProps, 'item' | 'shown' | 'only'>

const Around = ({ item, shown, only }: AroundProps) => {
  const { about, object } = item
  const isTask = about !== null && TASK.test(about)
  return (
    <p className="mb-2 flex flex-wrap gap-x-3 text-list">
      {isTask && (
        <Link to="/t/$key" params={{ key: about }} className={ACT}>
          Open {about}
        </Link>
      )}
      {shown !== (about ?? object) && (
        <button type="button" className={ACT} onClick={() => only(about ?? object)}>
          History of {about ?? 'this object'}
        </button>
      )}
    </p>
  )
}

/** Says the name of an event in words: `work.task_moved` is "task moved". */
const wordsOf = (event: string): string => event.replace(/^[a-z]+\./, '').replaceAll('_', ' ')
