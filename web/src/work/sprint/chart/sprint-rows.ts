import type { Mark } from '../../../ui/chart/mark.tsx'
import type { Reading } from '../../../ui/chart/reading.ts'
import { dayIn, sayDay, sayMoment } from '../../../ui/chart/zone.ts'
import { counted, figure, type Measure, sayMuch } from '../../numbers/measure.ts'
import type { Report, ReportStep } from '../use-report.ts'

/** A moment of a sprint as the chart, the table and the file have it; `day` is the end of one. */
export type SprintRow = Readonly<{
  at: string
  change: ReportStep['change'] | 'day'
  /** `null` from when on nothing is known yet. */
  scope: number | null
  completed: number | null
  remaining: number | null
  /** What the even line says; `null` where it has no point. */
  ideal: number | null
  keys: readonly string[]
  more: number
}>

/** How the lines look. */
export const REMAINING: Mark = { shape: 'line', hue: 'text-run' }
export const IDEAL: Mark = { shape: 'line', hue: 'text-text-3', dash: '2 4' }
export const SCOPE: Mark = { shape: 'line', hue: 'text-text-2', dash: '7 3' }
export const COMPLETED: Mark = { shape: 'line', hue: 'text-ok' }
export const SCOPE_CHANGE: Mark = { shape: 'diamond', hue: 'text-text' }

/**
 * Gives the moments of a sprint, counted in one measure: its steps, and the ends of the days that
 * the even line goes through. At such an end stands what the step before it led to.
 */
export const sprintRows = (report: Report, measure: Measure): readonly SprintRow[] => {
  const steps = new Map(report.steps.map((step) => [step.at, step]))
  const ideal = new Map(report.ideal.map((point) => [point.at, point[measure]]))
  const last = report.steps.at(-1)?.at ?? ''
  let before: ReportStep | undefined
  return [...new Set([...steps.keys(), ...ideal.keys()])].sort().map((at): SprintRow => {
    const step = steps.get(at)
    before = step ?? before
    const known = at > last ? undefined : before
    return {
      at,
      change: step?.change ?? 'day',
      scope: known?.scope[measure] ?? null,
      completed: known?.completed[measure] ?? null,
      remaining: known?.remaining[measure] ?? null,
      ideal: ideal.get(at) ?? null,
      keys: step?.keys ?? [],
      more: step?.more ?? 0,
    }
  })
}

/** Gives the moments at which something happened, without the ends of days. */
export const stepRows = (rows: readonly SprintRow[]): readonly SprintRow[] =>
  rows.filter(({ change }) => change !== 'day')

/** Tells whether a moment changed what belongs to the sprint. */
export const isScopeChange = ({ change }: Pick<SprintRow, 'change'>): boolean =>
  change === 'scope' || change === 'both'

/** Says what happened at a moment. */
export const sayChange = ({ change }: SprintRow, isOver: boolean): string => {
  switch (change) {
    case 'start':
      return 'Start'
    case 'scope':
      return 'Scope changed'
    case 'work':
      return 'Work'
    case 'both':
      return 'Work and scope'
    case 'end':
      return isOver ? 'Close' : 'Now'
    default:
      return 'End of the day'
  }
}

/** Says when a moment was; the end of a day by its day. */
export const sayWhen = ({ at, change }: SprintRow, zone: string): string => {
  const ms = Date.parse(at)
  return change === 'day' ? `End of ${sayDay(dayIn(zone, ms - 1))}` : sayMoment(zone, ms)
}

/** Says which tasks are behind a moment. */
export const sayKeys = ({ keys, more }: Pick<SprintRow, 'keys' | 'more'>): string =>
  [...keys, ...(more > 0 ? [`${more} more`] : [])].join(', ')

type Told = Readonly<{ report: Report; measure: Measure }>

/** Says in a sentence what the burndown shows. */
export const sayBurndown = ({ report, measure }: Told): string =>
  `Burndown of sprint ${report.sprint.number}: of ${sayMuch(report.committed[measure], measure)} ` +
  `committed and ${figure(report.scope[measure])} in scope, ` +
  `${figure(report.remaining[measure])} ${verbOf(report)}. ${sayChanges(report)}`

/** Says in a sentence what the burnup shows. */
export const sayBurnup = ({ report, measure }: Told): string =>
  `Burnup of sprint ${report.sprint.number}: ${figure(report.completed[measure])} of ` +
  `${sayMuch(report.scope[measure], measure)} in scope are completed. ${sayChanges(report)}`

const verbOf = ({ sprint }: Report): string =>
  sprint.closedAt === null ? 'remain' : 'remained at the close'

const sayChanges = ({ steps }: Report): string =>
  `Its scope changed ${counted(steps.filter(isScopeChange).length, 'time')}.`

type Line = Readonly<
  { name: string; field: 'scope' | 'completed' | 'remaining' | 'ideal' } & LineLook
>
type LineLook = Readonly<{ mark: Mark }>

/** The lines of the burndown. */
export const DOWN_LINES: readonly Line[] = [
  { name: 'Remaining', field: 'remaining', mark: REMAINING },
  { name: 'Ideal', field: 'ideal', mark: IDEAL },
]

/** The lines of the burnup. */
export const UP_LINES: readonly Line[] = [
  { name: 'Scope', field: 'scope', mark: SCOPE },
  { name: 'Completed', field: 'completed', mark: COMPLETED },
]

/** Gives what a chart of a sprint says at each moment. */
export const sprintReadings = (
  rows: readonly SprintRow[],
  lines: readonly Line[],
  { report, measure }: Told,
): readonly Reading[] =>
  rows.map((row) => {
    const isOver = report.sprint.closedAt !== null
    const what = [sayChange(row, isOver), sayKeys(row)].filter(Boolean).join(': ')
    return {
      title: sayWhen(row, report.zone),
      values: lines.flatMap(({ name, field, mark }) => {
        const value = row[field]
        return value === null ? [] : [{ name, mark, text: sayMuch(value, measure) }]
      }),
      ...(row.change !== 'day' && { note: what }),
    }
  })
