import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { ProjectKey } from '../contract.ts'
import { NOTHING } from '../domain/board-fold.ts'
import { cumulativeFlow, type FlowDay } from '../domain/flow.ts'
import { iso } from './moments.ts'
import type { NumberNeeds } from './number-ports.ts'
import { AmountView, AsOf, asOf, DayInput, rangeOf, sayAmount, viewAmount } from './number-views.ts'
import type { WorkNeeds } from './ports.ts'

const DAYS_DEFAULT = 30
/** Days that a text for agents tells of. */
const SAID_MAX = 10

const FlowView = z.object({
  day: z.string(),
  at: z.string(),
  triage: AmountView,
  backlog: AmountView,
  unstarted: AmountView,
  started: AmountView,
  completed: AmountView,
})

/** Shows how work flows: how much stood in each category at the end of each day. */
export const getFlow = operation<WorkNeeds & NumberNeeds>()({
  name: 'work.get_flow',
  about: "Show the cumulative flow of a project: tasks in each category at each day's end.",
  input: z.strictObject({
    project: ProjectKey,
    from: DayInput.optional(),
    to: DayInput.optional(),
  }),
  output: z.object({
    asOf: AsOf,
    zone: z.string(),
    from: z.string(),
    to: z.string(),
    days: z.array(FlowView),
  }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /projects/:project/flow',
  mcp: null,
  scope: ({ project }) => [project],
  say: ({ days }) => days.slice(-SAID_MAX).map(sayDay).join('\n'),
  async run({ project: wanted, ...asked }, { projects, past, call }) {
    const [{ id: projectId }, { zone }] = await Promise.all([
      projects.view(wanted),
      projects.settings(wanted),
    ])
    const now = Math.trunc(call.now)
    const range = rangeOf(asked, { zone, now, days: DAYS_DEFAULT })
    const { pos, changes } = await past.read({ projectId, sprints: null })
    const days = cumulativeFlow(changes, { zone, ...range, now }).map(viewOfDay)
    return { asOf: asOf(now, pos), zone, ...range, days }
  },
})

const viewOfDay = ({ day, at, amounts }: FlowDay): z.output<typeof FlowView> => {
  const of = (category: Parameters<typeof amounts.get>[0]) =>
    viewAmount(amounts.get(category) ?? NOTHING)
  return {
    day,
    at: iso(at),
    triage: of('triage'),
    backlog: of('backlog'),
    unstarted: of('unstarted'),
    started: of('started'),
    completed: of('completed'),
  }
}

const sayDay = (day: z.output<typeof FlowView>): string =>
  `${day.day}: backlog ${sayAmount(day.backlog)}, unstarted ${sayAmount(day.unstarted)}, ` +
  `started ${sayAmount(day.started)}, completed ${sayAmount(day.completed)}`
