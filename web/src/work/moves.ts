import type { Card } from '../../../src/work/contract.ts'
import { Refused, shape } from '../live/api.ts'
import type { Hall, Project } from '../live/hall.ts'
import { whyOf } from '../live/own/why-of.ts'

/** Where a card goes: a column, and there in front of another card, behind one, or anywhere. */
export type Goal = Readonly<{
  column: string
  before?: string | undefined
  after?: string | undefined
}>

/** What of the hall a move needs. */
export type MoveGround = Pick<Hall, 'api' | 'store' | 'notices' | 'undo'>

/** What of a project a move needs. */
type Place = Readonly<{ key: string; columns: readonly Pick<Column, 'name' | 'category'>[] }>
type Column = Project['columns'][number]

/** A card and where it goes. */
export type Move = Readonly<{
  card: Card
  goal: Goal
  project: Place
  /** Shows a refusal where it belongs; tells whether it did. */
  refused?: (thrown: unknown) => boolean
}>

/** Accepts a card. */
export const isCard = shape<Card>('id', 'key', 'version', 'column', 'rank')

/** A column, and a place beside another card in it. */
export type Wish = Readonly<{ to: string; before?: string; after?: string; version?: number }>

/** Sends a card to a place, and takes it as it stands there. */
export const sendMove = async (
  { api, store }: Pick<Hall, 'api' | 'store'>,
  key: string,
  wish: Wish,
): Promise<Card> => {
  const card = await api.write(`/tasks/${key}/move`, wish, isCard)
  store.take(card)
  return card
}

/**
 * Moves a card: shows it at once, then asks the hub; a refusal puts it back and shows the hub's
 * sentence. Drag, menu and keys all end here.
 */
export const moveTask = async (hall: MoveGround, move: Move): Promise<boolean> => {
  const { card, goal, project } = move
  const { store, notices } = hall
  const column = project.columns.find(({ name }) => name === goal.column)
  if (!column) return false
  const home = homeOf(hall, card, project)
  const overlay = { column: column.name, category: column.category, rank: shownRank(hall, move) }
  store.cards.lay(card.id, overlay)
  try {
    const { before, after } = goal
    const wish = { to: goal.column, ...(before ? { before } : after ? { after } : {}) }
    const moved = await sendMove(hall, card.key, wish)
    store.cards.lift(card.id, overlay)
    const said = `${card.key} moved to ${goal.column}${placeOf(hall, card.id, project)}`
    if (moved.version === card.version) notices.say(said)
    else offerBack(hall, { moved, home, wish, said })
    return true
  } catch (thrown) {
    store.cards.lift(card.id, overlay)
    store.reread(card.key)
    if (move.refused?.(thrown) === true) return false
    notices.show('bad', whyOf(thrown))
    return false
  }
}

/** Tells whether a column was full: what is said of it belongs there. */
export const isColumnFull = (thrown: unknown): thrown is Refused =>
  thrown instanceof Refused && thrown.code === 'work.column_full'

type Moved = Readonly<{ moved: Card; home: Wish; wish: Wish; said: string }>

const offerBack = (hall: MoveGround, { moved, home, wish, said }: Moved): void => {
  const { key: subject, version: made } = moved
  const go = (where: Wish) => async (version: number) =>
    (await sendMove(hall, subject, { ...where, version })).version
  hall.undo.did({ subject, made, said, back: go(home), again: go(wish) })
}

// Where a card stands now, as a wish that brings it back there.
const homeOf = ({ store }: MoveGround, { id, column }: Card, project: Place): Wish => {
  const ids = store.cards.column(project.key, column)
  const at = ids.indexOf(id)
  const after = store.cards.get(ids[at - 1] ?? '')?.key
  const before = store.cards.get(ids[at + 1] ?? '')?.key
  if (after !== undefined) return { to: column, after }
  return { to: column, ...(before !== undefined && { before }) }
}

/** Finds where a card was dropped: beside the cards that are shown at that place now. */
export const dropGoal = (
  { store }: Hall,
  shown: readonly string[],
  { id, column, index }: Readonly<{ id: string; column: string; index: number }>,
): Goal | null => {
  const here = shown.indexOf(id)
  // Dropped on itself, or on the gap above or below it: nothing moves.
  if (here >= 0 && (index === here || index === here + 1)) return null
  const before = store.cards.get(shown[index] ?? '')?.key
  const after = store.cards.get(shown[index - 1] ?? '')?.key
  return before === undefined ? { column, after } : { column, before }
}

// The hub alone gives out ranks; until it has, the card stands right behind its neighbour. No rank
// has a character below the digits, so such a text fits between any two of them.
const shownRank = ({ store }: MoveGround, { card, goal, project }: Move): string => {
  const { cards } = store
  const ids = cards.column(project.key, goal.column).filter((id) => id !== card.id)
  const list = ids.flatMap((id) => cards.get(id) ?? [])
  const at = list.findIndex(({ key }) => key === (goal.before ?? goal.after))
  if (at < 0) return card.rank
  const above = list[goal.before === undefined ? at : at - 1]
  return `${above?.rank ?? ''}\u0001`
}

const placeOf = ({ store }: MoveGround, id: string, project: Place): string => {
  const column = store.cards.get(id)?.column ?? ''
  const ids = store.cards.column(project.key, column)
  const at = ids.indexOf(id)
  return at < 0 ? '' : `, position ${at + 1} of ${ids.length}`
}
