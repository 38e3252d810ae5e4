import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { ProjectKey } from '../contract.ts'
import { sprintNumbers } from '../domain/sprint-numbers.ts'
import { forecastOf } from '../domain/velocity.ts'
import type { BoardNeeds, Sprint } from './board-ports.ts'
import { iso } from './moments.ts'
import type { NumberNeeds } from './number-ports.ts'
import { AmountView, AsOf, asOf, sayAmount, viewAmount } from './number-views.ts'
import type { WorkNeeds } from './ports.ts'

const SPRINTS_DEFAULT = 12
const SPRINTS_MAX = 24

const Velocity = z.object({
  asOf: AsOf,
  sprints: z.array(
    z.object({
      number: z.int(),
      goal: z.string(),
      startedAt: z.string(),
      closedAt: z.string(),
      committed: AmountView,
      final: AmountView,
      completed: AmountView,
    }),
  ),
  forecast: AmountView.nullable(),
  /** How many sprints the forecast is the mean of. */
  forecastOf: z.int(),
  band: z.object({ min: AmountView, max: AmountView }).nullable(),
  bandOf: z.int(),
})

/** Compares what closed sprints promised and completed, and foresees the next. */
export const getVelocity = operation<WorkNeeds & BoardNeeds & NumberNeeds>()({
  name: 'work.get_velocity',
  about: 'Show what closed sprints committed to and completed, and what the next may bring.',
  input: z.strictObject({
    project: ProjectKey,
    limit: z.int().min(1).max(SPRINTS_MAX).default(SPRINTS_DEFAULT),
  }),
  output: Velocity,
  access: 'sprint:read',
  effect: 'read',
  http: 'GET /projects/:project/velocity',
  mcp: null,
  scope: ({ project }) => [project],
  say: (velocity) => sayVelocity(velocity),
  async run({ project: wanted, limit }, { projects, sprints, past, call }) {
    const project = await projects.view(wanted)
    const closed = (await sprints.list(project.id)).flatMap(closedOf).sort(byClose)
    const some = closed.slice(-Math.max(limit, SPRINTS_DEFAULT))
    const wish = { projectId: project.id, sprints: some.map(({ number }) => number) }
    const now = Math.trunc(call.now)
    const { pos, changes } = await past.read(wish)
    const rows = some.map((sprint) => ({
      sprint,
      numbers: sprintNumbers(changes, { ...sprint, now }),
    }))
    const { forecast, band, ...counts } = forecastOf(rows.map(({ numbers }) => numbers.completed))
    return {
      asOf: asOf(now, pos),
      sprints: rows.slice(-limit).map(({ sprint, numbers }) => ({
        ...{ number: sprint.number, goal: sprint.goal },
        startedAt: iso(sprint.startedAt),
        closedAt: iso(sprint.closedAt),
        committed: viewAmount(numbers.committed),
        final: viewAmount(numbers.scope),
        completed: viewAmount(numbers.completed),
      })),
      forecast: forecast && viewAmount(forecast),
      band: band && { min: viewAmount(band.min), max: viewAmount(band.max) },
      ...counts,
    }
  },
})

type Closed = Readonly<{ number: number; goal: string; startedAt: number; closedAt: number }>

const closedOf = ({ number, goal, startedAt, closedAt }: Sprint): readonly Closed[] =>
  startedAt === null || closedAt === null ? [] : [{ number, goal, startedAt, closedAt }]

const byClose = (a: Closed, b: Closed): number => a.closedAt - b.closedAt || a.number - b.number

const sayVelocity = ({ sprints, forecast, forecastOf: of }: z.output<typeof Velocity>): string => {
  if (forecast === null) return 'No sprint is closed yet.'
  const lines = sprints.map(
    ({ number, committed, completed }) =>
      `sprint ${number}: ${sayAmount(completed)} of ${sayAmount(committed)}`,
  )
  return [...lines, `forecast ${sayAmount(forecast)}, mean of the last ${of}`].join('\n')
}
