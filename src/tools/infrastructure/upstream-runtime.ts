import { linePool, type LinePool } from '../../platform/mcp/line-pool.ts'
import type { Line } from '../../platform/mcp/line.ts'
import { type Guard, guard } from '../../platform/resilience/guarded-call.ts'
import { systemAfter } from '../../platform/resilience/timing.ts'
import type { Random } from '../../kernel/id.ts'
import type { Sending } from '../application/hub-ports.ts'
import { settingsOf, type Upstream } from '../domain/upstream.ts'
import { holderOf, type LineGround, type LineWish, openLine } from './upstream-lines.ts'

// What this process keeps of a server between calls: who may pass to which replica, and the lines
// that are open. It lasts as long as the server's settings do.

/** Milliseconds after which a line that nobody uses is closed. */
const IDLE_MS = 5 * 60_000
/** Calls at a time: of a server, of a program, of one principal; and how many wait, how long. */
const PLACES = { upstream: 16, stdio: 8, principal: 8, queue: 64, waitMs: 5_000 } as const

/** A server as this process knows it. */
export type Runtime = Readonly<{
  /** What it was made with: another one takes its place when that changes. */
  settings: string
  guard: Guard
  /** Gives the line of a call at a replica, opened where there is none; it may end at any time. */
  line(wish: LineWish): Promise<Line>
  /** Does something over such a line, which stays open until that is done. */
  over<T>(wish: LineWish, act: (line: Line) => Promise<T>): Promise<T>
  /** Lets calls through at once that were held back after failures. */
  reset(): void
  /** Lines that are open. */
  open(): number
  /** Replicas that did not answer when they were checked last. */
  away: Set<string>
  /** Gives the last call that went over a line, and how many milliseconds ago it began. */
  lastUse(): Readonly<{ wish: LineWish; agoMs: number }> | null
  /** Milliseconds since a program was used; `null`: it is used, none runs, or it is none. */
  unusedMs(): number | null
  /** Uses no open line any more: a credential has changed. What is under way on one ends there. */
  drop(): Promise<void>
  /** Lets what is under way come to its end, and takes nothing more. */
  retire(): Promise<void>
  stop(): Promise<void>
}>

/** Makes what this process keeps of a server. */
export const openRuntime = (
  ground: LineGround & Readonly<{ random: Random }>,
  upstream: Upstream,
): Runtime => {
  const now = () => performance.now()
  const wishes = new Map<string, LineWish>()
  const open = (key: string) => {
    const wish = wishes.get(key)
    if (wish === undefined) throw new Error('A line was asked for that nobody wished.')
    return openLine(ground, wish)
  }
  const lineOf = (pool: LinePool, wish: LineWish): Promise<Line> => {
    const key = lineKey(wish)
    wishes.set(key, wish)
    return pool.take(key).finally(() => {
      if (wishes.get(key) === wish) wishes.delete(key)
    })
  }
  let last: { readonly wish: LineWish; readonly at: number } | null = null
  const away = new Set<string>()
  let held = heldPool(linePool({ open, idleMs: IDLE_MS, now }))
  const isProgram = upstream.kind === 'stdio'
  const calls = guard({
    plan: {
      replicas: isProgram
        ? [{ id: upstream.id, weight: 1 }]
        : upstream.replicas.map(({ id, weight }) => ({ id, weight })),
      balance: upstream.balance,
      bulkhead: {
        callsMax: isProgram ? PLACES.stdio : PLACES.upstream,
        principalCallsMax: PLACES.principal,
        queueMax: PLACES.queue,
        waitMs: PLACES.waitMs,
      },
    },
    codes: { busy: 'tools.busy', open: 'tools.upstream_open', late: 'tools.upstream_late' },
    ...{ now, after: systemAfter, random: ground.random },
  })
  return {
    settings: settingsOf(upstream),
    guard: calls,
    line: (wish) => lineOf(held.pool, wish),
    async over(wish, act) {
      const own = held
      own.users += 1
      last = { wish, at: now() }
      try {
        return await act(await lineOf(own.pool, wish))
      } finally {
        own.users -= 1
        await own.closeIfLast()
      }
    },
    reset() {
      calls.reset()
      away.clear()
      held.pool.forgive()
    },
    open: () => held.pool.size(),
    away,
    lastUse: () => last && { wish: last.wish, agoMs: now() - last.at },
    unusedMs() {
      const { pool, users } = held
      const isUsed = users > 0 || pool.watched() > 0 || pool.size() === 0
      return !isProgram || isUsed || last === null ? null : now() - last.at
    },
    async drop() {
      const old = held
      held = heldPool(linePool({ open, idleMs: IDLE_MS, now }))
      await old.retire()
    },
    retire: () => held.retire(),
    async stop() {
      calls.stop()
      await held.pool.stop()
    },
  }
}

/** A pool of lines that ends with its last user once it is not wanted any more. */
const heldPool = (pool: LinePool) => {
  let isRetired = false
  const held = {
    pool,
    users: 0,
    async closeIfLast() {
      if (isRetired && held.users === 0) await pool.stop()
    },
    async retire() {
      isRetired = true
      await held.closeIfLast()
    },
  }
  return held
}

/** Names the line of a call: replica and credential, and whoever does not share a program. */
const lineKey = (wish: LineWish): string => {
  const { upstream, replica, connection } = wish
  const shared = `${replica}/${connection?.id ?? '-'}@${connection?.version ?? 0}`
  const holder = upstream.kind === 'stdio' ? holderOf(wish) : null
  return holder === null ? shared : `${shared}/${holder}`
}

/** The part of a call that chooses its line. */
export const lineWish = (sending: Sending, replica: string): LineWish => {
  const { upstream, connection, call, tool, leaseId } = sending
  return { upstream, replica, connection, call, tool, leaseId }
}
