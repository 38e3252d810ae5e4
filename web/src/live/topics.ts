/** Tells those who listen that something changed: each topic once per flush. */
export type Topics = Readonly<{
  changed(topic: string): void
  subscribe(topic: string, listener: () => void): () => void
  flush(): void
}>

/** Makes the topics; `schedule` decides when what has gathered is told. */
export const topicBoard = (schedule: (flush: () => void) => void): Topics => {
  const listeners = new Map<string, Set<() => void>>()
  const waiting = new Set<string>()
  const flush = (): void => {
    const topics = [...waiting]
    waiting.clear()
    for (const topic of topics) for (const listener of [...(listeners.get(topic) ?? [])]) listener()
  }
  return {
    flush,
    changed(topic) {
      if (waiting.size === 0) schedule(flush)
      waiting.add(topic)
    },
    subscribe(topic, listener) {
      const set = listeners.get(topic) ?? new Set()
      listeners.set(topic, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0 && listeners.get(topic) === set) listeners.delete(topic)
      }
    },
  }
}

/** Flushes with the next frame; hidden pages have no frames, so they get a timer. */
export const onFrame = (flush: () => void): void => {
  if (document.hidden) setTimeout(flush, 100)
  else requestAnimationFrame(flush)
}

/** Resolves when what has changed until now is on the screen. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => onFrame(() => onFrame(() => setTimeout(resolve))))
