import { refuse } from '../../kernel/refusal.ts'
import { type Place, readList } from '../domain/task-change.ts'
import { readLink } from '../domain/task-link.ts'
import { type Batch, type Entry, named, type SaveWords, unsigned } from './load-items.ts'

/**
 * Keeps a plain agent within its claim: it changes tasks it holds, and creates below a task it
 * holds or as discovered from one.
 */
export const guardHeld = async (words: SaveWords, batch: Batch): Promise<void> => {
  if (words.condition !== 'held') return
  const me = words.call.actor.id
  const allowed = new Set<string>()
  for (const entry of batch.entries) {
    const { before, taskId, item, at } = entry
    const isFree =
      before === null ? await isFromHeld(words, batch, { entry, allowed }) : before.holderId === me
    if (!isFree) {
      throw before === null
        ? notFromHeld(at)
        : refuse(
            'forbidden',
            'work.task_not_held',
            `You do not hold ${before.key}; claim it with work_next, or leave it to its people.`,
            { field: at('id'), key: item.id },
          )
    }
    // An agent may hang an existing task it holds below another, but only one that it holds too.
    if (before !== null && item.parent && !(await isBelowHeld(words, batch, { entry, allowed }))) {
      throw notFromHeld(at)
    }
    allowed.add(taskId)
  }
}

type Asking = Readonly<{ entry: Entry; allowed: ReadonlySet<string> }>

const isFromHeld = async (words: SaveWords, batch: Batch, asking: Asking): Promise<boolean> => {
  if (await isBelowHeld(words, batch, asking)) return true
  const { item, at } = asking.entry
  if (item.parent) return false
  const field = at('depends_on')
  const list = readList(item.depends_on ?? [], field, { exists: false, hasVersion: false })
  const texts = list.kind === 'replace' ? list.values : list.add
  return texts.some((text) => {
    const link = readLink(unsigned(text))
    if (link?.kind !== 'discovered_from') return false
    const source = named(batch, link.to, field)
    return source.kind === 'saved' && source.task.holderId === words.call.actor.id
  })
}

const isBelowHeld = async (
  { edges, call }: SaveWords,
  batch: Batch,
  { entry, allowed }: Asking,
): Promise<boolean> => {
  const { item, at } = entry
  if (!item.parent) return false
  const parent = named(batch, item.parent, at('parent'))
  if (allowed.has(parent.taskId)) return true
  return parent.kind === 'saved' && edges.isHeldAbove(parent.taskId, call.actor.id)
}

const notFromHeld = (at: Place) => {
  const message =
    'You may create tasks below one you hold, or with depends_on discovered_from:KEY of one.'
  return refuse('forbidden', 'work.task_not_held', message, { field: at('parent') })
}
