import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { ProjectKey } from '../contract.ts'
import {
  cyclesOf,
  expectationOf,
  finishedIn,
  paceOf,
  PERCENTS,
  percentile,
  SLE_DAYS,
  SLE_PERCENT,
  throughput,
} from '../domain/cycle-times.ts'
import { taskKey } from '../domain/key.ts'
import { iso } from './moments.ts'
import type { NumberNeeds } from './number-ports.ts'
import { AsOf, asOf, checkSize, DayInput, daysOf, pointsOf, rangeOf } from './number-views.ts'
import type { WorkNeeds } from './ports.ts'

const DAYS_DEFAULT = 90
/** Running tasks that are listed, the oldest first; all are counted. */
const AGES_MAX = 500

const named = { key: z.string(), title: z.string(), points: z.number().nullable() }

const CycleTimes = z.object({
  asOf: AsOf,
  zone: z.string(),
  from: z.string(),
  to: z.string(),
  items: z.array(
    z.object({
      ...named,
      completedAt: z.string(),
      /** `null` where it never was started. */
      cycleDays: z.number().nullable(),
      leadDays: z.number(),
    }),
  ),
  /** `null` says that there is not enough data. */
  percentiles: z.array(
    z.object({
      p: z.int(),
      cycleDays: z.number().nullable(),
      leadDays: z.number().nullable(),
    }),
  ),
  started: z.int(),
  neverStarted: z.int(),
  sle: z.object({ p: z.int(), days: z.int(), n: z.int(), cycleDays: z.number().nullable() }),
  wip: z.int(),
  age: z.array(z.object({ ...named, startedAt: z.string(), ageDays: z.number() })),
  throughput: z.array(z.object({ day: z.string(), tasks: z.int(), points: z.number() })),
})

/** Shows how long tasks take, how old the running ones are, and how many are completed. */
export const getCycleTimes = operation<WorkNeeds & NumberNeeds>()({
  name: 'work.get_cycle_times',
  about: 'Show cycle and lead times, the age of running work, and how much was completed.',
  input: z.strictObject({
    project: ProjectKey,
    from: DayInput.optional(),
    to: DayInput.optional(),
  }),
  output: CycleTimes,
  access: 'task:read',
  effect: 'read',
  http: 'GET /projects/:project/cycle-times',
  mcp: null,
  scope: ({ project }) => [project],
  say: (times) => sayTimes(times),
  async run({ project: wanted, ...asked }, { projects, past, call }) {
    const [{ id: projectId, key }, { zone }] = await Promise.all([
      projects.view(wanted),
      projects.settings(wanted),
    ])
    const now = Math.trunc(call.now)
    const range = rangeOf(asked, { zone, now, days: DAYS_DEFAULT })
    const { pos, changes } = await past.read({ projectId, sprints: null })
    const { finished, running } = paceOf(changes, now)
    const inRange = finishedIn(finished, { zone, ...range })
    checkSize(inRange.length, 'tasks', 'ask for fewer days')
    const oldest = running.slice(0, AGES_MAX)
    const names = await past.names([...inRange, ...oldest].map(({ taskId }) => taskId))
    const nameOf = (task: Readonly<{ taskId: string; number: number; points: number | null }>) => {
      const own = taskKey(key, task.number)
      const points = task.points === null ? null : pointsOf(task.points)
      return { key: own, title: names.get(task.taskId)?.title ?? own, points }
    }
    const cycles = cyclesOf(inRange)
    const leads = inRange.map(({ leadMs }) => leadMs)
    const expected = expectationOf(finished, now)
    const { count: n } = expected
    return {
      ...{ asOf: asOf(now, pos), zone, ...range },
      items: inRange.map((task) => ({
        ...nameOf(task),
        completedAt: iso(task.completedAt),
        cycleDays: daysOrNull(task.cycleMs),
        leadDays: daysOf(task.leadMs),
      })),
      percentiles: PERCENTS.map((p) => ({
        p,
        cycleDays: daysOrNull(percentile(cycles, p)),
        leadDays: daysOrNull(percentile(leads, p)),
      })),
      ...{ started: cycles.length, neverStarted: inRange.length - cycles.length },
      sle: { p: SLE_PERCENT, days: SLE_DAYS, n, cycleDays: daysOrNull(expected.cycleMs) },
      wip: running.length,
      age: oldest.map((task) => ({
        ...nameOf(task),
        startedAt: iso(task.startedAt),
        ageDays: daysOf(task.ageMs),
      })),
      throughput: throughput(inRange, { zone, ...range }).map(({ day, amount }) => ({
        ...{ day, tasks: amount.tasks, points: pointsOf(amount.points) },
      })),
    }
  },
})

const daysOrNull = (ms: number | null): number | null => (ms === null ? null : daysOf(ms))

const sayTimes = (times: z.output<typeof CycleTimes>): string => {
  const { items, sle, wip, neverStarted, from, to } = times
  const expected =
    sle.cycleDays === null
      ? `not enough data: ${sle.n} tasks in ${sle.days} days`
      : `${sle.p}% of tasks take ${sle.cycleDays} days or less`
  const oldest = times.age[0]
  return [
    `${from} to ${to}: ${items.length} completed, ${neverStarted} of them never started`,
    expected,
    `${wip} running${oldest ? `, the oldest ${oldest.key} for ${oldest.ageDays} days` : ''}`,
  ].join('\n')
}
