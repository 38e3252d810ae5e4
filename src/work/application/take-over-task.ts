import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { operation, type Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { TaskKey, Text } from '../contract.ts'
import { TaskTakenOver } from '../events.ts'
import { leaseKey } from '../domain/key.ts'
import { claimOne } from './claim-one.ts'
import { addComment } from './comment-task.ts'
import type { HeldLease } from './claim-ports.ts'
import type { WorkNeeds } from './ports.ts'
import type { SaveNeeds } from './save-ports.ts'

const TakenView = z.object({
  key: z.string(),
  lease: z.string(),
  /** Who held it before. */
  before: z.string().nullable(),
})

/** Gives a task to the person who asks: its worker's attempt ends, nobody else can get between. */
export const takeOverTask = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.take_over_task',
  about: 'Take a task over from whoever holds it; a task that nobody holds is claimed.',
  input: z.strictObject({ key: TaskKey, note: Text(4_000).optional() }),
  output: TakenView,
  access: 'task:takeover',
  effect: 'write',
  http: 'POST /tasks/:key/take-over',
  mcp: null,
  scope: ({ key }) => [key],
  say: ({ key, lease, before }) => `${key} is yours (${lease})${before ? `, was @${before}` : ''}`,
  async run({ key, note }, words) {
    const { leases, reads, people, call } = words
    if (call.actor.kind !== 'person') {
      const message = 'Only people take tasks over; agents get theirs from work_next.'
      throw refuse('forbidden', 'work.people_only', message)
    }
    const ids = await reads.ids(key)
    const held = await leases.lock(ids.key)
    if (note) await addComment(words, { ...ids, body: note })
    if (held === null) {
      const { claimed } = await claimOne(words, { key: ids.key })
      return { key: ids.key, lease: leaseKey(ids.key, claimed.fence), before: null }
    }
    const before = (await people.handles([held.holderId])).get(held.holderId) ?? null
    const fence =
      held.holderId === call.actor.id ? held.fence : await takeOver(words, held, ids.key)
    return { key: ids.key, lease: leaseKey(ids.key, fence), before }
  },
})

const takeOver = async (
  { leases, call, emit }: WorkNeeds & Words,
  held: HeldLease,
  key: string,
): Promise<number> => {
  const me = call.actor.id
  const taken = await leases.transfer(held.taskId, {
    holderId: me,
    leaseS: held.leaseS,
    forever: true,
    now: call.now,
    outcome: 'taken_over',
  })
  assert(taken, 'a lease that is locked can be given on')
  const { taskId, projectId, version, from, to, fence, attempt } = taken
  emit(
    TaskTakenOver({
      ...{ taskId, key, projectId, version, from, to, fence, attempt },
      category: 'started',
      holder: me,
      assignee: taken.assigneeId,
      before: held.holderId,
    }),
  )
  return fence
}
