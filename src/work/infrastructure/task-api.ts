import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import type { WorkNeeds } from '../application/ports.ts'
import { saveItems } from '../application/save-items.ts'
import type { SaveNeeds } from '../application/save-ports.ts'
import { type Item, TaskItem } from '../application/task-item.ts'
import type { WorkTasks } from '../contract.ts'

/** Saves tasks for other rooms, by the same steps as the operations of this one. */
export const taskApi =
  (needs: (ground: Ground) => WorkNeeds & SaveNeeds) =>
  (ground: Ground): WorkTasks => {
    const save = async (item: unknown, project: string | null, words: Words) => {
      const items = [readItem(item)]
      const place = () => (field: string) => field
      return saveItems({ ...needs(ground), ...words }, { items, project, dryRun: false, place })
    }
    return {
      async create({ project, labels, ...wish }, words) {
        const { created } = await save({ ...wish, labels: [...labels] }, project, words)
        return { key: created[0]?.key ?? '' }
      },
      async comment(key, text, words) {
        await save({ id: key, comment: text }, null, words)
      },
    }
  }

const readItem = (item: unknown): Item => {
  const read = TaskItem.safeParse(item)
  if (read.success) return read.data
  const field = read.error.issues[0]?.path.join('.') ?? ''
  const message = `The task does not fit at "${field}"; change what is made of it.`
  throw refuse('invalid', 'work.task_not_valid', message, { field })
}
