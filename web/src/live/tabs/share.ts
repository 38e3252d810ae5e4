import type { Api } from '../api.ts'
import { connect } from '../connection.ts'
import { hexOf } from '../own/hex.ts'
import { heldLock } from './held-lock.ts'
import { BEAT_MS, relay, type RelayGround } from './relay.ts'
import type { Word } from './words.ts'

/** What the sharing of a stream among the tabs of one person needs. */
export type ShareGround = Readonly<{
  api: Api
  /** Names the tabs that share; `null`: this one reads for itself. */
  name: string | null
  page: Pick<RelayGround, 'events' | 'reset' | 'state'>
}>

/** This tab's part in a stream. */
export type Share = Readonly<{
  /** Leaves the reading to other tabs until it is resumed, and listens to them. */
  pause(): void
  resume(): void
  stop(): void
}>

/** Whoever reads, and as whom: what one may see, all tabs of this name may see. */
type Reader = Readonly<{ id: string; organisation: Readonly<{ slug: string }> }>

const DIGEST_BYTES = 8

/**
 * Names the tabs that share a stream: those of one person in one organisation, with one session or
 * one key, because a key may see less. Gives `null` where a browser lets tabs agree on nothing,
 * as over plain HTTP on a network.
 */
export const sharedName = async (
  { id, organisation }: Reader,
  key: string | null,
): Promise<string | null> => {
  if (!('locks' in navigator) || !('BroadcastChannel' in globalThis)) return null
  const name = `guildhall:${id}:${organisation.slug}`
  if (key === null) return name
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return `${name}:${hexOf(new Uint8Array(digest).slice(0, DIGEST_BYTES))}`
}

/**
 * Brings what happens from a place on: from the hub, or from the tab of the same person that reads
 * it already. The tab that holds a lock of the browser reads; one that closes sets it free.
 */
export const shareStream = ({ api, name, page }: ShareGround, cursor: string | null): Share => {
  const channel = name === null ? null : new BroadcastChannel(name)
  const tab = relay(
    {
      ...page,
      id: crypto.getRandomValues(new Uint32Array(4)).join('-'),
      now: Date.now,
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- It has no target.
      post: (word: Word) => channel?.postMessage(word),
      open: (from, ear) => connect({ api, random: Math.random, ...ear }, from),
    },
    cursor,
  )
  if (channel === null || name === null) {
    tab.lead()
    return { pause: () => {}, resume: () => {}, stop: tab.stop }
  }
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => tab.hear(data))
  const lock = heldLock(name, {
    got: tab.lead,
    lost() {
      tab.listen()
      lock.want()
    },
    // A browser that has locks and gives none: every tab reads for itself.
    failed: tab.lead,
  })
  let isPaused = false
  const timer = setInterval(() => {
    if (tab.tick() && !isPaused) lock.steal()
  }, BEAT_MS)
  tab.listen()
  lock.want()
  return {
    pause() {
      if (isPaused) return
      isPaused = true
      lock.leave()
      tab.listen()
      page.state('reconnecting', null)
    },
    resume() {
      if (!isPaused) return
      isPaused = false
      lock.want()
    },
    stop() {
      isPaused = true
      clearInterval(timer)
      tab.stop()
      lock.leave()
      channel.close()
    },
  }
}
