/** A lock of the browser that one tab of many holds for as long as it likes. */
export type HeldLock = Readonly<{
  /** Waits for it in the row of all tabs. */
  want(): void
  /** Takes it from whoever holds it. */
  steal(): void
  /** Gives it free, or waits for it no longer. */
  leave(): void
}>

/** Hears what becomes of a lock. */
export type LockEar = Readonly<{
  got(): void
  /** Another tab took it. */
  lost(): void
  /** The browser gives no locks here. */
  failed(): void
}>

/** Makes a lock by its name; nobody waits for it yet. */
export const heldLock = (name: string, { got, lost, failed }: LockEar): HeldLock => {
  // Counts the wishes: what becomes of an older one is no longer ours to hear.
  let turn = 0
  let end = (): void => {}
  const leave = (): void => {
    turn++
    end()
    end = () => {}
  }
  const request = (options: (signal: AbortSignal) => LockOptions): void => {
    leave()
    const own = turn
    const abort = new AbortController()
    let isHeld = false
    end = () => abort.abort()
    const hold = async (): Promise<void> => {
      if (own !== turn) return
      isHeld = true
      const released = new Promise<void>((resolve) => {
        end = resolve
      })
      got()
      await released
    }
    const over = (): void => {
      if (own !== turn) return
      if (isHeld) lost()
      else failed()
    }
    navigator.locks.request(name, options(abort.signal), hold).then(over, over)
  }
  return {
    want: () => request((signal) => ({ signal })),
    // Who steals does not wait, so there is nothing to give up.
    steal: () => request(() => ({ steal: true })),
    leave,
  }
}
