import type { LinkState, Stretch, StreamEar } from '../connection.ts'
import type { LiveEvent } from '../event.ts'
import { isReached, isSameLedger, laterOf, placeOf, posOf } from './place.ts'
import { isWord, type Word } from './words.ts'

// One tab of a person reads the stream and tells the others: a browser keeps six connections to a
// hub, and a seventh tab with a stream of its own would wait for ever. Every tab knows the place up
// to which it has heard. Whoever hears of a later one without what lies between asks for it; what
// the leading tab no longer has is read anew. So it does not matter which words get lost, who
// leads, or how often that changes.

/** What a tab needs to take part. */
export type RelayGround = Readonly<{
  /** Names this tab among the others. */
  id: string
  post(word: Word): void
  /** Reads the stream from a place on; gives the end of that. */
  open(from: string | null, ear: StreamEar): () => void
  now(): number
  /** Hears of every event once, in their order. */
  events(events: readonly LiveEvent[]): void
  /** Reads everything anew. */
  reset(): void
  state(state: LinkState, dueAt: number | null): void
}>

/** One tab's part: it leads, or it listens to the tab that does. */
export type Relay = Readonly<{
  /** Reads the stream from where this tab is, and tells the others. */
  lead(): void
  /** Stops reading, and listens to whoever leads. */
  listen(): void
  hear(heard: unknown): void
  /** To be called every `BEAT_MS`; tells whether the leading tab has fallen silent. */
  tick(): boolean
  stop(): void
}>

/** Between two signs of life of the tab that leads. */
export const BEAT_MS = 5_000
/** A tab that leads and is silent for so long, also when it is asked, leads no longer. */
export const SILENCE_MS = 15_000
/** After so much silence it is asked: timers of hidden tabs are late, answers are not. */
const ASK_AFTER_MS = 2 * BEAT_MS
const ANSWER_MS = 2_000
/** What the tab that leads keeps for those who missed something. */
export const KEPT_EVENTS_MAX = 2_000

type Role = 'nobody' | 'leader' | 'listener'

/** Makes the part of a tab that knows everything up to a place; `null`: it knows no place yet. */
export const relay = (ground: RelayGround, start: string | null): Relay => {
  const { id, post } = ground
  let role: Role = 'nobody'
  let cursor = start
  let link: Readonly<{ state: LinkState; dueAt: number | null }> = IDLE
  // Of the leader: the end of its stream, what it keeps, and whether anybody listens.
  let close = (): void => {}
  let kept = keeper(null)
  let isHeard = false
  let postedAt = 0
  // Of a listener: whom it heard last and when, and what it waits for.
  let leader: string | null = null
  let heardAt = 0
  let askedAt = 0
  let isAsking = false

  const linked = (state: LinkState, dueAt: number | null): boolean => {
    // Who takes over was linked through another tab a moment ago: nothing of it is to be seen.
    if (state === 'connecting' && link.state === 'live') return false
    const isOther = state !== link.state || dueAt !== link.dueAt
    link = { state, dueAt }
    ground.state(state, dueAt)
    return isOther
  }
  const anew = (pos: string): void => {
    cursor = laterOf(cursor, pos)
    ground.reset()
  }
  const beat = (): void => {
    postedAt = ground.now()
    post({ kind: 'beat', by: id, pos: cursor, ...link })
  }
  const ear: StreamEar = {
    state(state, dueAt) {
      const isOther = linked(state, dueAt)
      // Of a hidden tab the hub's own signs of life are in time, when its timers are not.
      if (isOther || ground.now() - postedAt >= BEAT_MS) beat()
    },
    stretch(stretch) {
      cursor = stretch.pos
      kept.add(stretch)
      if (stretch.events.length > 0) ground.events(stretch.events)
      if (isHeard) post({ kind: 'news', to: null, ...stretch })
    },
    anew(pos) {
      cursor = pos
      kept = keeper(pos)
      ground.reset()
      post({ kind: 'anew', to: null, pos })
    },
  }
  const answer = (to: string, after: string | null): void => {
    isHeard = true
    const events = after === null ? null : kept.after(after)
    if (cursor !== null && after !== null && events !== null) {
      post({ kind: 'news', to, prev: after, pos: laterOf(after, cursor), events })
    } else if (cursor !== null) post({ kind: 'anew', to, pos: cursor })
    beat()
  }
  const ask = (): void => {
    if (isAsking) return
    isAsking = true
    post({ kind: 'ask', from: id, after: cursor })
  }
  const take = ({ prev, pos, events }: Stretch): boolean => {
    if (!isReached(prev, cursor) || !isSameLedger(prev, pos)) return false
    const from = posOf(cursor ?? prev)
    cursor = laterOf(cursor, pos)
    const fresh = events.filter((event) => event.pos > from)
    if (fresh.length > 0) ground.events(fresh)
    return true
  }
  const follow = (word: Exclude<Word, Readonly<{ kind: 'ask' }>>): void => {
    if (word.kind === 'beat') {
      linked(word.state, word.dueAt)
      // A tab that has just begun to lead knows of nobody who listens, nor what was asked before.
      const isOther = word.by !== leader
      leader = word.by
      isAsking &&= !isOther
      if (isOther || (word.pos !== null && !isReached(word.pos, cursor))) ask()
      return
    }
    if (word.to === id) isAsking = false
    if (word.kind === 'anew') anew(word.pos)
    else if (!take(word)) ask()
  }
  const leave = (): void => {
    close()
    close = () => {}
  }
  return {
    lead() {
      if (role === 'leader') return
      role = 'leader'
      kept = keeper(cursor)
      isHeard = false
      beat()
      close = ground.open(cursor, ear)
    },
    listen() {
      leave()
      role = 'listener'
      leader = null
      heardAt = ground.now()
      isAsking = false
      ask()
    },
    hear(heard) {
      if (role === 'nobody' || !isWord(heard)) return
      if (heard.kind === 'ask') {
        if (role === 'leader') answer(heard.from, heard.after)
        return
      }
      const isForOthers = heard.kind !== 'beat' && heard.to !== null && heard.to !== id
      if (role === 'leader' || isForOthers) return
      heardAt = ground.now()
      follow(heard)
    },
    tick() {
      if (role === 'leader') beat()
      if (role !== 'listener') return false
      // What was not answered until now was lost.
      isAsking = false
      const now = ground.now()
      if (now - heardAt < ASK_AFTER_MS) return false
      if (askedAt <= heardAt) {
        askedAt = now
        ask()
        return false
      }
      return now - heardAt >= SILENCE_MS && now - askedAt >= ANSWER_MS
    },
    stop() {
      leave()
      role = 'nobody'
    },
  }
}

const IDLE = { state: 'connecting', dueAt: null } as const

/** Keeps the last events of a stream, and knows from which place on it has all of them. */
const keeper = (start: string | null) => {
  let from = start
  const events: LiveEvent[] = []
  return {
    add(stretch: Stretch): void {
      events.push(...stretch.events)
      from ??= stretch.prev
      const gone = events.splice(0, Math.max(0, events.length - KEPT_EVENTS_MAX)).at(-1)
      if (gone !== undefined) from = placeOf(gone.pos, from)
    },
    /** Gives all events after a place; `null` where some of them are gone. */
    after(place: string): readonly LiveEvent[] | null {
      if (from === null || !isReached(from, place)) return null
      return events.filter(({ pos }) => pos > posOf(place))
    },
  }
}
