import type { Card } from '../../../src/work/contract.ts'

/** One sealed event as the stream sends it. */
export type LiveEvent = Readonly<{
  pos: number
  name: string
  id: string
  version: number
  actor: string | null
  at: string
  data: Readonly<Record<string, unknown>>
}>

/** What an event means for the cards that this page keeps. */
export type Effect = Readonly<{
  id: string
  key: string
  /** The task's version after it; 0 where its row did not change. */
  version: number
  /** The fields it changes, all of them; `null` where the event does not say everything. */
  patch: Partial<Card> | null
  /** Who holds the task from now on, where only the id of that principal is known. */
  holderId: string | null
  /** Cards whose counters moved along: the event tells by how much, not to what. */
  around: readonly Readonly<{ id: string; key: string }>[]
}>

const CATEGORIES = ['triage', 'backlog', 'unstarted', 'started', 'completed', 'canceled'] as const
const SILENT_NOTES: ReadonlySet<unknown> = new Set(['note', 'comment', 'stop'])
const CLEAN_ENDS: ReadonlySet<unknown> = new Set(['done', 'review'])

/** Reads what an event means for cards; `null` for events about other things. */
export const effectOf = (event: LiveEvent, people: ReadonlyMap<string, string>): Effect | null => {
  const { name, id, version, data } = event
  const key = data['key']
  if (!name.startsWith('work.task_') || typeof key !== 'string') return null
  const holderId = name === 'work.task_claimed' ? textOf(data['holder']) : null
  const patch = patchOf(event, people)
  return { id, key, version, patch, holderId, around: aroundOf(data['around']) }
}

const patchOf = (
  { name, data }: LiveEvent,
  people: ReadonlyMap<string, string>,
): Partial<Card> | null => {
  if (name === 'work.task_noted') {
    const { what, progress } = data
    if (what === 'progress' && typeof progress === 'number') return { progress }
    return SILENT_NOTES.has(what) ? {} : null
  }
  const place = placeOf(data)
  if (place === null) return null
  if (name === 'work.task_claimed') {
    const holder = people.get(String(data['holder']))
    return holder === undefined ? null : { ...place, holder }
  }
  if (name === 'work.task_ended' && CLEAN_ENDS.has(data['outcome']) && data['blocked'] === false) {
    const progress = place.category === 'completed' ? { progress: 100 } : {}
    return { ...place, ...progress, holder: null }
  }
  return null
}

const placeOf = (data: LiveEvent['data']): Pick<Card, 'column' | 'category'> | null => {
  const category = CATEGORIES.find((known) => known === data['category'])
  const column = data['to']
  return category === undefined || typeof column !== 'string' ? null : { column, category }
}

/** Gives what an event surely says about a card, even where it does not say everything. */
export const hintOf = ({ name, data }: LiveEvent): Partial<Card> => {
  const place = name === 'work.task_moved' ? placeOf(data) : null
  const rank = textOf(data['rank'])
  return place === null ? {} : { ...place, ...(rank !== null && { rank }) }
}

const aroundOf = (list: unknown): Effect['around'] => {
  if (!Array.isArray(list)) return []
  return list.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return []
    const id: unknown = Reflect.get(item, 'id')
    const key: unknown = Reflect.get(item, 'key')
    return typeof id === 'string' && typeof key === 'string' ? [{ id, key }] : []
  })
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** Tells whether a task with these facts is ready: what the server's own column computes. */
export const isReady = (card: Omit<Card, 'ready'>): boolean =>
  card.category === 'unstarted' &&
  card.openBlockers === 0 &&
  card.heldAbove === 0 &&
  card.openChildren === 0 &&
  card.blocked === null &&
  !card.archived
