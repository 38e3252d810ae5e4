import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { span } from '../../kernel/text.ts'
import { ProjectKey, TaskKey } from '../contract.ts'
import { TaskClaimed } from '../events.ts'
import { leaseKey, partsOfKey, taskKey } from '../domain/key.ts'
import { LEASE_DEFAULT_S, LEASE_MAX_S, LEASE_MIN_S, WAIT_MAX_S } from '../domain/words.ts'
import { BriefView, briefOf, sayBrief } from './brief.ts'
import type { Claimed, ClaimWish, LeaseStore } from './claim-ports.ts'
import type { CrewNeeds } from './crew-ports.ts'
import type { WorkNeeds } from './ports.ts'

const Empty = z.object({
  blocked: z.int(),
  running: z.int(),
  held: z.int(),
  heldUntil: z.string().nullable(),
  full: z.string().nullable(),
  /** All agents are stopped: nothing is given to the caller. */
  stopped: z.boolean(),
})

const NextView = z.object({
  task: BriefView.nullable(),
  /** The task a peek would give: nothing is claimed. */
  peeked: z.string().nullable(),
  empty: Empty.nullable(),
  /** What the caller holds, told where nothing was claimed. */
  holding: z.array(z.object({ lease: z.string(), expiresAt: z.string().nullable() })),
})

/** Claims the best ready task for the caller, or waits for one. */
export const nextTask = operation<WorkNeeds & CrewNeeds>()({
  name: 'work.next_task',
  about: 'Claim the best ready task and get its brief. Waits up to wait_s when nothing is ready.',
  input: z.strictObject({
    project: ProjectKey.optional(),
    branch: z.string().max(100).optional(),
    skills: z.array(z.string().max(50)).max(20).optional(),
    id: TaskKey.optional(),
    peek: z.boolean().optional(),
    wait_s: z.int().min(0).max(WAIT_MAX_S).optional(),
    lease_s: z.int().min(LEASE_MIN_S).max(LEASE_MAX_S).optional(),
    have: z.string().max(20).optional(),
  }),
  output: NextView,
  access: 'task:claim',
  effect: 'write',
  http: 'POST /work/next',
  mcp: 'work_next',
  scope: ({ project, id }) => (id ? [id] : project ? [project] : []),
  waiting: {
    topic: ({ project }) => (project ? `ready/${project}` : 'ready'),
    seconds: ({ wait_s }) => wait_s ?? 0,
    again: (output) =>
      output.task === null && output.peeked === null && output.empty?.full === null,
  },
  say: (output, { now }) => sayNext(output, now),
  async run(input, words) {
    const { leases, reads, halts, call } = words
    const wish = await wishOf(input, words)
    if (input.peek) return peek(wish, words)
    const found = await claimBest(wish, words)
    if (found.claimed === null) {
      const [holding, { until, ...standing }, halt] = await Promise.all([
        holdingOf(leases, call.actor.id),
        reads.standing(wish.projectIds, call.now),
        halts.read(),
      ])
      const stopped = halt !== null && !wish.forever
      const heldUntil = until === null ? null : new Date(until).toISOString()
      const empty = { ...standing, heldUntil, full: found.full, stopped }
      return { task: null, peeked: null, empty, holding }
    }
    const { claimed, key } = found
    const { leaseS } = wish
    words.emit(
      claimedEvent(claimed, { key, me: call.actor.id, leaseS: wish.forever ? null : leaseS }),
    )
    const task = await briefOf(words, { claimed, key, have: input.have ?? null, leaseS })
    return { task, peeked: null, empty: null, holding: [] }
  },
})

const holdingOf = async (leases: LeaseStore, me: string) => {
  const held = await leases.held(me)
  return held.map(({ key, fence, expiresAt }) => ({
    lease: leaseKey(key, fence),
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  }))
}

/** Makes the event of a claim. */
export const claimedEvent = (
  claimed: Claimed,
  { key, me, leaseS }: Readonly<{ key: string; me: string; leaseS: number | null }>,
) => {
  const { taskId, projectId, version, from, to, fence, attempt } = claimed
  const about = { taskId, key, projectId, version }
  return TaskClaimed({
    ...about,
    from,
    to,
    category: 'started',
    holder: me,
    fence,
    attempt,
    leaseS,
  })
}

