import { operation } from '../../kernel/operation.ts'
import { TaskKey, TaskView } from '../contract.ts'
import { z } from 'zod'
import type { WorkNeeds } from './ports.ts'
import type { SaveNeeds } from './save-ports.ts'
import { sayTask } from './say-task.ts'

/** Reads one task as a whole. */
export const getTask = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.get_task',
  about: 'Read one task with its text, links and subtasks.',
  input: z.strictObject({ key: TaskKey }),
  output: TaskView,
  access: 'task:read',
  effect: 'read',
  http: 'GET /tasks/:key',
  mcp: null,
  scope: ({ key }) => [key],
  cached: true,
  resource: 'guildhall://task/{key}',
  say: (task) => sayTask(task, { full: true, subtasks: true, links: true }),
  run: ({ key }, { reads }) => reads.task(key),
})
