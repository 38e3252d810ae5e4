import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { CardView, TaskKey, Version } from '../contract.ts'
import type { WorkNeeds } from './ports.ts'
import { saveItems } from './save-items.ts'
import type { SaveNeeds } from './save-ports.ts'

/** Takes a task off the board; one that is open is canceled by it. */
export const archiveTask = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.archive_task',
  about: 'Archive a task; an open one is canceled. archived: false brings it back.',
  input: z.strictObject({
    key: TaskKey,
    archived: z.boolean().optional(),
    version: Version.optional(),
  }),
  output: CardView,
  access: 'task:write',
  effect: 'write',
  http: 'POST /tasks/:key/archive',
  mcp: null,
  scope: ({ key }) => [key],
  say: ({ key, archived }) => `${key} ${archived ? 'archived' : 'brought back'}`,
  async run({ key, archived, version }, words) {
    await saveItems(words, {
      items: [{ id: key, archived: archived ?? true, version }],
      project: null,
      dryRun: false,
      place: () => (field) => field,
    })
    return words.reads.card(key)
  },
})
