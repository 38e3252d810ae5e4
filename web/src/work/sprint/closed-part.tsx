import type { Sprint } from '../../live/sprints.ts'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { Bar, Figure, Figures } from './figures.tsx'
import { type LineTask, TaskLines } from './task-lines.tsx'
import { type Report, type ReportTask, useReport } from './use-report.ts'

const PARTS = [
  { place: 'completed', title: 'Completed' },
  { place: 'open', title: 'Was open at the end' },
  { place: 'outside', title: 'Done outside of it' },
  { place: 'removed', title: 'Taken out' },
] as const

/** Shows what came of a sprint that is over. */
export const ClosedPart = ({ sprint }: Readonly<{ sprint: Sprint }>) => {
  const { data, trouble, again } = useReport(sprint)
  if (data !== null) return <Numbers report={data} />
  if (trouble !== null) return <ErrorState said={trouble} again={again} />
  return (
    <div className="mt-4">
      <Waiting what="the report" again={again}>
        <Skeleton lines={6} />
      </Waiting>
    </div>
  )
}

const Numbers = ({ report }: Readonly<{ report: Report }>) => {
  const { committed, completed, scope, remaining, tasks } = report
  return (
    <>
      <Bar label="Tasks done" value={completed.tasks} max={scope.tasks} />
      <Figures>
        <Figure name="Committed" about={`${committed.points} points`}>
          {committed.tasks}
        </Figure>
        <Figure name="Completed" about={`${completed.points} points`}>
          {completed.tasks}
        </Figure>
        <Figure name="In it at the end" about={`${scope.points} points`}>
          {scope.tasks}
        </Figure>
        <Figure name="Left open" about={`${remaining.points} points`}>
          {remaining.tasks}
        </Figure>
      </Figures>
      {PARTS.map(({ place, title }) => (
        <TaskLines
          key={place}
          title={title}
          tasks={tasks.filter((task) => task.place === place).map(lineOf)}
        />
      ))}
    </>
  )
}

const CATEGORIES: Record<ReportTask['place'], LineTask['category']> = {
  completed: 'completed',
  outside: 'completed',
  open: 'unstarted',
  removed: 'canceled',
}

const lineOf = ({ key, title, points, place, added }: ReportTask): LineTask => ({
  ...{ key, title, points, category: CATEGORIES[place] },
  ...(added && { note: 'added' }),
})
