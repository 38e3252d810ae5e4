import type { Card } from '../../../../../src/work/contract.ts'
import type { Hall, Project } from '../../../live/hall.ts'
import { byRank } from '../../../live/cards.ts'
import { cardsIn } from '../../use-project-cards.ts'
import { sendMove } from '../../moves.ts'
import { type Patch, sendPatch } from './send.ts'

/** A place beside another task. */
export type Near = Readonly<{ before: string }> | Readonly<{ after: string }>

/** What was done to one task, and what takes it back. */
export type Deeds = Readonly<{
  card: Card
  said: string
  there: Change
  back: Change
}>

/** Fields and a place that a task gets; either may be missing. */
export type Change = Readonly<{ patch: Patch; move: Readonly<{ to: string } & Near> | null }>

/** Changes one task: its fields first, then its place; gives the version that makes. */
export const sendChange = async (
  hall: Hall,
  key: string,
  { patch, move, version }: Change & Readonly<{ version?: number }>,
): Promise<number> => {
  const isPatched = Object.keys(patch).length > 0
  const known = version === undefined ? {} : { version }
  let made = version ?? 0
  if (isPatched) made = await sendPatch(hall, key, { ...patch, ...known })
  if (move === null) return made
  const moved = await sendMove(hall, key, { ...move, ...(isPatched ? { version: made } : known) })
  return moved.version
}

/** Offers to take back what was done to one task. */
export const offerBack = (hall: Hall, { card, said, there, back }: Deeds, made: number): void => {
  const go = (change: Change) => (version: number) =>
    sendChange(hall, card.key, { ...change, version })
  hall.undo.did({ subject: card.key, made, said, back: go(back), again: go(there) })
}

/** Gives the change that brings back the fields of a card that a patch sets. */
export const oppositeOf = (card: Card, patch: Patch): Patch => ({
  ...(patch.title !== undefined && { title: card.title }),
  ...(patch.points !== undefined && { points: card.points }),
  ...(patch.priority !== undefined && { priority: card.priority }),
  ...(patch.assignee !== undefined && { assignee: card.assignee }),
  ...(patch.sprint !== undefined && { sprint: card.sprint }),
  ...(patch.status !== undefined && { status: card.column }),
  ...(patch.labels !== undefined && { labels: patch.labels.map(opposite) }),
})

const opposite = (entry: string): string => `${entry.startsWith('+') ? '-' : '+'}${entry.slice(1)}`

/** Finds the place where a card stands now: behind the task that is ranked before it. */
export const homeOf = (hall: Hall, card: Card, project: Project): Near | null => {
  const others = cardsIn(hall, project)
    .filter(({ id }) => id !== card.id)
    .sort(byRank)
  const above = others.findLast(({ rank }) => rank < card.rank)
  const below = others.find(({ rank }) => rank > card.rank)
  if (above !== undefined) return { after: above.key }
  return below === undefined ? null : { before: below.key }
}
