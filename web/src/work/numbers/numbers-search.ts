// This is read before the page of the numbers is: it brings nothing else along.

/** So many days back from today; the first is what is shown where nobody chose. */
export const SPANS = [90, 30, 180] as const

/** A number of days that can be chosen. */
export type Span = (typeof SPANS)[number]

/** What of the page stands in its address. */
export type NumbersSearch = {
  days?: Span
  from?: string
  to?: string
  by?: 'points' | 'tasks'
  /** The charts that are shown as tables, with commas between. */
  table?: string
}

/** The charts of the page, by the name that they have in the address. */
export const CHARTS = ['velocity', 'throughput', 'flow', 'cycle', 'age'] as const

/** A chart of the page. */
export type ChartName = (typeof CHARTS)[number]

const DAY = /^\d{4}-\d\d-\d\d$/

const dayOf = (given: unknown): string | undefined =>
  typeof given === 'string' && DAY.test(given) && !Number.isNaN(Date.parse(given))
    ? given
    : undefined

/** Reads the address; what makes no sense is left out. */
export const numbersSearch = (given: Readonly<Record<string, unknown>>): NumbersSearch => {
  const days = SPANS.find((span) => span === given['days'])
  const [from, to] = [dayOf(given['from']), dayOf(given['to'])]
  const by = given['by']
  const table = tablesOf(given['table']).join(',')
  return {
    ...(days !== undefined && { days }),
    ...(from !== undefined && to !== undefined && { from, to }),
    ...((by === 'points' || by === 'tasks') && { by }),
    ...(table !== '' && { table }),
  }
}

/** Gives the charts that are shown as tables. */
export const tablesOf = (given: unknown): readonly ChartName[] => {
  const names = typeof given === 'string' ? given.split(',') : []
  return CHARTS.filter((name) => names.includes(name))
}
