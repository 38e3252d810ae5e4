import type { Card } from '../../../src/work/contract.ts'

/** The types that a task can have. */
export const TYPES = [
  'epic',
  'story',
  'task',
  'bug',
  'chore',
] as const satisfies readonly Card['type'][]

/** The priorities that a task can have, the most urgent first. */
export const PRIORITIES = [
  'urgent',
  'high',
  'medium',
  'low',
  'none',
] as const satisfies readonly Card['priority'][]

/** The flag under which the hub parks a task whose agent waits for an answer. */
export const QUESTION_FLAG = 'question'

/** Tells whether nothing is to be done about a task any more. */
export const isClosed = ({ category }: Pick<Card, 'category'>): boolean =>
  category === 'completed' || category === 'canceled'

/** Estimates are hundredths at heart: what fractions add up to is rounded back to them. */
export const inHundredths = (points: number): number => Math.round(points * 100) / 100

/** Adds up the estimates of tasks. */
export const pointsOf = (tasks: Iterable<Readonly<{ points: number | null }>>): number => {
  let sum = 0
  for (const { points } of tasks) sum += points ?? 0
  return inHundredths(sum)
}
