import { Ban, Hourglass, ListTree, TriangleAlert } from 'lucide-react'
import type { Card } from '../../../../../src/work/contract.ts'
import { useHall, useTopic } from '../../../live/use-hall.ts'
import { Badge } from '../../../ui/badge.tsx'

// The flag under which the hub parks a task whose agent waits for an answer.
const QUESTION_FLAG = 'question'
const FAILED_FLAG = /^\d+ attempts failed$/

/** Tells whether a card waits for a person: for an answer, or after too many attempts. */
const waitsForYou = ({ blocked }: Card): boolean => blocked === QUESTION_FLAG

/** Shows what the agent of a card is doing: a mark and a word, never a colour alone. */
export const AgentState = ({ card }: Readonly<{ card: Card }>) => {
  const { people } = useHall()
  const { holder, blocked } = card
  const isAgent = useTopic('people', () => holder !== null && people.isAgent(holder))
  if (waitsForYou(card)) {
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
  const { blocked, openBlockers, ready, openChildren, category } = card
  if (category === 'completed' || category === 'canceled') return null
  if (blocked !== null) {
    return (
      <Badge hue="bad" title={blocked}>
        <Ban className="size-3" aria-hidden="true" /> Blocked
      </Badge>
    )
  }
  if (openBlockers > 0) {
    const tasks = openBlockers === 1 ? 'another task' : `${openBlockers} other tasks`
    return (
      <span className="inline-flex items-center gap-0.5" title={`Waits for ${tasks}`}>
        <Hourglass className="size-3" aria-label={`Waits for ${tasks}`} />
        {openBlockers}
      </span>
    )
  }
  if (openChildren > 0) {
    return (
      <span className="inline-flex items-center gap-0.5" title={`${openChildren} open subtasks`}>
        <ListTree className="size-3" aria-label="Open subtasks:" />
        {openChildren}
      </span>
    )
  }
  return ready ? <Badge hue="ok">Ready</Badge> : null
}
