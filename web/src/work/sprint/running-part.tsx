import type { Project } from '../../live/hall.ts'
import type { Sprint } from '../../live/sprints.ts'
import { TroubleLine } from '../../ui/state/trouble-line.tsx'
import { sayLeft } from './days.ts'
import { Bar, Figure, Figures } from './figures.tsx'
import { type LineTask, TaskLines } from './task-lines.tsx'
import { type Report, useReport } from './use-report.ts'
import { useSprintCards } from './use-sprint-cards.ts'

type PartProps = Readonly<{ project: Project; sprint: Sprint }>

const PARTS = [
  { title: 'In progress', categories: ['started'] },
  { title: 'To do', categories: ['unstarted', 'backlog', 'triage'] },
] as const

/** Shows how a sprint goes that is running now. */
export const RunningPart = ({ project, sprint }: PartProps) => {
  const cards = useSprintCards(project, sprint.number)
  const { data, trouble, again } = useReport(sprint)
  const { tasks, done, points, donePoints } = sprint
  const added = new Set(data?.tasks.flatMap((task) => (task.added ? [task.key] : [])))
  const noted = (task: LineTask): LineTask =>
    added.has(task.key) ? { ...task, note: 'added' } : task
  const left = sayLeft(sprint.endsOn)
  return (
    <>
      <Bar label="Tasks done" value={done} max={tasks} />
      <Figures>
        <Figure name="Tasks done">
          {done} <span className="text-body font-normal text-text-3">of {tasks}</span>
        </Figure>
        <Figure name="Points done">
          {donePoints} <span className="text-body font-normal text-text-3">of {points}</span>
        </Figure>
        <Figure name="Time">
          {left ?? <span className="text-body text-text-3">no last day</span>}
        </Figure>
        <Scope report={data} />
      </Figures>
      {trouble !== null && <TroubleLine said={trouble} again={again} className="mt-3" />}
      {PARTS.map(({ title, categories }) => (
        <TaskLines
          key={title}
          title={title}
          tasks={cards
            .filter(({ category }) => categories.some((one) => one === category))
            .map(noted)}
        />
      ))}
      <TaskLines title="Done" tasks={doneOf(cards, data).map(noted)} />
    </>
  )
}

const Scope = ({ report }: Readonly<{ report: Report | null }>) => {
  if (report === null) return <Figure name="Added since the start">–</Figure>
  const { added, removed } = report
  const about = [
    added.points > 0 && `+${added.points} points`,
    removed.tasks > 0 && `${removed.tasks} taken out`,
  ]
  return (
    <Figure name="Added since the start" about={about.filter(Boolean).join(', ') || undefined}>
      {added.tasks}
    </Figure>
  )
}

// What closed long ago is not among the cards of this page, but in the report.
const doneOf = (cards: readonly LineTask[], report: Report | null): readonly LineTask[] => {
  const here = cards.filter(({ category }) => category === 'completed')
  const known = new Set(here.map(({ key }) => key))
  const older = report?.tasks.filter(({ key, place }) => place === 'completed' && !known.has(key))
  return [
    ...here,
    ...(older ?? []).map(({ key, title, points }) => ({
      ...{ key, title, points },
      category: 'completed' as const,
    })),
  ]
}
