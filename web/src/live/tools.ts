import type { LiveEvent } from './event.ts'
import type { Topics } from './topics.ts'

/**
 * Counts what happened to tools: who shows something of them reads it again when its count has
 * risen. Nothing of them is kept here; most visits never look at them.
 */
export type ToolNews = Readonly<{
  /** Servers, definitions, rules and connections. */
  servers(): number
  calls(): number
  touch(events: readonly LiveEvent[]): void
  /** Says that anything may be another than before. */
  refresh(): void
  stop(): void
}>

/** Names what those listen to who show tools. */
export const TOOLS_TOPIC = 'tools'

// Calls come in bursts where agents work; a reader once in a while sees them all.
const GATHER_MS = 400
const CALL = /^tools\.call_/
const SERVER = /^tools\.(upstream|catalogue|definition|policy|connection|breaker)_/

/** Makes the counts of this page. */
export const liveTools = (topics: Topics): ToolNews => {
  let counts = { servers: 0, calls: 0 }
  let risen = { servers: false, calls: false }
  let timer: ReturnType<typeof setTimeout> | undefined

  const tell = (): void => {
    timer = undefined
    const { servers, calls } = counts
    counts = { servers: servers + (risen.servers ? 1 : 0), calls: calls + (risen.calls ? 1 : 0) }
    risen = { servers: false, calls: false }
    topics.changed(TOOLS_TOPIC)
  }
  const rise = (what: Readonly<{ servers: boolean; calls: boolean }>): void => {
    if (!what.servers && !what.calls) return
    risen = { servers: risen.servers || what.servers, calls: risen.calls || what.calls }
    timer ??= setTimeout(tell, GATHER_MS)
  }
  return {
    servers: () => counts.servers,
    calls: () => counts.calls,
    touch: (events) =>
      rise({
        servers: events.some(({ name }) => SERVER.test(name)),
        calls: events.some(({ name }) => CALL.test(name)),
      }),
    refresh: () => rise({ servers: true, calls: true }),
    stop: () => clearTimeout(timer),
  }
}
