import type { LinkState } from '../connection.ts'
import type { Topics } from '../topics.ts'
import type { BuildWatch } from './build.ts'
import type { Writes } from './writes.ts'
import { LINK_TOPIC } from './writes.ts'

/** Knows how this page is linked to its hub. */
export type Link = Readonly<{
  state(): LinkState
  /** When the hub is tried again, or may be asked again: a moment as `Date.now()` counts. */
  dueAt(): number | null
  /** Hears how the stream stands. */
  set(now: LinkState, dueAt: number | null): void
  /** Hears that the hub asks to be left alone for so many seconds. */
  busy(seconds: number): void
}>

type LinkGround = Readonly<{
  topics: Topics
  writes: Writes
  build: BuildWatch
  /** Hears that the hub is back. */
  back(): void
}>

/** Makes the link: what waits goes out when it is back. */
export const hubLink = ({ topics, writes, build, back }: LinkGround): Link => {
  let state: LinkState = 'connecting'
  let dueAt: number | null = null
  return {
    state: () => state,
    dueAt: () => dueAt,
    set(now, next) {
      if (now === 'live') writes.release()
      if (now === 'live' && isAway(state)) {
        // Whoever was away may come back to another program.
        build.look().catch(() => {})
        back()
      }
      if (now === state && next === null) return
      ;[state, dueAt] = [now, next]
      topics.changed(LINK_TOPIC)
    },
    busy(seconds) {
      dueAt = Math.max(dueAt ?? 0, Date.now() + seconds * 1000)
      writes.rest(seconds * 1000)
      topics.changed(LINK_TOPIC)
    },
  }
}

const isAway = (state: LinkState): boolean => state === 'reconnecting' || state === 'offline'
