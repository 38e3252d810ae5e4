import type { Card } from '../../../src/work/contract.ts'
import { type Cards, cardMaps, projectOf } from './cards.ts'
import type { Effect, LiveEvent } from './event.ts'
import { effectOf, hintOf, isReady } from './event.ts'
import { rereading } from './rereads.ts'
import type { Topics } from './topics.ts'

// How the copy stays equal to the hub's rows, whatever order things arrive in:
// A row is taken when its version is not older than ours. An event is applied when it follows our
// version directly and says everything; in every other case the card is read again. Counters of
// other tasks move without a version, so cards named in `around` are always read again. A read
// that started before another one that was already taken never overwrites it.

/** What the store reads from. */
export type StoreGround = Readonly<{
  topics: Topics
  /** Reads one card; `null` where it is gone or not ours to see. */
  readCard(key: string): Promise<Card | null>
  /** Reads all cards of a project. */
  readCards(project: string): Promise<readonly Card[]>
  /** Resolves after a moment, before a read that failed is tried again. */
  pause(): Promise<void>
}>

/** The live copy of the projects that were opened. */
export type Store = Readonly<{
  cards: Cards
  /** Reads a project's cards and follows them from then on. */
  open(project: string): Promise<void>
  isOpen(project: string): boolean
  apply(events: readonly LiveEvent[]): void
  /** Reads all opened projects anew. */
  refresh(): Promise<void>
  /** Takes a card as the hub just gave it. */
  take(card: Card): void
  /** Reads one card again, in its turn. */
  reread(key: string): void
  /** Reads one card at once: what was just done to it is in it. */
  confirm(key: string): Promise<void>
  /** Resolves when nothing is being read again. */
  settled(): Promise<void>
}>

/** Makes the store. */
export const liveStore = (ground: StoreGround): Store => {
  const cards = cardMaps(ground.topics)
  const people = new Map<string, string>()
  const claims = new Map<string, Readonly<{ version: number; holderId: string }>>()
  const opened = new Set<string>()
  const takenAt = new Map<string, number>()
  let reads = 0

  const take = (card: Card, startedAt: number): boolean => {
    const ours = cards.confirmed(card.id)
    const isOlder = ours !== undefined && card.version < ours.version
    const isOvertaken = ours?.version === card.version && startedAt < (takenAt.get(card.id) ?? 0)
    if (isOlder || isOvertaken) return false
    takenAt.set(card.id, startedAt)
    learn(card)
    cards.put(card)
    return true
  }
  const learn = ({ id, version, holder }: Card): void => {
    const claim = claims.get(id)
    if (!claim || version < claim.version) return
    claims.delete(id)
    if (version === claim.version && holder !== null) people.set(claim.holderId, holder)
  }
  const readOne = async (key: string): Promise<boolean> => {
    const startedAt = ++reads
    const known = cards.byKey(key)
    const card = await ground.readCard(key)
    if (card === null && known) cards.remove(known.id)
    return card === null || take(card, startedAt)
  }
  const rereads = rereading({
    pause: ground.pause,
    one: readOne,
    all: (project) => readAll(project),
  })
  const readAll = async (project: string): Promise<void> => {
    const startedAt = ++reads
    const before = new Set([...cards.all()].map(({ id }) => id))
    const rows = await ground.readCards(project)
    const ids = new Set(rows.map(({ id }) => id))
    for (const card of rows) if (!take(card, startedAt)) rereads.want(card.key)
    // What came in while this was read is not in it, and stays.
    for (const { id } of cards.all()) if (!before.has(id)) ids.add(id)
    cards.keepOnly(project, ids)
  }
  const applyOne = (event: LiveEvent): void => {
    const effect = effectOf(event, people)
    if (effect === null) return
    for (const { key } of effect.around) if (opened.has(projectOf(key))) rereads.want(key)
    if (effect.version === 0 || !opened.has(projectOf(effect.key))) return
    const card = cards.confirmed(effect.id)
    if (card && effect.version <= card.version) return
    if (effect.holderId !== null) {
      claims.set(effect.id, { version: effect.version, holderId: effect.holderId })
    }
    const follows = card !== undefined && effect.version === card.version + 1
    if (follows && effect.patch !== null) return patch(card, effect)
    rereads.want(effect.key)
    // Where a task went is shown at once; what else changed comes with the read.
    if (follows) cards.put(withReady({ ...card, ...hintOf(event) }))
  }
  const patch = (card: Card, { patch, version }: Effect): void =>
    cards.put(withReady({ ...card, ...patch, version }))

  return {
    cards,
    async open(project) {
      if (opened.has(project)) return
      opened.add(project)
      await readAll(project).catch((thrown: unknown) => {
        opened.delete(project)
        throw thrown
      })
    },
    isOpen: (project) => opened.has(project),
    apply(events) {
      for (const event of events) applyOne(event)
    },
    refresh: async () => {
      await Promise.all([...opened].map((project) => readAll(project)))
    },
    take(card) {
      take(card, ++reads)
    },
    reread: (key) => rereads.want(key),
    async confirm(key) {
      if (!(await readOne(key))) rereads.want(key)
    },
    settled: rereads.settled,
  }
}

const withReady = (card: Card): Card => ({ ...card, ready: isReady(card) })
