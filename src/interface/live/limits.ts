/** Limits of live connections; times in milliseconds. */
export type LiveLimits = Readonly<{
  /** Between two signs of life on an idle connection. */
  beatMs: number
  /** Events and bytes that may wait for one reader before it is told to start anew. */
  eventsMax: number
  bytesMax: number
  /** A reader that is catching up may take this long to fetch one page. */
  drainMs: number
  /** Sockets that have not said yet who they are, and how long they may stay so. */
  strangersMax: number
  signInMs: number
}>

/** The limits in force unless a test says otherwise. */
export const LIVE_LIMITS: LiveLimits = {
  beatMs: 15_000,
  eventsMax: 1000,
  bytesMax: 1024 * 1024,
  drainMs: 30_000,
  strangersMax: 100,
  signInMs: 5000,
}
