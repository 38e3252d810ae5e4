import type { Mark } from '../../ui/chart/mark.tsx'
import type { Reading } from '../../ui/chart/reading.ts'
import { counted, figure, type Measure, sayMuch } from './measure.ts'
import type { Velocity } from './views.ts'

/** A sprint as the chart, the table and the file have it. */
export type VelocityRow = Readonly<{
  number: number
  goal: string
  closedAt: string
  committed: number
  final: number
  completed: number
}>

/** How the bars look. */
export const COMMITTED: Mark = { shape: 'bar', hue: 'text-text-3', texture: 'light' }
export const COMPLETED: Mark = { shape: 'bar', hue: 'text-ok' }
export const FORECAST: Mark = { shape: 'diamond', hue: 'text-text' }

/** Gives the sprints of an answer, counted in one measure. */
export const velocityRows = ({ sprints }: Velocity, measure: Measure): readonly VelocityRow[] =>
  sprints.map(({ number, goal, closedAt, committed, final, completed }) => ({
    ...{ number, goal, closedAt },
    committed: committed[measure],
    final: final[measure],
    completed: completed[measure],
  }))

/** What the next sprint may bring, counted in one measure. */
export type Outlook = Readonly<{ mean: number; min: number; max: number }>

/** Gives the forecast of an answer; `null` where no sprint is closed yet. */
export const outlookOf = ({ forecast, band }: Velocity, measure: Measure): Outlook | null =>
  forecast === null || band === null
    ? null
    : { mean: forecast[measure], min: band.min[measure], max: band.max[measure] }

/** Says what the next sprint may bring, and what that rests on. */
export const sayOutlook = (velocity: Velocity, measure: Measure): string => {
  const outlook = outlookOf(velocity, measure)
  if (outlook === null) return 'No sprint is closed yet.'
  const { mean, min, max } = outlook
  const forecast = `Forecast ${sayMuch(mean, measure)}`
  if (velocity.bandOf === 1) return `${forecast}: what the one closed sprint completed.`
  return (
    `${forecast}, the mean of the last ${velocity.forecastOf} sprints; ` +
    `${figure(min)} to ${figure(max)} in the last ${velocity.bandOf}.`
  )
}

/** Says in a sentence what the chart shows. */
export const sayVelocity = (velocity: Velocity, measure: Measure): string => {
  const rows = velocityRows(velocity, measure)
  const last = rows.at(-1)
  const said =
    last === undefined
      ? ''
      : ` Sprint ${last.number} completed ${figure(last.completed)} of ` +
        `${sayMuch(last.committed, measure)} committed.`
  return `Velocity of ${counted(rows.length, 'sprint')}.${said} ${sayOutlook(velocity, measure)}`
}

/** Gives what the chart says at each of its columns: the sprints, then the next. */
export const velocityReadings = (velocity: Velocity, measure: Measure): readonly Reading[] => {
  const outlook = outlookOf(velocity, measure)
  return [
    ...velocityRows(velocity, measure).map(({ number, goal, committed, completed }) => ({
      title: `Sprint ${number}`,
      values: [
        { name: 'Committed', text: sayMuch(committed, measure), mark: COMMITTED },
        { name: 'Completed', text: sayMuch(completed, measure), mark: COMPLETED },
      ],
      ...(goal !== '' && { note: goal }),
    })),
    ...(outlook === null
      ? []
      : [
          {
            title: 'Next sprint',
            values: [
              { name: 'Forecast', text: sayMuch(outlook.mean, measure), mark: FORECAST },
              { name: 'Range', text: `${figure(outlook.min)} to ${figure(outlook.max)}` },
            ],
          },
        ]),
  ]
}
