import type { Wait } from './wait.ts'

// Streams live for days, and a dead connection looks like one on which nothing happens. Servers
// send a comment every few seconds; one that says nothing for this long is asked anew.
const QUIET_MS = 600_000

/** Cuts a stream on which no byte came for ten minutes. */
export const watchQuiet = (wait: Wait): Readonly<{ alive(): void; stop(): void }> => {
  const silent = () => wait.cut('away', 'The stream fell silent.')
  const timer = setTimeout(silent, QUIET_MS).unref()
  return { alive: () => void timer.refresh(), stop: () => clearTimeout(timer) }
}
