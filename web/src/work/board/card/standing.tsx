import { Ban, Hourglass, ListTree, TriangleAlert } from 'lucide-react'
import type { Card } from '../../../../../src/work/contract.ts'
import { useHall, useTopic } from '../../../live/use-hall.ts'
import { Badge } from '../../../ui/badge.tsx'
import { isClosed, QUESTION_FLAG } from '../../words.ts'

// The flag that the hub sets when the last attempt of those that are allowed has failed.
const FAILED_FLAG = /^\d+ attempts failed$/

/** Shows what the agent of a card is doing: a mark and a word, never a colour alone. */
export const AgentState = ({ card }: Readonly<{ card: Card }>) => {
  const { people } = useHall()
  const { holder, blocked } = card
  const isAgent = useTopic('people', () => holder !== null && people.isAgent(holder))
  if (blocked === QUESTION_FLAG) {
    return (
      <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-wait">
        <span className="size-2 rotate-45 bg-wait" aria-hidden="true" /> Waits for you
      </span>
    )
  }
  if (blocked !== null && FAILED_FLAG.test(blocked)) {
    return (
      <span className="inline-flex items-center gap-1 whitespace-nowrap text-bad">
        <TriangleAlert className="size-3" aria-hidden="true" /> Failed
      </span>
    )
  }
  if (!isAgent) return null
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-run">
      <span className="size-2 rounded-full bg-run motion-safe:animate-pulse" aria-hidden="true" />
      Working
    </span>
  )
}

/** Shows why a card cannot go on, or that it can. */
export const Standing = ({ card }: Readonly<{ card: Card }>) => {
  const { blocked, openBlockers, ready, openChildren } = card
  if (isClosed(card)) return null
  if (blocked !== null) {
    return (
      <Badge hue="bad" title={blocked}>
        <Ban className="size-3" aria-hidden="true" /> Blocked
      </Badge>
    )
  }
  if (openBlockers > 0 || openChildren > 0) return <Waits card={card} />
  return ready ? <Badge hue="ok">Ready</Badge> : null
}

/** Shows for how many tasks a card waits: for others, else for its own parts. */
export const Waits = ({ card, className = '' }: Readonly<{ card: Card; className?: string }>) => {
  const { openBlockers, openChildren } = card
  const look = `inline-flex items-center gap-0.5 ${className}`
  if (openBlockers > 0) {
    const said = `Waits for ${openBlockers === 1 ? 'another task' : `${openBlockers} other tasks`}`
    return (
      <span className={look} title={said}>
        <Hourglass className="size-3" aria-label={said} />
        {openBlockers}
      </span>
    )
  }
  if (openChildren === 0) return null
  return (
    <span className={look} title={`${openChildren} open subtasks`}>
      <ListTree className="size-3" aria-label="Open subtasks:" />
      {openChildren}
    </span>
  )
}
