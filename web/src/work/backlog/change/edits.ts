import type { Card } from '../../../../../src/work/contract.ts'
import type { Hall } from '../../../live/hall.ts'
import { whyOf } from '../../../live/own/why-of.ts'
import { type Edit, type Patch, sendEdits } from './send.ts'
import { offerBack, oppositeOf } from './way-back.ts'

/**
 * Changes tasks: shows it at once, then asks the hub; a refusal takes it back and shows the hub's
 * sentence. One task is one request, more of them are one batch, done whole or not at all. `said`
 * is what was done, where there are better words than the names of fields.
 */
export const changeTasks = async (
  hall: Hall,
  edits: readonly Edit[],
  said?: string,
): Promise<boolean> => {
  const { store, notices } = hall
  for (const { card, shown } of edits) store.cards.lay(card.id, shown)
  const lift = (): void => {
    for (const { card, shown } of edits) store.cards.lift(card.id, shown)
  }
  try {
    await sendEdits(hall, edits)
    lift()
    offer(hall, edits, said)
    return true
  } catch (thrown) {
    lift()
    for (const { card } of edits) store.reread(card.key)
    notices.show('bad', whyOf(thrown))
    return false
  }
}

const NAMES: Readonly<Record<keyof Patch, string>> = {
  title: 'title',
  points: 'estimate',
  priority: 'priority',
  assignee: 'assignee',
  labels: 'labels',
  sprint: 'sprint',
  status: 'column',
}

const isName = (field: string): field is keyof Patch => field in NAMES

// What was done to one task can be taken back; a batch is many tasks with a version each.
const offer = (hall: Hall, edits: readonly Edit[], words?: string): void => {
  const [only, second] = edits
  if (only === undefined || second !== undefined) return
  const { card, patch } = only
  const made = hall.store.cards.confirmed(card.id)?.version
  if (made === undefined || made === card.version) return
  const names = Object.keys(patch)
    .filter(isName)
    .map((field) => NAMES[field])
  const said = words ?? `${card.key}: ${names.join(' and ')} changed`
  const [there, back] = [patch, oppositeOf(card, patch)].map((one) => ({ patch: one, move: null }))
  if (there && back) offerBack(hall, { card, said, there, back }, made)
}

/** Makes the edit that adds a label to a card, or takes it away. */
export const labelEdit = (card: Card, label: string, isWanted: boolean): Edit => {
  const others = card.labels.filter((one) => one.toLowerCase() !== label.toLowerCase())
  return {
    card,
    patch: { labels: [`${isWanted ? '+' : '-'}${label}`] },
    shown: { labels: isWanted ? [...others, label] : others },
  }
}
