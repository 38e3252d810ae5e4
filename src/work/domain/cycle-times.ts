import { type Amount, foldBoard, NOTHING, plus } from './board-fold.ts'
import type { Change, TaskPast } from './history.ts'
import { DAY_MS, type Day, dayEnd, dayOf, dayStart, daysFrom } from './zone-days.ts'

/** Below this many times, a percentile says nothing. */
export const ENOUGH = 10
/** The expectation that a team may give: this share of tasks, counted over this many days. */
export const SLE_PERCENT = 85
export const SLE_DAYS = 90
/** The percentiles that charts draw. */
export const PERCENTS = [50, 70, 85, 95] as const

/** A task that is completed: how long it took from its first start, and from its making. */
export type Finished = Readonly<{
  taskId: string
  number: number
  completedAt: number
  /** `null` where it never was started. */
  cycleMs: number | null
  leadMs: number
  points: number | null
}>

/** A task that was started and goes on. */
export type Running = Readonly<{
  taskId: string
  number: number
  startedAt: number
  ageMs: number
  points: number | null
}>

/** Tasks as they are now, with what each took. */
export type Pace = Readonly<{ finished: readonly Finished[]; running: readonly Running[] }>

type Bucket = 'running' | 'finished'

const paceBucket = ({ category, archived }: TaskPast): Bucket | null => {
  if (category === 'completed') return 'finished'
  return category === 'started' && !archived ? 'running' : null
}

/** Measures tasks: claims that expire reset nothing, a reopened task counts with its last end. */
export const paceOf = (changes: readonly Change[], now: number): Pace => {
  let last = null
  const known = changes.filter(({ at }) => at <= now)
  for (const turn of foldBoard(known, paceBucket)) last = turn
  const finished: Finished[] = []
  const running: Running[] = []
  for (const [number, { points: worth }] of last?.placed ?? []) {
    const task = last?.tasks.get(number)
    if (!task) continue
    const { taskId, startedAt, completedAt, createdAt, estimate } = task
    const shown = { taskId, number, points: estimate === null ? null : worth }
    if (completedAt !== null) {
      const cycleMs = startedAt === null ? null : completedAt - startedAt
      finished.push({ ...shown, completedAt, cycleMs, leadMs: completedAt - createdAt })
    } else if (startedAt !== null) {
      running.push({ ...shown, startedAt, ageMs: now - startedAt })
    }
  }
  return {
    finished: finished.sort((a, b) => a.completedAt - b.completedAt || a.number - b.number),
    running: running.sort((a, b) => a.startedAt - b.startedAt || a.number - b.number),
  }
}

/** Gives the element at a percentile: the one behind which the rest lies; `null` of too few. */
export const percentile = (values: readonly number[], percent: number): number | null => {
  if (values.length < ENOUGH) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil((percent * values.length) / 100) - 1] ?? null
}

/** Lists the times of those that have one. */
export const cyclesOf = (finished: readonly Finished[]): readonly number[] =>
  finished.flatMap(({ cycleMs }) => cycleMs ?? [])

/** Says how long most tasks took lately. */
export const expectationOf = (
  finished: readonly Finished[],
  now: number,
): Readonly<{ count: number; cycleMs: number | null }> => {
  const since = now - SLE_DAYS * DAY_MS
  const cycles = cyclesOf(finished.filter(({ completedAt }) => completedAt > since))
  return { count: cycles.length, cycleMs: percentile(cycles, SLE_PERCENT) }
}

/** Which days, and where. */
export type DaySpan = Readonly<{ zone: string; from: Day; to: Day }>

/** Picks what was completed on days from one to another. */
export const finishedIn = (
  finished: readonly Finished[],
  { zone, from, to }: DaySpan,
): readonly Finished[] => {
  const [start, end] = [dayStart(zone, from), dayEnd(zone, to)]
  return finished.filter(({ completedAt }) => completedAt >= start && completedAt < end)
}

/** Counts the last completions of each day. */
export const throughput = (
  finished: readonly Finished[],
  { zone, from, to }: DaySpan,
): readonly Readonly<{ day: Day; amount: Amount }>[] => {
  const days = new Map<Day, Amount>(daysFrom(from, to).map((day) => [day, NOTHING]))
  for (const { completedAt, points } of finished) {
    const day = dayOf(zone, completedAt)
    const amount = days.get(day)
    if (amount) days.set(day, plus(amount, { points: points ?? 0, tasks: 1 }))
  }
  return [...days].map(([day, amount]) => ({ day, amount }))
}
