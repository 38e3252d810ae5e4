import type { LiveEvent } from './event.ts'

/** Tells whoever keeps something that only they show what happened, as it comes in. */
export type News = Readonly<{
  /** Calls back with what happened; `null`: anything may be another than before. */
  listen(listener: (events: readonly LiveEvent[] | null) => void): () => void
  tell(events: readonly LiveEvent[] | null): void
}>

/** Makes the news of this page. */
export const liveNews = (): News => {
  const listeners = new Set<(events: readonly LiveEvent[] | null) => void>()
  return {
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(events) {
      for (const listener of [...listeners]) listener(events)
    },
  }
}
