import { z } from 'zod'
import type { ApiAnswer } from '../../test/hub.ts'

const Card = z.object({
  id: z.string(),
  key: z.string(),
  column: z.string(),
  category: z.string(),
  rank: z.string(),
  version: z.int(),
})
const Snapshot = z.object({ cards: z.array(Card) })

type Known = { id: string; key: string; version: number; progress: number; isDone: boolean }

/** Events about the cards of a snapshot, as if twenty agents worked on them at once. */
export type CardFeed = Readonly<{
  /**
   * Gives as many events: three of four tell of progress, one of the end of a task. The last one
   * is about the card in the first row, where its number can be seen.
   */
  changes(count: number): Readonly<{
    events: readonly object[]
    mark: Readonly<{ key: string; progress: number }>
  }>
}>

/** Makes events about the cards of a snapshot. */
export const cardFeed = ({ body }: ApiAnswer): CardFeed => {
  const cards = Snapshot.parse(body)
    .cards.toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ id, key, version, column }): Known & Readonly<{ column: string }> => ({
      ...{ id, key, version, column },
      ...{ progress: 0, isDone: false },
    }))
  const seen = cards.find(({ column }) => column === 'Todo')
  if (!seen) throw new Error('The snapshot has no card in Todo.')
  const others = cards.filter((card) => card !== seen)
  let next = 0
  let pos = 0
  const event = (name: string, card: Known, data: object): object => {
    card.version += 1
    pos += 1
    const about = { taskId: card.id, key: card.key, projectId: 'p', version: card.version }
    const at = new Date().toISOString()
    return {
      ...{ pos, name: `work.task_${name}`, id: card.id, version: card.version, actor: null, at },
      data: { ...about, ...data },
    }
  }
  const progress = (card: Known): object => {
    card.progress = (card.progress % 98) + 1
    return event('noted', card, { what: 'progress', progress: card.progress })
  }
  const change = (turn: number): object => {
    next = (next + 7) % others.length
    const card = others[next] ?? seen
    if (turn % 4 !== 0 || card.isDone) return progress(card)
    card.isDone = true
    const place = { from: 'Todo', to: 'Done', category: 'completed' }
    return event('ended', card, { ...place, outcome: 'done', blocked: false })
  }
  return {
    changes(count) {
      const events = Array.from({ length: count - 1 }, (_, turn) => change(turn))
      const last = progress(seen)
      return { events: [...events, last], mark: { key: seen.key, progress: seen.progress } }
    },
  }
}
