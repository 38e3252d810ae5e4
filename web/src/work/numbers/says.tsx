import { Link } from '@tanstack/react-router'
import { sayWholeMoment } from '../../ui/chart/zone.ts'

/** Says of which moment numbers tell, as a clock of the project shows it. */
export const sayAsOf = (at: string, zone: string): string =>
  `As of ${sayWholeMoment(zone, Date.parse(at))}, ${zone}.`

/** Leads to a task. */
export const TaskKey = ({ name }: Readonly<{ name: string }>) => (
  <Link to="/t/$key" params={{ key: name }} className="text-accent hover:underline">
    {name}
  </Link>
)
