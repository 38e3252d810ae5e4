import { Download } from 'lucide-react'
import { Button } from '../../../ui/button.tsx'
import { FrameBox } from '../../../ui/chart/chart-frame.tsx'
import { download } from '../../../ui/download.ts'
import { csvOf } from '../../../ui/table/csv.ts'
import { figure, sayMuch } from '../../numbers/measure.ts'
import { sayAsOf } from '../../numbers/says.tsx'
import { Bar, Figure, Figures } from '../figures.tsx'
import { type LineTask, TaskLines } from '../task-lines.tsx'
import type { Report, ReportTask } from '../use-report.ts'

const DEFINITION =
  'Committed is what was in it at its start; what came later is added. The tasks that were ' +
  'committed and added, less those that were removed, are its scope; points follow new estimates.'

/** Shows what was promised for a sprint, what came of it, and what changed in between. */
export const ReportTab = ({ report }: Readonly<{ report: Report }>) => {
  const { completed, scope, tasks, sprint, zone, asOf } = report
  const isOver = sprint.closedAt !== null
  const file = `${sprint.project}-sprint-${sprint.number}-report.csv`
  return (
    <>
      <FrameBox
        title="Report"
        definition={DEFINITION}
        end={
          <Button
            look="quiet"
            aria-label="Report as CSV"
            onClick={() => download(file, csvOf(COLUMNS, tasks))}
          >
            <Download className="size-4" /> CSV
          </Button>
        }
      >
        <div className="px-4 pb-3">
          <Bar label="Tasks done" value={completed.tasks} max={scope.tasks} />
          <Sums report={report} isOver={isOver} />
          <p className="mt-2 text-meta text-text-3">{sayAsOf(sprint.closedAt ?? asOf.at, zone)}</p>
        </div>
      </FrameBox>
      {PARTS.map(({ place, title, whenOver = title }) => (
        <TaskLines
          key={place}
          title={isOver ? whenOver : title}
          tasks={tasks.filter((task) => task.place === place).map(lineOf)}
        />
      ))}
    </>
  )
}

const Sums = ({ report, isOver }: Readonly<{ report: Report; isOver: boolean }>) => {
  const { committed, added, removed, completed, scope, remaining } = report
  const sums = [
    { name: 'Committed at the start', ...committed },
    { name: 'Added after the start', ...added },
    { name: 'Removed', ...removed },
    { name: isOver ? 'In scope at the close' : 'In scope now', ...scope },
    { name: 'Completed', ...completed },
    { name: isOver ? 'Carried over' : 'Still open', ...remaining },
  ]
  return (
    <Figures columns={3}>
      {sums.map(({ name, tasks, points }) => (
        <Figure key={name} name={name} about={sayMuch(points, 'points')}>
          {figure(tasks)}
        </Figure>
      ))}
    </Figures>
  )
}

type Part = Readonly<{ place: ReportTask['place']; title: string; whenOver?: string }>

const PARTS: readonly Part[] = [
  { place: 'completed', title: 'Completed' },
  { place: 'open', title: 'Still open', whenOver: 'Was open at the end' },
  { place: 'removed', title: 'Taken out' },
  { place: 'outside', title: 'Done outside of it' },
]

const COLUMNS = [
  { name: 'Task', value: ({ key }: ReportTask) => key },
  { name: 'Title', value: ({ title }: ReportTask) => title },
  { name: 'Points', value: ({ points }: ReportTask) => points },
  { name: 'Place', value: ({ place }: ReportTask) => place },
  { name: 'Added after the start', value: ({ added }: ReportTask) => (added ? 'yes' : 'no') },
  { name: 'When', value: ({ at }: ReportTask) => at },
  { name: 'Why removed', value: ({ why }: ReportTask) => why },
]

const CATEGORIES: Record<ReportTask['place'], LineTask['category']> = {
  completed: 'completed',
  outside: 'completed',
  open: 'unstarted',
  removed: 'canceled',
}

const lineOf = ({ key, title, points, place, added, why }: ReportTask): LineTask => {
  const notes = [added && 'added', why].filter(Boolean)
  return {
    ...{ key, title, points, category: CATEGORIES[place] },
    ...(notes.length > 0 && { note: notes.join(', ') }),
  }
}
