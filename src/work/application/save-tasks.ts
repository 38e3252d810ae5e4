import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { ProjectKey } from '../contract.ts'
import { scopeOf } from './load-items.ts'
import type { WorkNeeds } from './ports.ts'
import { saveItems } from './save-items.ts'
import type { SaveNeeds } from './save-ports.ts'
import { ITEMS_MAX, TaskItem } from './task-item.ts'

/** Keys that the answer of a batch names at most; the rest is counted. */
const SHOWN_MAX = 20

/** Creates and changes up to 100 tasks with their parents and dependencies, all or nothing. */
export const saveTasks = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.save_tasks',
  about:
    'Create tasks, or change those with id, all or nothing. ' +
    'parent and depends_on take keys or refs; +GH-3 and -GH-3 modify.',
  input: z.strictObject({
    items: z.array(TaskItem).min(1).max(ITEMS_MAX),
    project: ProjectKey.optional(),
    dry_run: z.boolean().optional(),
  }),
  output: z.object({
    created: z.array(z.object({ ref: z.string().nullable(), key: z.string() })),
    changed: z.array(z.string()),
    dryRun: z.boolean(),
  }),
  access: 'task:write',
  effect: 'write',
  http: 'POST /tasks',
  mcp: 'task_save',
  scope: ({ items, project }) => scopeOf(items, project),
  say: ({ created, changed, dryRun }) => {
    const made = created.map(({ ref, key }) => (ref === null ? key : `${ref}=${key}`))
    const said = [sayList(made, 'created'), sayList(changed, 'changed')].filter(Boolean)
    const text = said.length > 0 ? said.join('; ') : 'nothing to change'
    return dryRun ? `dry run, nothing saved: ${text}` : text
  },
  async run({ items, project, dry_run }, words) {
    const saved = await saveItems(words, {
      items,
      project: project ?? null,
      dryRun: dry_run ?? false,
      place: (index) => (field) => `items[${index}].${field}`,
    })
    const { created, changed } = saved
    return { created: [...created], changed: [...changed], dryRun: dry_run ?? false }
  },
})

const sayList = (keys: readonly string[], what: string): string => {
  if (keys.length === 0) return ''
  const shown = keys.slice(0, SHOWN_MAX).join(' ')
  const more = keys.length > SHOWN_MAX ? ` and ${keys.length - SHOWN_MAX} more` : ''
  return `${keys.length} ${what}: ${shown}${more}`
}
