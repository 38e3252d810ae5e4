import { z } from 'zod'
import { refuse } from '../../kernel/refusal.ts'
import type { Amount } from '../domain/board-fold.ts'
import { POINT } from '../domain/words.ts'
import { type Day, DAY_MS, dayAfter, dayOf, daysBetween } from '../domain/zone-days.ts'
import { iso } from './moments.ts'

/** Days that one chart shows at most. */
export const DAYS_MAX = 366
/** Steps, tasks or points that one chart shows at most. */
export const CHART_MAX = 5_000

/** Describes a number of tasks with their points. */
export const AmountView = z.object({ points: z.number(), tasks: z.number() })

/** Says of which moment an answer tells; `pos` is what of the ledger was kept in rows by then. */
export const AsOf = z.object({ at: z.string(), pos: z.int() })

/** A day such as `2027-01-31`. */
export const DayInput = z.iso.date()

const CENTS = 100
const rounded = (value: number): number => Math.round(value * CENTS) / CENTS

/** Turns an amount into points as people write them. */
export const viewAmount = ({ points, tasks }: Amount): z.output<typeof AmountView> => ({
  points: pointsOf(points),
  tasks: rounded(tasks),
})

/** Turns hundredths into points. */
export const pointsOf = (hundredths: number): number => rounded(hundredths / POINT)

/** Turns a duration into days. */
export const daysOf = (ms: number): number => rounded(ms / DAY_MS)

/** Says of which moment an answer tells. */
export const asOf = (now: number, pos: number): z.output<typeof AsOf> => ({
  at: iso(now),
  pos,
})

/** Says an amount in a few letters: `21p/8`. */
export const sayAmount = ({ points, tasks }: z.output<typeof AmountView>): string =>
  `${points}p/${tasks}`

/** Refuses a chart that nobody could read any more. */
export const checkSize = (count: number, what: string, instead: string): void => {
  if (count <= CHART_MAX) return
  const message = `${count} ${what} are too many for one chart of ${CHART_MAX}; ${instead}.`
  throw refuse('conflict', 'work.chart_too_large', message, { count, max: CHART_MAX })
}

type Asked = Readonly<{ from?: Day | undefined; to?: Day | undefined }>

/** Decides which days a chart shows: the last ones where nothing is said, none that are to come. */
export const rangeOf = (
  asked: Asked,
  { zone, now, days }: Readonly<{ zone: string; now: number; days: number }>,
): Readonly<{ from: Day; to: Day }> => {
  const today = dayOf(zone, now)
  const to = asked.to === undefined || asked.to > today ? today : asked.to
  const from = asked.from ?? dayAfter(to, 1 - days)
  if (from > to) {
    const message = `The days go from ${from} to ${to}; let from be the earlier one, not to come.`
    throw refuse('invalid', 'work.range_not_valid', message, { field: 'from' })
  }
  const count = daysBetween(from, to)
  if (count <= DAYS_MAX) return { from, to }
  const message = `${count} days are too many for one chart; ask for ${DAYS_MAX} at most.`
  throw refuse('invalid', 'work.range_not_valid', message, { field: 'from', max: DAYS_MAX })
}
