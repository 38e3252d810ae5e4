import type { Card } from '../../../../../src/work/contract.ts'
import { anything } from '../../../live/api.ts'
import type { Overlay } from '../../../live/cards.ts'
import type { Hall } from '../../../live/hall.ts'
import { isCard } from '../../moves.ts'

/** Fields of a task as the hub takes them. */
export type Patch = Readonly<{
  title?: string
  points?: number | null
  priority?: Card['priority']
  assignee?: string | null
  /** Labels to add and to take away: `+web`, `-later`. */
  labels?: readonly string[]
  sprint?: number | null
  status?: string
}>

/** A change of one task: what is sent, and what is shown meanwhile. */
export type Edit = Readonly<{ card: Card; patch: Patch; shown: Overlay }>

/** Tasks that the hub changes at once. */
const BATCH_MAX = 100

/** Sends changes, and resolves when the cards hold what became of them. */
export const sendEdits = async (hall: Hall, edits: readonly Edit[]): Promise<void> => {
  const { api, store } = hall
  const [only, second] = edits
  if (only === undefined) return
  if (second === undefined) {
    await sendPatch(hall, only.card.key, only.patch)
    return
  }
  for (let from = 0; from < edits.length; from += BATCH_MAX) {
    const items = edits
      .slice(from, from + BATCH_MAX)
      .map(({ card, patch }) => ({ id: card.key, ...patch }))
    await api.write('/tasks', { items }, anything)
  }
  for (const { card } of edits) store.reread(card.key)
  await store.settled()
}

/** Sends fields of one task, and takes the card as it becomes; gives its version. */
export const sendPatch = async (
  { api, store }: Hall,
  key: string,
  patch: Patch & Readonly<{ version?: number }>,
): Promise<number> => {
  const card = await api.change(['PATCH', `/tasks/${key}`], patch, isCard)
  store.take(card)
  return card.version
}
