import type { Amount } from './board-fold.ts'

/** Sprints whose mean is the forecast, and whose extremes are the band. */
const FORECAST_SPRINTS = 3
const BAND_SPRINTS = 6

/** What the next sprint is likely to bring, by what the last ones did. */
export type Forecast = Readonly<{
  forecast: Amount | null
  forecastOf: number
  band: Readonly<{ min: Amount; max: Amount }> | null
  bandOf: number
}>

/** Foresees from what closed sprints completed, the oldest first. */
export const forecastOf = (completed: readonly Amount[]): Forecast => {
  const last = completed.slice(-FORECAST_SPRINTS)
  const more = completed.slice(-BAND_SPRINTS)
  const each = (amounts: readonly Amount[], fold: (values: readonly number[]) => number) => ({
    points: fold(amounts.map(({ points }) => points)),
    tasks: fold(amounts.map(({ tasks }) => tasks)),
  })
  const none = completed.length === 0
  return {
    forecast: none ? null : each(last, meanOf),
    forecastOf: last.length,
    band: none
      ? null
      : {
          min: each(more, (values) => Math.min(...values)),
          max: each(more, (values) => Math.max(...values)),
        },
    bandOf: more.length,
  }
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
