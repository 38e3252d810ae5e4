import type { Topics } from '../topics.ts'

/** Changes that wait in memory, in their order, until the hub is back. */
export type Writes = Readonly<{
  waiting(): number
  /** Keeps a change until it was sent; tells its answer, or why it was refused. */
  keep<T>(send: () => Promise<T>, isAway: (thrown: unknown) => boolean): Promise<T> | null
  /** Sends what waits, one after another. */
  release(): void
  /** Sends nothing for so long: the hub asked for it. */
  rest(ms: number): void
  /** Forgets what waits. */
  drop(): void
  stop(): void
}>

/** More than this is no short cut of the line: the rest is refused at once. */
const WAITING_MAX = 100
// The way back is seen by the stream; a change that was lost on a good link is tried by the clock.
const AGAIN_MS = 5000

/** Names what those listen to who show how the page is linked to its hub. */
export const LINK_TOPIC = 'link'

/** Makes the place where changes wait. */
export const waitingWrites = (topics: Topics): Writes => {
  // A change tells whether it is done with; if not, the hub is still away.
  let queue: readonly (() => Promise<boolean>)[] = []
  let isSending = false
  let restUntil = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const set = (next: typeof queue): void => {
    queue = next
    topics.changed(LINK_TOPIC)
  }
  const sendAll = async (): Promise<void> => {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (!(await next())) return
      set(queue.slice(1))
    }
  }
  const restMs = (): number => restUntil - Date.now()
  const later = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(release, Math.max(ms, restMs()))
  }
  const release = (): void => {
    if (isSending || queue.length === 0) return
    if (restMs() > 0) return later(0)
    isSending = true
    clearTimeout(timer)
    const over = (): void => {
      isSending = false
      if (queue.length > 0) later(AGAIN_MS)
    }
    sendAll().then(over, over)
  }
  return {
    release,
    rest(ms) {
      restUntil = Math.max(restUntil, Date.now() + ms)
    },
    drop: () => set([]),
    stop: () => clearTimeout(timer),
    waiting: () => queue.length,
    keep(send, isAway) {
      if (queue.length >= WAITING_MAX) return null
      return new Promise((resolve, reject) => {
        const job = async (): Promise<boolean> => {
          try {
            resolve(await send())
          } catch (thrown) {
            if (isAway(thrown)) return false
            reject(thrown instanceof Error ? thrown : new Error(String(thrown)))
          }
          return true
        }
        if (queue.length === 0 && !isSending) later(AGAIN_MS)
        set([...queue, job])
      })
    },
  }
}
