import type { QueueReason } from '../../../../src/work/contract.ts'
import { REASONS } from './ready-search.ts'
import type { Queue } from './use-queue.ts'

const NAMES: Record<QueueReason, string> = {
  blocked_by: 'Waits for a task',
  parent_blocked: 'Blocked above',
  open_subtasks: 'Open subtasks',
  flagged: 'Flagged',
  held_until: 'Rests',
  not_in_queue: 'Outside of the queue',
  claimed: 'In somebody’s hands',
}

type ReasonTabsProps = Readonly<{
  counts: Queue['counts'] | null
  why: QueueReason | null
  change(why: QueueReason | null): void
}>

const TAB =
  'inline-flex h-7 items-center gap-1.5 rounded-control border border-line px-2 text-list ' +
  'text-text-2 hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-soft ' +
  'aria-pressed:text-text'

/** Shows how many tasks wait for which reason; one of them narrows the list. */
export const ReasonTabs = ({ counts, why, change }: ReasonTabsProps) => {
  if (counts === null) return null
  const shown = REASONS.filter((reason) => counts[reason] > 0 || reason === why)
  return (
    <div role="group" aria-label="Why" className="mt-2 flex flex-wrap gap-1.5">
      <button
        type="button"
        aria-pressed={why === null}
        onClick={() => change(null)}
        className={TAB}
      >
        In the queue <span className="text-meta text-text-3">{counts.waiting}</span>
      </button>
      {shown.map((reason) => (
        <button
          key={reason}
          type="button"
          aria-pressed={reason === why}
          onClick={() => change(reason === why ? null : reason)}
          className={TAB}
        >
          {NAMES[reason]} <span className="text-meta text-text-3">{counts[reason]}</span>
        </button>
      ))}
    </div>
  )
}
