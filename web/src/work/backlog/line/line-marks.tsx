import { Ban, Hourglass, ListTree } from 'lucide-react'
import type { Card } from '../../../../../src/work/contract.ts'
import { Badge } from '../../../ui/badge.tsx'

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
  const { blocked, openBlockers, openChildren } = card
  if (blocked !== null) {
    return (
      <Badge hue="bad" title={blocked}>
        <Ban className="size-3" aria-hidden="true" />{' '}
        <span className="max-sm:sr-only">Blocked</span>
      </Badge>
    )
  }
  if (openBlockers > 0) {
    const said = `Waits for ${openBlockers === 1 ? 'another task' : `${openBlockers} other tasks`}`
    return (
      <span
        className="inline-flex shrink-0 items-center gap-0.5 text-meta text-text-3"
        title={said}
      >
        <Hourglass className="size-3" aria-label={said} />
        {openBlockers}
      </span>
    )
  }
  if (openChildren === 0) return null
  return (
    <span
      className="inline-flex shrink-0 items-center gap-0.5 text-meta text-text-3"
      title={`${openChildren} open subtasks`}
    >
      <ListTree className="size-3" aria-label="Open subtasks:" />
      {openChildren}
    </span>
  )
}
