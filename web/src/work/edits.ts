import type { Card } from '../../../src/work/contract.ts'
import { shape } from '../live/api.ts'
import { cardTopic, type Overlay } from '../live/cards.ts'
import type { Hall } from '../live/hall.ts'
import { whyOf } from '../live/own/why-of.ts'

/** Fields of a task as the hub takes them. */
export type Fields = Readonly<Record<string, unknown>>

/** A change of some cards. */
export type Edit = Readonly<{
  cards: readonly Card[]
  fields(card: Card): Fields
  /** What is shown of it until the hub has confirmed it. */
  shown(card: Card): Overlay
  /** The fields that take it back. */
  back(card: Card): Fields
  /** Says what was done: `moved to Done`. */
  said: string
  /** Shows a refusal where it belongs; tells whether it did. */
  refused?: (thrown: unknown) => boolean
}>

type Saved = Readonly<{ changed: readonly string[] }>
type Laid = Readonly<{ card: Card; overlay: Overlay }>

const isSaved = shape<Saved>('changed')
/** Tasks that the hub saves at once; each batch is saved whole or not at all. */
const BATCH_MAX = 100
const CONFIRMED_MS_MAX = 10_000

/** Changes cards: shows it at once, then asks the hub; a refusal takes it back and says why. */
export const saveCards = async (hall: Hall, edit: Edit): Promise<boolean> => {
  const { store } = hall
  const laid = edit.cards.map((card) => ({ card, overlay: edit.shown(card) }))
  for (const { card, overlay } of laid) store.cards.lay(card.id, overlay)
  for (let from = 0; from < laid.length; from += BATCH_MAX) {
    const batch = laid.slice(from, from + BATCH_MAX)
    try {
      const items = batch.map(({ card }) => ({ id: card.key, ...edit.fields(card) }))
      await hall.api.write('/tasks', { items }, isSaved)
    } catch (thrown) {
      rollBack(hall, laid.slice(from))
      offerBack(hall, edit, await confirmed(hall, laid.slice(0, from)))
      if (edit.refused?.(thrown) === true) return false
      hall.notices.show('bad', refusalText(thrown, { done: from, all: laid.length }))
      return false
    }
  }
  offerBack(hall, edit, await confirmed(hall, laid))
  return true
}

const rollBack = ({ store }: Hall, laid: readonly Laid[]): void => {
  for (const { card, overlay } of laid) {
    store.cards.lift(card.id, overlay)
    store.reread(card.key)
  }
}

type Changed = Readonly<{ card: Card; version: number }>

// The answer names keys only: what is laid over a card stays until the card itself has come.
const confirmed = (hall: Hall, laid: readonly Laid[]): Promise<readonly Changed[]> =>
  Promise.all(laid.map((one) => confirmedOne(hall, one)))

const confirmedOne = ({ store, topics }: Hall, { card, overlay }: Laid): Promise<Changed> =>
  new Promise((resolve) => {
    const version = (): number => store.cards.confirmed(card.id)?.version ?? Infinity
    const done = (): void => {
      stop()
      clearTimeout(timer)
      store.cards.lift(card.id, overlay)
      resolve({ card, version: version() })
    }
    const look = (): void => {
      if (version() > card.version) done()
    }
    const stop = topics.subscribe(cardTopic(card.id), look)
    const timer = setTimeout(done, CONFIRMED_MS_MAX)
    store.reread(card.key)
    look()
  })

const offerBack = ({ undo, api, store }: Hall, edit: Edit, all: readonly Changed[]): void => {
  // What is equal before and after was not changed, and has nothing to take back.
  const changed = all.filter(({ card, version }) => version > card.version && version < Infinity)
  const cards = changed.map(({ card }) => card)
  const [first] = changed
  if (first === undefined) return
  undo.did({
    subject: cardsText(cards),
    made: first.version,
    said: `${cardsText(cards)} ${edit.said}`,
    async back(made) {
      const one = changed.length === 1 ? made : null
      const items = changed.map(({ card, version }) => ({
        ...{ id: card.key, version: one ?? version },
        ...edit.back(card),
      }))
      for (let from = 0; from < items.length; from += BATCH_MAX) {
        await api.write('/tasks', { items: items.slice(from, from + BATCH_MAX) }, isSaved)
      }
      await Promise.all(cards.slice(0, 1).map(({ key }) => store.confirm(key)))
      for (const { key } of cards.slice(1)) store.reread(key)
      return store.cards.confirmed(first.card.id)?.version ?? made + 1
    },
  })
}

const refusalText = (
  thrown: unknown,
  { done, all }: Readonly<{ done: number; all: number }>,
): string => {
  const said = whyOf(thrown)
  if (all === 1) return said
  const rest = done === 0 ? 'None of them was changed.' : `The first ${done} are changed.`
  return `${said} ${rest}`
}

/** Names cards: by the key, or by how many they are. */
export const cardsText = (cards: readonly Card[]): string =>
  cards.length === 1 ? (cards[0]?.key ?? '') : `${cards.length} tasks`
