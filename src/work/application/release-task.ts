import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { TaskKey, Text } from '../contract.ts'
import { endClaim } from './end-claim.ts'
import type { WorkNeeds } from './ports.ts'

/** Ends somebody else's claim by force: the task goes back to the queue. */
export const releaseTask = operation<WorkNeeds>()({
  name: 'work.release_task',
  about: 'Force a task out of the hands of whoever holds it, back to where it came from.',
  input: z.strictObject({ key: TaskKey, reason: Text(1_000).optional() }),
  output: z.object({ key: z.string(), column: z.string(), before: z.string().nullable() }),
  access: 'task:takeover',
  effect: 'write',
  http: 'POST /tasks/:key/release',
  mcp: null,
  scope: ({ key }) => [key],
  say: ({ key, column, before }) =>
    `${key} ${column.toLowerCase()}${before ? `, taken from @${before}` : ''}`,
  async run({ key, reason }, words) {
    const { leases, reads, people, call } = words
    const { taskId, key: name } = await reads.ids(key)
    const held = await leases.lock(name)
    if (held === null) {
      const message = `Nobody holds ${name}; there is nothing to release.`
      throw refuse('conflict', 'work.not_held', message, { key: name })
    }
    const before = (await people.handles([held.holderId])).get(held.holderId) ?? null
    const { ended } = await endClaim(
      words,
      {
        taskId,
        fence: held.fence,
        outcome: 'forced',
        place: 'from',
        failures: 'keep',
        flag: null,
        summary: null,
        evidence: null,
        usage: null,
        rest: false,
        now: call.now,
      },
      reason === undefined ? {} : { reason },
    )
    return { key: name, column: ended.to, before }
  },
})