type Input = Readonly<{
  project?: string | undefined
  branch?: string | undefined
  skills?: readonly string[] | undefined
  id?: string | undefined
  lease_s?: number | undefined
}>

type Wanted = ClaimWish & Readonly<{ keys: ReadonlyMap<string, string> }>

const wishOf = async (input: Input, words: WorkNeeds & Words): Promise<Wanted> => {
  const { people, projects, visible, call } = words
  const named = input.id ? partsOfKey(input.id).project : input.project
  const [open, worker] = await Promise.all([
    named ? projects.find(named).then((one) => (one ? [one] : [])) : projects.open(visible),
    people.worker(call.actor.id),
  ])
  const wanted = input.skills
  return {
    me: call.actor.id,
    skills: wanted ? worker.skills.filter((skill) => wanted.includes(skill)) : worker.skills,
    projectIds: open.map(({ id }) => id),
    keys: new Map(open.map(({ id, key }) => [id, key])),
    branch: input.branch ?? null,
    number: input.id ? partsOfKey(input.id).number : null,
    seatMax: call.actor.kind === 'agent' ? worker.seatMax : null,
    leaseS: input.lease_s ?? LEASE_DEFAULT_S,
    forever: call.actor.kind === 'person',
    now: call.now,
  }
}

type Found =
  | Readonly<{ claimed: Claimed; key: string }>
  | Readonly<{ claimed: null; full: string | null }>

const TRIES = 3

/** Claims in one project after the other, the one with the best task first. */
const claimBest = async (wish: Wanted, { claims }: WorkNeeds): Promise<Found> => {
  let full: string | null = null
  for (let turn = 1; turn <= TRIES; turn++) {
    const order = wish.projectIds.length > 1 ? await claims.projectsByBest(wish) : wish.projectIds
    for (const projectId of order) {
      const result = await claims.claim(wish, projectId)
      if (result.kind === 'claimed') {
        const key = taskKey(wish.keys.get(projectId) ?? '', result.claimed.number)
        return { claimed: result.claimed, key }
      }
      if (result.kind === 'full') full = fullOf(result)
    }
    // What was skipped as locked may be free by now; a limit that is full is not.
    if (full !== null || order.length === 0) break
  }
  return { claimed: null, full }
}

const fullOf = (result: Readonly<{ seat: boolean; column: boolean; project: boolean }>): string => {
  if (result.seat) return 'You hold as many tasks as you may'
  return result.column ? 'The column of running work is full' : 'The project runs as much as it may'
}

const peek = async (wish: Wanted, { claims }: WorkNeeds) => {
  const [projectId] = await claims.projectsByBest(wish)
  const number = projectId === undefined ? null : await claims.peek(wish, projectId)
  const key = number === null ? null : taskKey(wish.keys.get(projectId ?? '') ?? '', number)
  return { task: null, peeked: key, empty: null, holding: [] }
}

const STOPPED =
  'All agents are stopped: no work is given out. Finish what you hold as released, end your turn.'

type Output = z.output<typeof NextView>

const sayNext = ({ task, peeked, empty, holding }: Output, now: number): string => {
  if (task) return sayBrief(task, now)
  if (peeked) return `Next would be ${peeked}; work_next without peek claims it.`
  const held = holding.map(({ lease, expiresAt }) => {
    const left = expiresAt === null ? '' : ` (${span(Date.parse(expiresAt) - now)} left)`
    return `You hold ${lease}${left}.`
  })
  if (empty?.full) return [`${empty.full}; finish or hand back first.`, ...held].join('\n')
  if (empty?.stopped) return [STOPPED, ...held].join('\n')
  const until = empty?.heldUntil ? ` until ${empty.heldUntil.slice(11, 16)}` : ''
  const why = [
    empty?.blocked ? `${empty.blocked} blocked` : '',
    empty?.running ? `${empty.running} running` : '',
    empty?.held ? `${empty.held} held${until}` : '',
  ].filter(Boolean)
  const reason = why.length > 0 ? ` (${why.join(', ')})` : ''
  return [`Nothing is ready${reason}. End your turn; do not poll.`, ...held].join('\n')
}
