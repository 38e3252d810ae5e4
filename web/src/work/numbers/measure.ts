/** What is counted: estimates, or heads. */
export type Measure = 'points' | 'tasks'

/** Tasks and points that belong together. */
export type Amount = Readonly<Record<Measure, number>>

/** The choice of what is counted. */
export const MEASURES = [
  { value: 'points', name: 'Points' },
  { value: 'tasks', name: 'Tasks' },
] as const

/** Writes a number as people read it, with parts of a hundredth at most. */
export const figure = (value: number): string =>
  value.toLocaleString(undefined, { maximumFractionDigits: 2 })

/** Says how much of what: `1 point`, `3 tasks`. */
export const sayMuch = (value: number, measure: Measure): string =>
  counted(value, measure.slice(0, -1))

/** Says how many of something there are: `1 sprint`, `3 sprints`. */
export const counted = (count: number, one: string): string =>
  `${figure(count)} ${count === 1 ? one : `${one}s`}`

/** Decides what is counted where nobody chose: points, unless nothing has an estimate. */
export const measureOf = (chosen: Measure | undefined, amounts: readonly Amount[]): Measure =>
  chosen ?? (amounts.length === 0 || amounts.some(({ points }) => points > 0) ? 'points' : 'tasks')
