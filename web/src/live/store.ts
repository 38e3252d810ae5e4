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
  /** Reads the first cards of each column, and how many the columns have that have more. */
  readFirst(
    project: string,
  ): Promise<Readonly<{ cards: readonly Card[]; more: ReadonlyMap<string, number> }>>
  /** Resolves when the first cards are on the screen: the others leave the line to them. */
  painted(): Promise<void>
  /** Resolves after a moment, before a read that failed is tried again. */
  pause(): Promise<void>
}>

/** The live copy of the projects that were opened. */
export type Store = Readonly<{
  cards: Cards
  /** Reads a project's cards and follows them from then on. */
  open(project: string): Promise<void>
  /** Resolves as soon as the cards in front are here; the others follow by themselves. */
  openFirst(project: string): Promise<void>
  /** Tells whether all cards are here. */
  isOpen(project: string): boolean
  /** Tells whether there is something to show. */
  isBegun(project: string): boolean
  /** How many cards the columns have of which only the first are here. */
  more(project: string): ReadonlyMap<string, number>
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

type Opening = Readonly<{ first: Promise<void>; whole: Promise<void> }>

const NONE: ReadonlyMap<string, number> = new Map()

/** Makes the store. */
export const liveStore = (ground: StoreGround): Store => {
  const cards = cardMaps(ground.topics)
  const people = new Map<string, string>()
  const claims = new Map<string, Readonly<{ version: number; holderId: string }>>()
  const opened = new Set<string>()
  const opening = new Map<string, Opening>()
  const begun = new Map<string, ReadonlyMap<string, number>>()
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

  const isOpen = (project: string): boolean => opened.has(project) && !opening.has(project)
  // Whoever comes while a project is being read waits for the same read.
  const read = (project: string, isFirstWanted = false): Opening => {
    const now = opening.get(project)
    if (now) return now
    if (opened.has(project)) return { first: Promise.resolve(), whole: Promise.resolve() }
    opened.add(project)
    const first = isFirstWanted ? readFirst(project) : readAll(project)
    const whole = first
      .then(() => (begun.get(project)?.size ? readRest(project) : undefined))
      .catch((thrown: unknown) => {
        opened.delete(project)
        throw thrown
      })
      .finally(() => {
        opening.delete(project)
        begun.delete(project)
      })
    // Who wants the first cards alone hears of a failure from them.
    if (isFirstWanted) whole.catch(() => {})
    opening.set(project, { first, whole })
    return { first, whole }
  }
  const readFirst = async (project: string): Promise<void> => {
    const startedAt = ++reads
    const { cards: rows, more } = await ground.readFirst(project)
    for (const card of rows) if (!take(card, startedAt)) rereads.want(card.key)
    begun.set(project, more)
  }
  const readRest = async (project: string): Promise<void> => {
    await ground.painted()
    for (;;) {
      const isRead = await readAll(project).then(
        () => true,
        () => false,
      )
      if (isRead) return
      await ground.pause()
    }
  }

  return {
    cards,
    open: (project) => read(project).whole,
    openFirst: (project) => read(project, true).first,
    isOpen,
    isBegun: (project) => begun.has(project) || isOpen(project),
    more: (project) => begun.get(project) ?? NONE,
    apply(events) {
      for (const event of events) applyOne(event)
    },
    refresh: async () => {
      await Promise.all([...opened].map((project) => readAll(project)))
    },
    take(card) {
      // When it was read is not known: the same version may have come with later counters.
      const ours = cards.confirmed(card.id)
      if (ours === undefined || card.version > ours.version) take(card, takenAt.get(card.id) ?? 0)
    },
    reread: (key) => rereads.want(key),
    async confirm(key) {
      if (!(await readOne(key))) rereads.want(key)
    },
    settled: rereads.settled,
  }
}

const withReady = (card: Card): Card => ({ ...card, ready: isReady(card) })
