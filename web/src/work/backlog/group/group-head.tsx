import { Link } from '@tanstack/react-router'
import { ArrowRight, Inbox, Layers, Plus, Timer } from 'lucide-react'
import { Badge } from '../../../ui/badge.tsx'
import { IconButton } from '../../../ui/button.tsx'
import { counted } from '../../numbers/measure.ts'
import { inHundredths } from '../../words.ts'
import { useBacklog } from '../backlog-context.ts'
import type { Group } from './groups.ts'

const ICONS = { sprint: Timer, backlog: Layers, triage: Inbox } as const

/** Shows what a group is, what its tasks add up to, and how much of a sprint is taken. */
export const GroupHead = ({ group }: Readonly<{ group: Group }>) => {
  const { mayWrite, project, show } = useBacklog()
  const { name, place, waiting } = group
  const Icon = ICONS[place.kind]
  const sprint = place.kind === 'sprint' ? place.sprint : null
  return (
    <header
      className="sticky top-0 z-10 flex h-11 items-center gap-2 rounded-card bg-surface pr-1.5
        pl-3"
    >
      <Icon className="size-4 shrink-0 text-text-3" aria-hidden="true" />
      <h2 className="shrink-0 text-list font-semibold">
        {sprint === null ? (
          name
        ) : (
          <Link
            to="/p/$project/sprint/$number"
            params={{ project: project.key, number: String(sprint.number) }}
            className="inline-flex min-h-6 items-center hover:underline"
          >
            {name}
          </Link>
        )}
      </h2>
      {sprint?.state === 'active' && <Badge hue="run">Running</Badge>}
      {sprint !== null && sprint.goal !== '' && (
        <span className="min-w-0 truncate text-list text-text-2 max-sm:hidden" dir="auto">
          {sprint.goal}
        </span>
      )}
      {sprint === null && (
        <span className="truncate text-meta text-text-3">
          {counted(waiting.tasks, 'task')}
          {waiting.points > 0 && `, ${counted(waiting.points, 'point')}`}
        </span>
      )}
      <span className="ml-auto flex shrink-0 items-center gap-2">
        {sprint !== null && <Taken group={group} />}
        {mayWrite && (
          <IconButton
            label={`New tasks in ${name}`}
            onClick={() => show({ kind: 'paste', text: '', group })}
          >
            <Plus className="size-4" />
          </IconButton>
        )}
        {sprint !== null && (
          <Link
            to="/p/$project/sprint/$number"
            params={{ project: project.key, number: String(sprint.number) }}
            aria-label={`Open ${name}`}
            title={`Open ${name}`}
            className="inline-flex size-7 items-center justify-center rounded-control text-text-3
              hover:bg-hover hover:text-text max-sm:hidden"
          >
            <ArrowRight className="size-4" />
          </Link>
        )}
      </span>
    </header>
  )
}

const Taken = ({ group: { name, whole } }: Readonly<{ group: Group }>) => {
  const { capacity } = useBacklog()
  const { points: room } = capacity
  const tasks = counted(whole.tasks, 'task')
  if (room === null || room <= 0) {
    return (
      <span className="text-meta text-text-2">
        {tasks}, {counted(whole.points, 'point')}
      </span>
    )
  }
  const over = inHundredths(whole.points - room)
  const isOver = over > 0
  return (
    <span className="flex items-center gap-2 text-meta text-text-2">
      <span className="max-sm:hidden">{tasks}</span>
      <span
        role="meter"
        aria-label={`Points taken in ${name}`}
        aria-valuemin={0}
        aria-valuenow={whole.points}
        aria-valuemax={room}
        aria-valuetext={`${whole.points} of ${room} points`}
        className="h-1.5 w-20 overflow-hidden rounded-full bg-hover max-sm:hidden"
      >
        <span
          className={`block h-full rounded-full ${isOver ? 'bg-wait' : 'bg-accent'}`}
          style={{ width: `${Math.min(100, (whole.points / room) * 100)}%` }}
        />
      </span>
      <span className={isOver ? 'font-medium text-wait' : ''}>
        {whole.points} of {room} points{isOver && `, ${over} over`}
      </span>
    </span>
  )
}
