import { X } from 'lucide-react'
import { useHall } from '../../live/use-hall.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { pointsOf } from '../words.ts'
import { type PickKind, useBacklog } from './backlog-context.ts'

const ACTS: readonly Readonly<{ kind: PickKind; name: string; key: string }>[] = [
  { kind: 'group', name: 'Move', key: 'M' },
  { kind: 'priority', name: 'Priority', key: 'P' },
  { kind: 'points', name: 'Estimate', key: 'T' },
  { kind: 'assignee', name: 'Assign', key: 'A' },
  { kind: 'labels', name: 'Labels', key: 'L' },
]

/** Shows what can be done with all the lines that were chosen. */
export const BulkBar = ({ clear }: Readonly<{ clear(): void }>) => {
  const { chosen, show } = useBacklog()
  const { store } = useHall()
  if (chosen.size === 0) return null
  const ids = [...chosen]
  const points = pointsOf(ids.flatMap((id) => store.cards.get(id) ?? []))
  return (
    <div
      role="toolbar"
      aria-label="Chosen tasks"
      className="mx-auto mb-3 flex max-w-[calc(100%-1.5rem)] shrink-0 items-center gap-1
        overflow-x-auto rounded-card border border-line bg-raised px-2 py-1.5 shadow-popover"
    >
      <span role="status" className="px-1 text-list whitespace-nowrap">
        {ids.length} chosen
        {points > 0 && <span className="text-text-3">, {points}p</span>}
      </span>
      {ACTS.map(({ kind, name, key }) => (
        <Button
          key={kind}
          look="quiet"
          title={`${name} (${key})`}
          onClick={() => show({ kind, ids })}
        >
          {name}
        </Button>
      ))}
      <IconButton label="Choose none (Esc)" onClick={clear}>
        <X className="size-4" />
      </IconButton>
    </div>
  )
}
