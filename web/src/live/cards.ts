import type { Card } from '../../../src/work/contract.ts'
import type { Topics } from './topics.ts'

/** A change that is shown before the hub confirmed it: the fields that it sets. */
export type Overlay = Readonly<Partial<Omit<Card, 'id' | 'key' | 'version'>>>

/** The cards of this page: what the hub said, and on top what was just done here. */
export type Cards = Readonly<{
  get(id: string): Card | undefined
  /** The card without what was just done here. */
  confirmed(id: string): Card | undefined
  byKey(key: string): Card | undefined
  /** Ids of a column in the order of their rank, archived ones left out; equal until it changes. */
  column(project: string, name: string): readonly string[]
  put(card: Card): void
  remove(id: string): void
  /** Forgets every card of a project but those to keep. */
  keepOnly(project: string, ids: ReadonlySet<string>): void
  /** Lays an overlay over whatever lies on the card already. */
  lay(id: string, overlay: Overlay): void
  /** Takes an overlay off; those that came later stay. */
  lift(id: string, overlay: Overlay): void
  all(): Iterable<Card>
  size(): number
  /** Counts the changes of a project's cards: equal counts, equal cards. */
  changes(project: string): number
}>

/** Gives the project of a task key. */
export const projectOf = (key: string): string => key.slice(0, Math.max(0, key.lastIndexOf('-')))

/** Gives the number in a task key. */
export const numberOf = (key: string): number => Number(key.slice(key.lastIndexOf('-') + 1))

/** Names what subscribers of a card listen to. */
export const cardTopic = (id: string): string => `card ${id}`

/** Names what subscribers of a column listen to. */
export const columnTopic = (project: string, name: string): string => `column ${project} ${name}`

/** Names what subscribers of all of a project's cards listen to. */
export const boardTopic = (project: string): string => `board ${project}`

/** Makes the maps of cards: per entity, with the ids of each column beside them. */
export const cardMaps = (topics: Topics): Cards => {
  const confirmed = new Map<string, Card>()
  const overlays = new Map<string, readonly Overlay[]>()
  const shown = new Map<string, Card>()
  const ids = new Map<string, string>()
  const columns = new Map<string, Set<string>>()
  const sorted = new Map<string, readonly string[]>()
  const changes = new Map<string, number>()

  const touch = (card: Card): void => {
    const topic = columnTopic(projectOf(card.key), card.column)
    sorted.delete(topic)
    topics.changed(topic)
  }
  const show = (id: string): void => {
    const before = shown.get(id)
    const base = confirmed.get(id)
    const laid = overlays.get(id)
    const after = base && (laid ?? []).reduce<Card>((card, one) => ({ ...card, ...one }), base)
    if (before === after) return
    const isPlaced = before && after && isSamePlace(before, after)
    if (before && !isPlaced) {
      columns.get(columnTopic(projectOf(before.key), before.column))?.delete(id)
      touch(before)
    }
    if (after) shown.set(id, after)
    else shown.delete(id)
    if (after && !isPlaced) {
      const topic = columnTopic(projectOf(after.key), after.column)
      const list = columns.get(topic) ?? new Set()
      columns.set(topic, list.add(id))
      touch(after)
    }
    topics.changed(cardTopic(id))
    const key = after?.key ?? before?.key
    if (key === undefined) return
    const project = projectOf(key)
    changes.set(project, (changes.get(project) ?? 0) + 1)
    topics.changed(boardTopic(project))
  }
  const remove = (id: string): void => {
    const card = confirmed.get(id)
    if (!card) return
    confirmed.delete(id)
    overlays.delete(id)
    if (ids.get(card.key) === id) ids.delete(card.key)
    show(id)
  }
  const list = (topic: string): readonly string[] =>
    [...(columns.get(topic) ?? [])]
      .flatMap((id) => shown.get(id) ?? [])
      .filter((card) => !card.archived)
      .sort(byRank)
      .map((card) => card.id)

  return {
    get: (id) => shown.get(id),
    confirmed: (id) => confirmed.get(id),
    byKey: (key) => shown.get(ids.get(key) ?? ''),
    column(project, name) {
      const topic = columnTopic(project, name)
      const known = sorted.get(topic) ?? list(topic)
      sorted.set(topic, known)
      return known
    },
    put(card) {
      const before = confirmed.get(card.id)
      if (before && isSameCard(before, card)) return
      if (before && before.key !== card.key && ids.get(before.key) === card.id) {
        ids.delete(before.key)
      }
      confirmed.set(card.id, card)
      ids.set(card.key, card.id)
      show(card.id)
    },
    remove,
    keepOnly(project, kept) {
      for (const card of [...confirmed.values()]) {
        if (projectOf(card.key) === project && !kept.has(card.id)) remove(card.id)
      }
    },
    lay(id, overlay) {
      overlays.set(id, [...(overlays.get(id) ?? []), overlay])
      show(id)
    },
    lift(id, overlay) {
      const left = overlays.get(id)?.filter((one) => one !== overlay) ?? []
      if (left.length > 0) overlays.set(id, left)
      else overlays.delete(id)
      show(id)
    },
    all: () => shown.values(),
    size: () => shown.size,
    changes: (project) => changes.get(project) ?? 0,
  }
}

// Counters move without a version. What is as it was must not be drawn again with its whole board.
const isSameCard = (a: Card, b: Card): boolean =>
  a.version === b.version && JSON.stringify(a) === JSON.stringify(b)

const isSamePlace = (a: Card, b: Card): boolean =>
  a.column === b.column && a.rank === b.rank && a.key === b.key && a.archived === b.archived

/** Orders cards by their ranks: as the bytes they are, never by the rules of a language. */
export const byRank = (a: Card, b: Card): number => {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1
  return numberOf(a.key) - numberOf(b.key)
}
