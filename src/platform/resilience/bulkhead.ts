import type { Refusal } from '../../kernel/refusal.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { After } from './timing.ts'
import { reasonOf } from './timing.ts'

// A bulkhead keeps one upstream from taking all that the hub has, and one principal from taking
// all of an upstream. Who does not get in at once waits in the line of their principal; places
// that become free go round the principals, so that a long line does not keep a short one waiting.

/** Bounds of a bulkhead. */
export type BulkheadLimits = Readonly<{
  /** Calls under way at the same time. */
  callsMax: number
  /** Of those, calls of one principal. */
  principalCallsMax: number
  /** Calls that wait for a place. */
  queueMax: number
  /** Milliseconds for which one waits. */
  waitMs: number
}>

/** Bounds of an upstream where nobody says otherwise. */
export const BULKHEAD_LIMITS: BulkheadLimits = {
  callsMax: 16,
  principalCallsMax: 8,
  queueMax: 64,
  waitMs: 5_000,
}

/** How full a bulkhead is. */
export type BulkheadLook = Readonly<{ inFlight: number; waiting: number }>

/** The places of one upstream. */
export type Bulkhead = Readonly<{
  /**
   * Waits for a place and gives back its leaving, which counts once. Refuses with `too_many`
   * where the line is full or the wait too long; an aborted signal leaves the line.
   */
  enter(
    asked: Readonly<{ principal: string; signal: AbortSignal; waitMsMax?: number }>,
  ): Promise<() => void>
  /** Changes the bounds; calls under way and waiting stay. */
  resize(limits: BulkheadLimits): void
  look(): BulkheadLook
}>

type Waiter = Readonly<{ principal: string; let: () => void; refuse: () => void }>
type BulkheadOptions = Readonly<{ limits?: BulkheadLimits; after: After; busyCode: string }>

/** Makes the places of one upstream; `busyCode` is the code of its refusals. */
export const bulkhead = (options: BulkheadOptions): Bulkhead => {
  const { after, busyCode } = options
  let limits = options.limits ?? BULKHEAD_LIMITS
  let inFlight = 0
  let waiting = 0
  const flying = new Map<string, number>()
  // In the order of their turns: who was served goes to the end.
  const lines = new Map<string, Set<Waiter>>()

  const mayFly = (principal: string): boolean =>
    inFlight < limits.callsMax && (flying.get(principal) ?? 0) < limits.principalCallsMax

  const fly = (principal: string): (() => void) => {
    inFlight += 1
    flying.set(principal, (flying.get(principal) ?? 0) + 1)
    let left = false
    return () => {
      if (left) return
      left = true
      inFlight -= 1
      const rest = (flying.get(principal) ?? 1) - 1
      if (rest > 0) flying.set(principal, rest)
      else flying.delete(principal)
      serve()
    }
  }
  const join = (waiter: Waiter) => {
    const line = lines.get(waiter.principal) ?? new Set()
    lines.set(waiter.principal, line.add(waiter))
    waiting += 1
  }
  const leave = (waiter: Waiter) => {
    const line = lines.get(waiter.principal)
    if (!line?.delete(waiter)) return
    waiting -= 1
    if (line.size === 0) lines.delete(waiter.principal)
  }
  const serve = () => {
    for (let next = nextOf(lines, mayFly); next; next = nextOf(lines, mayFly)) {
      next.let()
      const line = lines.get(next.principal)
      if (line && lines.delete(next.principal)) lines.set(next.principal, line)
    }
  }
  const busy = () => refusalOf(busyCode, { inFlight, waiting })

  const wait = (principal: string, signal: AbortSignal, waitMs: number): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const end = () => {
        cancel()
        signal.removeEventListener('abort', aborted)
        leave(waiter)
      }
      const aborted = () => {
        end()
        reject(reasonOf(signal))
      }
      const refused = () => {
        const why = busy()
        end()
        reject(why)
      }
      const waiter: Waiter = {
        principal,
        let() {
          end()
          resolve(fly(principal))
        },
        refuse: refused,
      }
      join(waiter)
      const cancel = after(waitMs, refused)
      signal.addEventListener('abort', aborted, { once: true })
    })

  return {
    async enter({ principal, signal, waitMsMax = limits.waitMs }) {
      if (signal.aborted) throw reasonOf(signal)
      if (mayFly(principal)) return fly(principal)
      if (waiting >= limits.queueMax) {
        const pushed = pushedOutBy(lines, principal)
        if (!pushed) throw busy()
        pushed.refuse()
      }
      return await wait(principal, signal, Math.min(limits.waitMs, waitMsMax))
    },
    resize(next) {
      limits = next
      serve()
    },
    look: () => ({ inFlight, waiting }),
  }
}

/** Finds whose turn it is: the first principal in the round who may, their oldest call. */
const nextOf = (
  lines: ReadonlyMap<string, ReadonlySet<Waiter>>,
  mayFly: (principal: string) => boolean,
): Waiter | undefined => {
  for (const [principal, line] of lines) {
    if (mayFly(principal)) return line.values().next().value
  }
  return undefined
}

/** Finds who leaves a full queue for a newcomer: the last of the longest line, if it is longer. */
const pushedOutBy = (
  lines: ReadonlyMap<string, ReadonlySet<Waiter>>,
  newcomer: string,
): Waiter | undefined => {
  let longest: ReadonlySet<Waiter> = new Set()
  for (const line of lines.values()) if (line.size > longest.size) longest = line
  const mine = lines.get(newcomer)?.size ?? 0
  return longest.size > mine + 1 ? [...longest].at(-1) : undefined
}

const RETRY_AFTER_S = 5

const refusalOf = (code: string, { inFlight, waiting }: BulkheadLook): Refusal => {
  const message =
    `Too many calls of this server are under way (${inFlight}) or waiting (${waiting}). ` +
    `Nothing was sent; try again in ${RETRY_AFTER_S} s.`
  return refuse('too_many', code, message, { retryAfterS: RETRY_AFTER_S })
}
