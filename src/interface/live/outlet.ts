/** Where the bytes of one connection go. */
export type Pipe = Readonly<{
  /** Writes a text and calls back when the network has taken it. */
  write(text: string, taken: () => void): void
  /** Ends the connection after what was written. */
  end(): void
}>

/** What may wait in an outlet. */
export type Room = Readonly<{ eventsMax: number; bytesMax: number }>

/** A pipe that knows how much of what was written its reader has not taken yet. */
export type Outlet = Readonly<{
  /** Writes, or gives back false where the reader is too far behind. */
  put(text: string, events: number): boolean
  /** Writes a last word, whatever waits, and ends. */
  finish(text: string): void
  /** Resolves when nothing waits any more; to false after the deadline. */
  empty(deadlineMs: number): Promise<boolean>
}>

/** Makes the outlet of one connection. */
export const outlet = (pipe: Pipe, { eventsMax, bytesMax }: Room): Outlet => {
  let bytes = 0
  let events = 0
  let woken: (() => void) | null = null
  const write = (text: string, count: number): void => {
    const size = Buffer.byteLength(text)
    bytes += size
    events += count
    pipe.write(text, () => {
      bytes -= size
      events -= count
      if (bytes === 0) woken?.()
    })
  }
  return {
    put(text, count) {
      // One message always fits into an empty outlet, however large it is.
      const full = events + count > eventsMax || bytes + text.length > bytesMax
      if (full && bytes > 0) return false
      write(text, count)
      return true
    },
    finish(text) {
      write(text, 0)
      pipe.end()
    },
    empty(deadlineMs) {
      if (bytes === 0) return Promise.resolve(true)
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(false), deadlineMs)
        timer.unref()
        const settle = (isEmpty: boolean): void => {
          clearTimeout(timer)
          woken = null
          resolve(isEmpty)
        }
        woken = () => settle(true)
      })
    },
  }
}
