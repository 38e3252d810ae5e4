/** Tells whether something has crashed too often to be started once more. */
export type CrashWindow = Readonly<{
  crashed(now: number): void
  /** Tells whether the last `max` crashes all lie within the window. */
  isOpen(now: number): boolean
}>

/** Makes a window over the last crashes of one program; it closes by itself as time goes on. */
export const crashWindow = (limits: { max: number; windowMs: number }): CrashWindow => {
  let times: readonly number[] = []
  return {
    crashed(now) {
      times = [...times, now].slice(-limits.max)
    },
    isOpen: (now) =>
      times.length === limits.max && times.every((time) => now - time < limits.windowMs),
  }
}
