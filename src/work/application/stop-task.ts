import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { TaskKey, Text } from '../contract.ts'
import { TaskNoted } from '../events.ts'
import type { BoardNeeds } from './board-ports.ts'
import type { WorkNeeds } from './ports.ts'

/** Asks the holder of a task to stop; the next reply to their work says so. */
export const stopTask = operation<WorkNeeds & BoardNeeds>()({
  name: 'work.stop_task',
  about: 'Ask the holder of a task to stop; they hear it with their next update.',
  input: z.strictObject({ key: TaskKey, reason: Text(1_000).optional() }),
  output: z.object({ key: z.string(), holder: z.string().nullable() }),
  access: 'task:takeover',
  effect: 'write',
  http: 'POST /tasks/:key/stop',
  mcp: null,
  scope: ({ key }) => [key],
  say: ({ key, holder }) => `${key}: @${holder ?? 'somebody'} is asked to stop`,
  async run({ key, reason }, { leases, reads, people, holds, emit }) {
    const { taskId, projectId, key: name } = await reads.ids(key)
    const held = await leases.lock(name)
    if (held === null) {
      const message = `Nobody holds ${name}; there is nobody to stop.`
      throw refuse('conflict', 'work.not_held', message, { key: name })
    }
    await holds.stop(taskId)
    const about = { taskId, key: name, projectId, version: 0, what: 'stop' } as const
    emit(TaskNoted(about, { content: { text: reason ?? '' } }))
    const handles = await people.handles([held.holderId])
    return { key: name, holder: handles.get(held.holderId) ?? null }
  },
})
