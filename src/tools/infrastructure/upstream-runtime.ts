import { linePool, type LinePool } from '../../platform/mcp/line-pool.ts'
import type { Line } from '../../platform/mcp/line.ts'
import { type Guard, guard } from '../../platform/resilience/guarded-call.ts'
import { systemAfter } from '../../platform/resilience/timing.ts'
import type { Random } from '../../kernel/id.ts'
import type { Sending } from '../application/hub-ports.ts'
import type { Upstream } from '../domain/upstream.ts'
import { ProgramConfig } from './upstream-config.ts'
import { type LineGround, type LineWish, openLine } from './upstream-lines.ts'

// What this process keeps of a server between calls: who may pass to which replica, and the lines
// that are open. It lasts as long as the server's settings do.

/** Milliseconds after which a line that nobody uses is closed. */
const IDLE_MS = 5 * 60_000
/** Calls at a time: of a server, of a program, of one principal; and how many wait, how long. */
const PLACES = { upstream: 16, stdio: 8, principal: 8, queue: 64, waitMs: 5_000 } as const

/** A server as this process knows it. */
export type Runtime = Readonly<{
  version: number
  guard: Guard
  /** Gives the line of a call at a replica, opened where there is none. */
  line(wish: LineWish): Promise<Line>
  /** Lines that are open. */
  open(): number
  /** Closes every line: a credential has changed. */
  drop(): Promise<void>
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
  let pool: LinePool = linePool({ open, idleMs: IDLE_MS, now })
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
    version: upstream.version,
    guard: calls,
    async line(wish) {
      const key = lineKey(wish)
      wishes.set(key, wish)
      try {
        return await pool.take(key)
      } finally {
        wishes.delete(key)
      }
    },
    open: () => pool.size(),
    async drop() {
      const old = pool
      pool = linePool({ open, idleMs: IDLE_MS, now })
      wishes.clear()
      await old.stop()
    },
    async stop() {
      calls.stop()
      await pool.stop()
    },
  }
}

/** Names the line of a call: replica and credential, and whoever does not share a program. */
const lineKey = ({ upstream, replica, connection, call }: LineWish): string => {
  const shared = `${replica}/${connection?.id ?? '-'}@${connection?.version ?? 0}`
  if (upstream.kind !== 'stdio') return shared
  const { instances } = ProgramConfig.parse(upstream.config)
  if (instances === 'credential') return shared
  const own = instances === 'session' ? (call.actor.credentialId ?? call.actor.id) : call.actor.id
  return `${shared}/${own}`
}

/** The part of a call that chooses its line. */
export const lineWish = (sending: Sending, replica: string): LineWish => {
  const { upstream, connection, call, tool, leaseId } = sending
  return { upstream, replica, connection, call, tool, leaseId }
}
