import { Link } from '@tanstack/react-router'
import { sayWholeMoment } from '../../ui/chart/zone.ts'
import type { Finished } from './views.ts'

/** Says of which moment numbers tell, as a clock of the project shows it. */
export const sayAsOf = (at: string, zone: string): string =>
  `As of ${sayWholeMoment(zone, Date.parse(at))}, ${zone}.`

/** Leads to a task. */
export const TaskKey = ({ name }: Readonly<{ name: string }>) => (
  <Link to="/t/$key" params={{ key: name }} className="text-accent hover:underline">
    {name}
  </Link>
)

type Named = Pick<Finished, 'key' | 'title'>

/** The columns that say which task a row is about. */
export const TASK_COLUMNS = [
  {
    ...{ id: 'key', name: 'Task', value: ({ key }: Named) => key },
    show: ({ key }: Named) => <TaskKey name={key} />,
  },
  { id: 'title', name: 'Title', value: ({ title }: Named) => title },
] as const
