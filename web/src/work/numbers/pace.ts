import type { Mark } from '../../ui/chart/mark.tsx'
import type { Reading } from '../../ui/chart/reading.ts'
import { sayDay, sayMoment, sayWholeDay } from '../../ui/chart/zone.ts'
import { counted, type Measure, sayMuch } from './measure.ts'
import type { CycleTimes, Finished, Output, Percentile, Running } from './views.ts'

/** So many tasks it takes before a percentile says anything; the hub leaves it out below. */
const ENOUGH = 10

/** How the dots and the bars look. */
export const DONE_DOT: Mark = { shape: 'dot', hue: 'text-ok' }
export const DONE_BAR: Mark = { shape: 'bar', hue: 'text-ok' }
export const AGE_BAR: Mark = { shape: 'bar', hue: 'text-run', texture: 'stripes' }

/** Dashes of the lines at percentiles, so that each differs from the next. */
export const DASHES: Readonly<Record<number, string>> = {
  50: '1 3',
  70: '3 3',
  85: '7 3',
  95: '10 3 2 3',
}

/** A task with a cycle time. */
export type Cycled = Finished & Readonly<{ cycleDays: number }>

/** Gives the tasks that have a cycle time: those that were started before they were completed. */
export const cycled = (items: readonly Finished[]): readonly Cycled[] =>
  items.flatMap((item) => (item.cycleDays === null ? [] : [{ ...item, cycleDays: item.cycleDays }]))

/** A percentile that is known. */
export type KnownPercentile = Readonly<{ p: number; days: number }>

/** Gives the percentiles of cycle times that are known. */
export const knownPercentiles = (all: readonly Percentile[]): readonly KnownPercentile[] =>
  all.flatMap(({ p, cycleDays }) => (cycleDays === null ? [] : [{ p, days: cycleDays }]))

const sayDays = (days: number): string => counted(days, 'day')

/** Says what can be expected of a task, or why nothing can. */
export const sayExpectation = ({ sle }: CycleTimes): string =>
  sle.cycleDays === null
    ? `Not enough data for an expectation: ${sle.n} of ${ENOUGH} tasks in ${sle.days} days.`
    : `${sle.p} % of tasks take ${sayDays(sle.cycleDays)} or less, ` +
      `by the ${counted(sle.n, 'task')} of the last ${sle.days} days.`

/** Says which tasks of the days have no dot. */
export const sayUnstarted = ({ neverStarted }: CycleTimes): string | null =>
  neverStarted === 0
    ? null
    : `${counted(neverStarted, 'task')} went to done without ever being started: no cycle time.`

/** Says in a sentence what the chart of cycle times shows. */
export const sayCycles = (times: CycleTimes): string => {
  const known = knownPercentiles(times.percentiles)
  const said = known.map(({ p, days }) => `${p} % within ${sayDays(days)}`).join(', ')
  const tasks = counted(times.started, 'completed task')
  return `Cycle times of ${tasks}: ${said === '' ? 'not enough data for percentiles' : said}.`
}

/** Gives what the chart says at each dot. */
export const cycleReadings = (items: readonly Cycled[], zone: string): readonly Reading[] =>
  items.map(({ key, title, completedAt, cycleDays, leadDays }) => ({
    title: `${key} ${title}`,
    values: [
      { name: 'Cycle time', text: sayDays(cycleDays), mark: DONE_DOT },
      { name: 'Lead time', text: sayDays(leadDays) },
      { name: 'Completed', text: sayMoment(zone, Date.parse(completedAt)) },
    ],
  }))

/** Says in a sentence what the chart of running work shows. */
export const sayAges = ({ age, wip, sle }: CycleTimes): string => {
  const [oldest] = age
  if (oldest === undefined) return 'Nothing is in progress.'
  const old = sle.cycleDays
  const over = old === null ? 0 : age.filter(({ ageDays }) => ageDays > old).length
  const late = old === null ? '' : ` ${over} of them longer than ${sayDays(old)}.`
  const said = `the oldest is ${oldest.key}, for ${sayDays(oldest.ageDays)}`
  return `${counted(wip, 'task')} in progress; ${said}.${late}`
}

/** Gives what the chart says at each running task. */
export const ageReadings = (age: readonly Running[], zone: string): readonly Reading[] =>
  age.map(({ key, title, startedAt, ageDays }) => ({
    title: `${key} ${title}`,
    values: [
      { name: 'Age', text: sayDays(ageDays), mark: AGE_BAR },
      { name: 'Started', text: sayMoment(zone, Date.parse(startedAt)) },
    ],
  }))

/** Says in a sentence what the chart of completions shows. */
export const sayThroughput = (days: readonly Output[], measure: Measure): string => {
  const best = days.reduce<Output | null>(
    (most, day) => (most === null || day[measure] > most[measure] ? day : most),
    null,
  )
  if (best === null || best[measure] === 0) return `Nothing was completed in these days.`
  const active = days.filter((day) => day[measure] > 0).length
  const most = `${sayMuch(best[measure], measure)} on ${sayWholeDay(best.day)}`
  return `Completions on ${active} of ${counted(days.length, 'day')}; the most were ${most}.`
}

/** Gives what the chart says at each day. */
export const throughputReadings = (days: readonly Output[], measure: Measure): readonly Reading[] =>
  days.map((day) => ({
    title: sayDay(day.day),
    values: [{ name: 'Completed', text: sayMuch(day[measure], measure), mark: DONE_BAR }],
  }))
