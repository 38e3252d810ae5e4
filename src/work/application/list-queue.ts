import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Cursor, Handle, Limit, ProjectKey } from '../contract.ts'
import { type Claimant, QUEUE_REASONS, reasonsAgainst } from '../domain/readiness.ts'
import { ReasonView } from './get-readiness.ts'
import type { SaveWords } from './load-items.ts'
import type { WorkNeeds } from './ports.ts'
import type { QueueNeeds } from './queue-ports.ts'
import type { SaveNeeds } from './save-ports.ts'

const Counts = z.object({
  ready: z.int(),
  /** In the queue, and kept from being handed out. */
  waiting: z.int(),
  blocked_by: z.int(),
  parent_blocked: z.int(),
  open_subtasks: z.int(),
  flagged: z.int(),
  held_until: z.int(),
  not_in_queue: z.int(),
  claimed: z.int(),
})

/**
 * Lists the queue of a project: what is ready, in the order it is handed out, or what waits and
 * why. With an agent, the reasons are those against that agent.
 */
export const listQueue = operation<WorkNeeds & SaveNeeds & QueueNeeds>()({
  name: 'work.list_queue',
  about: 'List what is ready in the order it is handed out, or what waits and why.',
  input: z.strictObject({
    project: ProjectKey,
    /** Without it: what is in the queue and waits. */
    show: z.enum(['ready', ...QUEUE_REASONS]).optional(),
    agent: Handle.optional(),
    limit: Limit,
    cursor: Cursor.optional(),
  }),
  output: z.object({
    items: z.array(z.object({ key: z.string(), title: z.string(), reasons: z.array(ReasonView) })),
    total: z.int(),
    next: z.string().nullable(),
    counts: Counts,
  }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /projects/:project/queue',
  mcp: null,
  scope: ({ project }) => [project],
  say: ({ items, total, next }) => {
    if (items.length === 0) return total === 0 ? 'no tasks' : `no more of ${total}`
    const more = next === null ? '' : `, more: ${next}`
    const lines = items.map(({ key, title, reasons }) =>
      [`${key} ${title}`, ...reasons.map(({ text }) => `  ${text}`)].join('\n'),
    )
    return [...lines, `${items.length} of ${total}${more}`].join('\n')
  },
  async run({ project, show, agent, limit, cursor }, words) {
    const { id: projectId } = await words.projects.view(project)
    const { now } = words.call
    const asker = await askerOf(words, projectId, agent ?? null)
    const asked = { projectId, forId: asker?.id ?? null, show: show ?? null, now, limit }
    const [{ items, next }, counts] = await Promise.all([
      words.queue.page({ ...asked, cursor: cursor ?? null }),
      words.queue.counts(projectId, now),
    ])
    const reasons = await reasonsOf(words, items, asker ?? NOBODY)
    const explained = items.map((item, index) => ({
      ...item,
      reasons: [...(reasons[index] ?? [])],
    }))
    return { items: explained, total: counts[show ?? 'waiting'], next, counts }
  },
})

type Asker = Omit<Claimant, 'now' | 'names'>

const askerOf = async (
  words: SaveWords,
  projectId: string,
  handle: string | null,
): Promise<Asker | null> => {
  if (handle === null) return null
  const { people, may, call } = words
  if (!may('agent:read', projectId)) {
    const message = 'You may not look at agents; it needs agent:read. Leave the agent out.'
    throw refuse('forbidden', 'work.agent_not_shown', message, { field: 'agent' })
  }
  const found = (await people.byHandle([handle])).get(handle)
  if (found === undefined) {
    const message = `Nobody here is called @${handle}.`
    throw refuse('invalid', 'work.agent_unknown', message, { field: 'agent' })
  }
  const [{ skills, seatMax }, mayClaim] = await Promise.all([
    people.worker(found.id),
    people.mayClaim(found, { projectId, now: call.now }),
  ])
  const isPerson = found.kind === 'person'
  const called = `@${handle}`
  return { id: found.id, called, mayClaim, isPerson, skills, seatMax: isPerson ? null : seatMax }
}

// Nobody in particular: what is meant for somebody or needs a skill says so, and nothing is full.
const NOBODY: Asker = {
  id: '00000000-0000-7000-8000-000000000003',
  mayClaim: true,
  isPerson: true,
  skills: [],
  seatMax: null,
}

const reasonsOf = async (
  { readiness, people, call }: SaveWords,
  items: readonly Readonly<{ key: string }>[],
  asker: Asker,
) => {
  // A page is bounded, and its tasks are explained as one would be: by the same statement.
  const all = await Promise.all(items.map(({ key }) => readiness.facts(key, asker.id)))
  const ids = all.flatMap(({ holderId, forId }) => [holderId, forId]).filter((id) => id !== null)
  const names = await people.handles([...new Set(ids)])
  return all.map((facts) =>
    reasonsAgainst(facts, { ...asker, now: call.now, names }).map((one) => ({
      ...one,
      keys: [...one.keys],
    })),
  )
}
