/** Calls that one principal may have waiting; more are answered at once. */
export const WAITERS_PER_PRINCIPAL_MAX = 8

/** Long polls: calls that wait until a topic is woken, oldest first. */
export type Waiters = Readonly<{
  /** Waits for the topic; resolves `false` at once where the principal has too many waiting. */
  wait(
    topic: string,
    who: string,
    until: Readonly<{ ms: number; signal: AbortSignal }>,
  ): Promise<boolean>
  wake(topic: string, count: number): void
  waiting(): number
  /** Ends every wait: the hub stops. */
  stop(): void
}>

type Waiter = Readonly<{ who: string; end: () => void }>

/** Makes the waiting room of one process. */
export const waiters = (): Waiters => {
  const queues = new Map<string, Set<Waiter>>()
  const perPrincipal = new Map<string, number>()
  let stopped = false

  const leave = (topic: string, waiter: Waiter) => {
    const queue = queues.get(topic)
    if (!queue?.delete(waiter)) return
    if (queue.size === 0) queues.delete(topic)
    const left = (perPrincipal.get(waiter.who) ?? 1) - 1
    if (left > 0) perPrincipal.set(waiter.who, left)
    else perPrincipal.delete(waiter.who)
  }

  return {
    wait(topic, who, { ms, signal }) {
      const mine = perPrincipal.get(who) ?? 0
      if (stopped || signal.aborted || mine >= WAITERS_PER_PRINCIPAL_MAX)
        return Promise.resolve(false)
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', end)
          leave(topic, waiter)
          resolve(true)
        }
        const waiter: Waiter = { who, end }
        const timer = setTimeout(end, ms)
        signal.addEventListener('abort', end, { once: true })
        const queue = queues.get(topic) ?? new Set()
        queues.set(topic, queue.add(waiter))
        perPrincipal.set(who, mine + 1)
      })
    },
    wake(topic, count) {
      const queue = queues.get(topic)
      if (!queue) return
      for (const waiter of [...queue].slice(0, count)) waiter.end()
    },
    waiting: () => [...queues.values()].reduce((sum, queue) => sum + queue.size, 0),
    stop() {
      stopped = true
      for (const queue of [...queues.values()]) for (const waiter of [...queue]) waiter.end()
    },
  }
}
