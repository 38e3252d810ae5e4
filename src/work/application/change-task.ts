import { operation } from '../../kernel/operation.ts'
import { CardView, TaskKey } from '../contract.ts'
import type { WorkNeeds } from './ports.ts'
import { saveItems } from './save-items.ts'
import type { SaveNeeds } from './save-ports.ts'
import { TaskPatch } from './task-item.ts'

/** Changes the given fields of one task; `blocked: null` takes its flag away. */
export const changeTask = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.change_task',
  about: 'Change fields of a task; only those given change. A version refuses stale changes.',
  input: TaskPatch.extend({ key: TaskKey }),
  output: CardView,
  access: 'task:write',
  effect: 'write',
  http: 'PATCH /tasks/:key',
  mcp: null,
  scope: ({ key }) => [key],
  say: ({ key, column, version }) => `${key} ${column.toLowerCase()}, version ${version}`,
  async run({ key, ...patch }, words) {
    await saveItems(words, {
      items: [{ ...patch, id: key }],
      project: null,
      dryRun: false,
      place: () => (field) => field,
    })
    return words.reads.card(key)
  },
})
