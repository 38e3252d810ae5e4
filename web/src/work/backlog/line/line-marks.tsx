import { Ban } from 'lucide-react'
import type { Card } from '../../../../../src/work/contract.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Waits } from '../../board/card/standing.tsx'

const SHOWN_MAX = 2

/** Shows the first labels of a task, and how many more there are. */
export const Labels = ({ labels }: Readonly<{ labels: readonly string[] }>) => {
  if (labels.length === 0) return null
  const more = labels.length - SHOWN_MAX
  return (
    <span
      className="ml-auto flex shrink-0 items-center gap-1 pl-2 max-md:hidden"
      title={labels.join(', ')}
    >
      {labels.slice(0, SHOWN_MAX).map((label) => (
        <Badge key={label}>{label}</Badge>
      ))}
      {more > 0 && <span className="text-meta text-text-3">+{more}</span>}
    </span>
  )
}

/** Shows what keeps a task from being started: a flag, other tasks, its own subtasks. */
export const Standing = ({ card }: Readonly<{ card: Card }>) => {
  const { blocked } = card
  if (blocked === null) return <Waits card={card} className="shrink-0 text-meta text-text-3" />
  return (
    <Badge hue="bad" title={blocked}>
      <Ban className="size-3" aria-hidden="true" /> <span className="max-sm:sr-only">Blocked</span>
    </Badge>
  )
}
