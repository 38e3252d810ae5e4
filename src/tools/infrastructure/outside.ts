import type { Random } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import { rateOf } from '../../platform/limits/gcra.ts'
import { memoryLimits } from '../../platform/limits/memory-limits.ts'
import { tooMany } from '../../platform/limits/too-many.ts'
import type { Line } from '../../platform/mcp/line.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import type { Outside, Sending, Sent } from '../application/hub-ports.ts'
import type { Json } from '../application/hub-records.ts'
import type { Upstream } from '../domain/upstream.ts'
import type { CallEnds } from './call-ends.ts'
import { discovered } from './discover.ts'
import { healthOf } from './upstream-health.ts'
import { counted, failureOf, isHarmless } from './upstream-failures.ts'
import type { LineGround } from './upstream-lines.ts'
import { lineWish, openRuntime, type Runtime } from './upstream-runtime.ts'

/** Keys of limits that are remembered. */
const LIMITS_MAX = 20_000
/** Milliseconds for one list of a server. */
const LIST_MS = 15_000

/** What the way to the servers stands on. */
export type OutsideGround = LineGround &
  Readonly<{ random: Random; scrubber: Scrubber; now: () => number; ends: CallEnds }>

/** The servers of every organisation, as this process reaches them. */
export type Servers = Readonly<{
  of(orgId: string): Outside
  /** Hears what happened: lines under changed credentials are closed. */
  forget(orgId: string, names: readonly string[]): void
  /** Programs and lines that are open, for pages about health. */
  open(): number
  stop(): Promise<void>
}>

/** Opens the way to the servers; nothing is connected before the first call. */
export const openServers = (ground: OutsideGround): Servers => {
  const runtimes = new Map<string, Runtime>()
  const limits = memoryLimits(LIMITS_MAX)
  const failed = () => {} // A line that does not close well is gone all the same.
  const runtimeOf = (orgId: string, upstream: Upstream): Runtime => {
    const key = `${orgId}/${upstream.id}`
    const known = runtimes.get(key)
    if (known && known.version === upstream.version) return known
    known?.stop().catch(failed)
    const fresh = openRuntime(ground, upstream)
    runtimes.set(key, fresh)
    return fresh
  }
  const outside = (orgId: string): Outside => ({
    send: (sending) => send(runtimeOf(orgId, sending.upstream), sending),
    discover: (upstream, connection, call) => {
      const runtime = runtimeOf(orgId, upstream)
      const sending = listing({ upstream, connection, call })
      return guarded(runtime, sending, (line, signal) => discovered(line, signal))
    },
    health: (upstream) => healthOf(upstream, runtimes.get(`${orgId}/${upstream.id}`)),
    reset: (upstream) => runtimeOf(orgId, upstream).guard.reset(),
    take(key, perMinute) {
      const rate = rateOf(perMinute, 60_000, perMinute)
      const verdict = limits.take(`${orgId}/${key}`, rate, { cost: 1, now: ground.now() })
      if (!verdict.ok) throw tooMany('This tool is called too often', verdict.waitMs)
    },
    scrub: (result) => ground.scrubber.scrubFields(result),
    ended: (callId, ms, signal) => ground.ends.wait(callId, ms, signal),
  })
  return {
    of: outside,
    forget(orgId, names) {
      if (!names.some((name) => CREDENTIALS.test(name))) return
      for (const [key, runtime] of runtimes) {
        if (key.startsWith(`${orgId}/`)) runtime.drop().catch(failed)
      }
    },
    open: () => [...runtimes.values()].reduce((sum, runtime) => sum + runtime.open(), 0),
    async stop() {
      const all = [...runtimes.values()]
      runtimes.clear()
      await Promise.all(all.map((runtime) => runtime.stop().catch(failed)))
    },
  }
}

/** Events after which a credential may be another one. */
const CREDENTIALS = /^tools\.(secret_replaced|secret_deleted|connection_)/

type Listing = Readonly<{ upstream: Upstream; connection: Sending['connection']; call: Call }>

const listing = (asked: Listing): Sending => ({
  ...asked,
  ...{ method: 'tools/list', params: {}, tool: null, leaseId: null },
  ...{ timeoutMs: LIST_MS * 4, bytesMax: Number.POSITIVE_INFINITY, isSafe: true },
})

/** Runs something over the line of a call, behind bulkhead, breaker and retries. */
const guarded = <T>(
  runtime: Runtime,
  sending: Sending,
  act: (line: Line, signal: AbortSignal) => Promise<T>,
): Promise<T> =>
  runtime.guard.call({
    principal: sending.call.actor.id,
    key: sending.call.actor.id,
    deadlineMs: sending.timeoutMs,
    signal: sending.call.signal,
    isSafe: (error) => isHarmless(error, sending.isSafe),
    counts: counted,
    act: async (replica, signal) => act(await runtime.line(lineWish(sending, replica)), signal),
  })

const send = async (runtime: Runtime, sending: Sending): Promise<Sent> => {
  const started = performance.now()
  const spent = () => performance.now() - started
  const { client } = sending.call
  const trace = { hasLeft: false }
  try {
    const result = await guarded(runtime, sending, (line, signal) =>
      line.request({
        method: sending.method,
        params: sending.params,
        capabilities: relayed(sending, client?.capabilities ?? {}),
        timeoutMs: sending.timeoutMs,
        signal,
        traceparent: `00-${sending.call.trace}-${sending.call.trace.slice(0, 16)}-01`,
        ...(sending.headers && { headers: sending.headers }),
        ...(client?.progress && { progress: client.progress }),
        ...(client?.logged && { logged: client.logged }),
        ...(client?.ask && { ask: client.ask }),
        sent() {
          trace.hasLeft = true
        },
      }),
    )
    const bytes = Buffer.byteLength(JSON.stringify(result))
    return { kind: 'result', result, ms: spent(), bytes }
  } catch (error) {
    return failureOf(error, { sending, ms: spent(), hasLeft: trace.hasLeft })
  }
}

/** What of a client's abilities a server behind the hub may count on. */
const RELAYED = ['elicitation', 'sampling', 'roots'] as const

const relayed = ({ upstream }: Sending, declared: Json): Json =>
  Object.fromEntries(
    RELAYED.flatMap((name) => {
      const isForeign = name === 'roots' && upstream.kind === 'stdio'
      return name in declared && !isForeign ? [[name, declared[name]]] : []
    }),
  )
