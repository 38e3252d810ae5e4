import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { AttemptView, TaskKey } from '../contract.ts'
import { attemptLine } from './brief.ts'
import type { WorkNeeds } from './ports.ts'

const ATTEMPTS_MAX = 100

/** Lists who worked on a task and how it went. */
export const listAttempts = operation<WorkNeeds>()({
  name: 'work.list_attempts',
  about: 'List the attempts on a task, newest first.',
  input: z.strictObject({ key: TaskKey }),
  output: z.object({ items: z.array(AttemptView) }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /tasks/:key/attempts',
  mcp: null,
  scope: ({ key }) => [key],
  say: ({ items }, { now }) =>
    items.map((attempt) => attemptLine(attempt, now)).join('\n') || 'No attempts yet.',
  async run({ key }, { reads }) {
    const { taskId } = await reads.ids(key)
    return { items: [...(await reads.attempts(taskId, ATTEMPTS_MAX))] }
  },
})
