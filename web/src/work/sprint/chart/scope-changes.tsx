import { figure, type Measure, sayMuch } from '../../numbers/measure.ts'
import { TaskKey } from '../../numbers/says.tsx'
import { sayMoment } from '../../../ui/chart/zone.ts'
import type { Report } from '../use-report.ts'
import { isScopeChange } from './sprint-rows.ts'

type ScopeChangesProps = Readonly<{ report: Report; measure: Measure }>

/** Changes that are listed, the latest ones; the table of the chart has all. */
const SHOWN_MAX = 50

/** Shows when what belongs to a sprint changed, by how much, and by which tasks. */
export const ScopeChanges = ({ report, measure }: ScopeChangesProps) => {
  const { steps, zone } = report
  const changes = steps.flatMap((step, index) => {
    const before = steps[index - 1]
    return isScopeChange(step) && before !== undefined ? [{ step, before }] : []
  })
  if (changes.length === 0) {
    return (
      <p className="mt-4 px-1 text-list text-text-2">
        Its scope did not change since the start
        {report.sprint.closedAt === null ? '' : ' until the close'}.
      </p>
    )
  }
  return (
    <section aria-label={`Scope changes, ${changes.length}`} className="mt-4">
      <h2 className="flex items-baseline gap-2 px-1 text-list font-semibold">
        Scope changes
        <span className="text-meta font-normal text-text-3">{changes.length}</span>
      </h2>
      <ul
        aria-label="Scope changes"
        className="mt-1.5 divide-y divide-line rounded-card border border-line bg-surface text-list"
      >
        {changes
          .slice(-SHOWN_MAX)
          .toReversed()
          .map(({ step, before }) => (
            <li key={step.at} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
              <span className="w-28 shrink-0 text-text-3">
                {sayMoment(zone, Date.parse(step.at))}
              </span>
              <span className="w-36 shrink-0">
                {sayTurn(before.scope[measure], step.scope[measure], measure)}
              </span>
              <span className="flex min-w-0 flex-wrap gap-x-2">
                {step.keys.map((key) => (
                  <TaskKey key={key} name={key} />
                ))}
                {step.more > 0 && <span className="text-text-3">and {step.more} more</span>}
              </span>
            </li>
          ))}
      </ul>
    </section>
  )
}

const sayTurn = (from: number, to: number, measure: Measure): string =>
  from === to ? `still ${sayMuch(to, measure)}` : `${figure(from)} to ${sayMuch(to, measure)}`
