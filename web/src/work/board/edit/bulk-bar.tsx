import { Archive, Gauge, MoveRight, Signal, Tag, Timer, UserRound, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton } from '../../../ui/button.tsx'
import { useBoard } from '../board-context.ts'
import { useCell } from '../cell.ts'
import type { ChoiceKind } from './choices.ts'

type BulkBarProps = Readonly<{ open(kind: ChoiceKind): void; archive(): void }>

const DEEDS: readonly Readonly<{ kind: ChoiceKind; name: string; icon: ReactNode }>[] = [
  { kind: 'status', name: 'Move', icon: <MoveRight className="size-4" /> },
  { kind: 'assignee', name: 'Assign', icon: <UserRound className="size-4" /> },
  { kind: 'priority', name: 'Priority', icon: <Signal className="size-4" /> },
  { kind: 'label', name: 'Label', icon: <Tag className="size-4" /> },
  { kind: 'sprint', name: 'Sprint', icon: <Timer className="size-4" /> },
  { kind: 'points', name: 'Estimate', icon: <Gauge className="size-4" /> },
]

/** Shows how many cards are chosen, and what can be done with all of them. */
export const BulkBar = ({ open, archive }: BulkBarProps) => {
  const { chosen } = useBoard()
  const count = useCell(chosen, (ids) => ids.size)
  if (count === 0) return null
  return (
    <div
      role="toolbar"
      aria-label="Chosen cards"
      className="absolute inset-x-0 bottom-4 z-10 mx-auto flex w-max max-w-[calc(100%-1.5rem)]
        items-center gap-1 overflow-x-auto rounded-card border border-line bg-raised p-1
        shadow-popover"
    >
      <span role="status" className="px-2 text-list font-medium whitespace-nowrap">
        {count} chosen
      </span>
      {DEEDS.map(({ kind, name, icon }) => (
        <Button key={kind} look="quiet" onClick={() => open(kind)} aria-haspopup="dialog">
          {icon} {name}
        </Button>
      ))}
      <Button look="quiet" onClick={archive}>
        <Archive className="size-4" /> Archive
      </Button>
      <IconButton label="Choose none (Esc)" onClick={() => chosen.set(new Set())}>
        <X className="size-4" />
      </IconButton>
    </div>
  )
}
