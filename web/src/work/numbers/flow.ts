import type { Mark } from '../../ui/chart/mark.tsx'
import type { Reading } from '../../ui/chart/reading.ts'
import { sayDay, sayWholeDay } from '../../ui/chart/zone.ts'
import { counted, figure, type Measure, sayMuch } from './measure.ts'
import type { Flow, FlowCategory } from './views.ts'

/** A day as the chart, the table and the file have it. */
export type FlowRow = Readonly<{ day: string } & Record<FlowCategory, number>>

type Band = Readonly<{ category: FlowCategory; name: string; mark: Mark }>

/** The bands from the lowest to the highest, and how they look. */
export const BANDS: readonly Band[] = [
  { category: 'completed', name: 'Completed', mark: { shape: 'area', hue: 'text-ok' } },
  {
    ...{ category: 'started', name: 'Started' },
    mark: { shape: 'area', hue: 'text-run', texture: 'stripes' },
  },
  {
    ...{ category: 'unstarted', name: 'Not started' },
    mark: { shape: 'area', hue: 'text-text-2', texture: 'bars' },
  },
  {
    ...{ category: 'backlog', name: 'Backlog' },
    mark: { shape: 'area', hue: 'text-text-3', texture: 'light' },
  },
  {
    ...{ category: 'triage', name: 'Triage' },
    mark: { shape: 'area', hue: 'text-text-3', texture: 'dots' },
  },
]

/** Gives the days of an answer, counted in one measure. */
export const flowRows = ({ days }: Flow, measure: Measure): readonly FlowRow[] =>
  days.map(({ day, triage, backlog, unstarted, started, completed }) => ({
    day,
    triage: triage[measure],
    backlog: backlog[measure],
    unstarted: unstarted[measure],
    started: started[measure],
    completed: completed[measure],
  }))

/** A band on one day: from how much to how much it goes. */
export type Layer = Readonly<{ low: number; high: number }>

/** Puts the bands of a day onto each other, the lowest first. */
export const layersOf = (row: FlowRow): readonly Layer[] => {
  let high = 0
  return BANDS.map(({ category }) => {
    const low = high
    high += row[category]
    return { low, high }
  })
}

// Above this part of the picture, what was completed long ago would leave no room for the rest.
const OLD_PART_MAX = 0.5

/** Decides where the axis begins: at what was completed before, where that is most of it. */
export const axisStart = (rows: readonly FlowRow[]): number => {
  const old = Math.min(...rows.map(({ completed }) => completed))
  const top = Math.max(...rows.map((row) => layersOf(row).at(-1)?.high ?? 0))
  return Number.isFinite(old) && old > top * OLD_PART_MAX ? old : 0
}

/** Tells whether nothing is there to be drawn. */
export const isStill = (rows: readonly FlowRow[]): boolean =>
  rows.every((row) => (layersOf(row).at(-1)?.high ?? 0) === 0)

/** Says in a sentence what the chart shows. */
export const sayFlow = (rows: readonly FlowRow[], measure: Measure): string => {
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) return 'No day is over yet.'
  const part = (category: FlowCategory, word: string) =>
    `${word} from ${figure(first[category])} to ${figure(last[category])}`
  const started = `${part('started', 'started')}, ${part('completed', 'completed')}`
  return (
    `Cumulative flow of ${counted(rows.length, 'day')} until ${sayWholeDay(last.day)}, ` +
    `in ${measure}: ${part('unstarted', 'not started')}, ${started}.`
  )
}

/** Gives the bands that are there on some of the days, the highest first. */
export const bandsIn = (rows: readonly FlowRow[]): readonly Band[] =>
  BANDS.filter(({ category }) => rows.some((row) => row[category] > 0)).toReversed()

/** Gives what the chart says at each day, from the top of the picture to its bottom. */
export const flowReadings = (rows: readonly FlowRow[], measure: Measure): readonly Reading[] =>
  rows.map((row) => ({
    title: sayDay(row.day),
    values: bandsIn(rows).map(({ category, name, mark }) => ({
      ...{ name, mark, text: sayMuch(row[category], measure) },
    })),
  }))
