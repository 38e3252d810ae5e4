import { type Amount, foldBoard, NOTHING, type Turn } from './board-fold.ts'
import type { Change, TaskPast } from './history.ts'
import { CATEGORIES } from './words.ts'
import { type Day, dayEnd, daysFrom } from './zone-days.ts'

/** The categories that flow: what is canceled has left. */
export const FLOW_CATEGORIES = CATEGORIES.filter((category) => category !== 'canceled')
type Flowing = (typeof FLOW_CATEGORIES)[number]

/** The tasks in each category at the end of a day, or now, where the day is not over. */
export type FlowDay = Readonly<{ day: Day; at: number; amounts: ReadonlyMap<Flowing, Amount> }>

/** Which days, where, and until when. */
export type FlowSpan = Readonly<{ zone: string; from: Day; to: Day; now: number }>

const flowBucket = ({ category }: TaskPast): Flowing | null =>
  category === 'canceled' ? null : category

/** Counts the tasks in each category at each day's end; midnight belongs to the next day. */
export const cumulativeFlow = (
  changes: readonly Change[],
  { zone, from, to, now }: FlowSpan,
): readonly FlowDay[] => {
  const turns = foldBoard(
    changes.filter(({ at }) => at <= now),
    flowBucket,
  )
  const sums = new Map<Flowing, Amount>()
  let next = turns.next()
  const goOn = (isDue: (turn: Turn<Flowing>) => boolean) => {
    while (!next.done && isDue(next.value)) {
      for (const category of FLOW_CATEGORIES) {
        sums.set(category, next.value.sums.get(category) ?? NOTHING)
      }
      next = turns.next()
    }
  }
  return daysFrom(from, to).map((day) => {
    const end = dayEnd(zone, day)
    const isOver = end <= now
    goOn(({ at }) => (isOver ? at < end : at <= now))
    return { day, at: Math.min(end, now), amounts: new Map(sums) }
  })
}
