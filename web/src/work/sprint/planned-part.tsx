import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import type { Project } from '../../live/hall.ts'
import type { Sprint } from '../../live/sprints.ts'
import { useHall } from '../../live/use-hall.ts'
import { changeTasks } from '../backlog/change/edits.ts'
import { IconButton } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/state/empty-state.tsx'
import { inHundredths, isClosed, pointsOf } from '../words.ts'
import { Figure, Figures } from './figures.tsx'
import { type LineTask, TaskLines } from './task-lines.tsx'
import { useForecast } from './use-forecast.ts'
import { useSprintCards } from './use-sprint-cards.ts'

type PartProps = Readonly<{ project: Project; sprint: Sprint; sprints: readonly Sprint[] }>

/** Shows what a sprint that has not started is planned for. */
export const PlannedPart = ({ project, sprint, sprints }: PartProps) => {
  const hall = useHall()
  const cards = useSprintCards(project, sprint.number)
  const forecast = useForecast(project.key, sprints)
  const open = cards.filter((card) => !isClosed(card))
  const points = pointsOf(open)
  const bare = open.filter((card) => card.points === null).length
  const takeOut = (key: string): void => {
    const card = hall.store.cards.byKey(key)
    if (!card) return
    changeTasks(hall, [{ card, patch: { sprint: null }, shown: { sprint: null } }]).catch(() => {})
  }
  if (open.length === 0) {
    return (
      <EmptyState
        title="No task is planned for it yet"
        about="Drag tasks from the backlog into it, or press Shift+H on one."
        action={<ToBacklog project={project} />}
      />
    )
  }
  const over = forecast === null ? 0 : inHundredths(points - forecast)
  return (
    <>
      <Figures>
        <Figure name="Tasks">{open.length}</Figure>
        <Figure name="Points">{points}</Figure>
        <Figure name="Not estimated">{bare}</Figure>
        <Figure
          name="Forecast"
          about={over > 0 ? <span className="text-wait">{over} more than that</span> : undefined}
        >
          {forecast === null ? (
            <span className="text-body text-text-3">not known yet</span>
          ) : (
            forecast
          )}
        </Figure>
      </Figures>
      <TaskLines
        title="Planned"
        tasks={open}
        action={hall.may('task:write', project.key) ? taker(takeOut) : undefined}
      />
      <p className="mt-3">
        <ToBacklog project={project} />
      </p>
    </>
  )
}

const taker =
  (takeOut: (key: string) => void) =>
  ({ key }: LineTask) => (
    <IconButton label={`Take ${key} out of the sprint`} onClick={() => takeOut(key)}>
      <X className="size-4" />
    </IconButton>
  )

const ToBacklog = ({ project }: Readonly<{ project: Project }>) => (
  <Link
    to="/p/$project/backlog"
    params={{ project: project.key }}
    className="inline-flex h-8 items-center rounded-control border border-line bg-surface px-2.5
      text-list font-medium hover:bg-hover"
  >
    Plan in the backlog
  </Link>
)
