import type { Random } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import { rateOf } from '../../platform/limits/gcra.ts'
import { memoryLimits } from '../../platform/limits/memory-limits.ts'
import { tooMany } from '../../platform/limits/too-many.ts'
import type { Line } from '../../platform/mcp/line.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import type { Found, Outside, Sending, Sent, Watching } from '../application/hub-ports.ts'
import type { Json } from '../application/hub-records.ts'
import { kept } from '../domain/json.ts'
import { settingsOf, type Upstream } from '../domain/upstream.ts'
import type { CallEnds } from './call-ends.ts'
import { discovered } from './discover.ts'
import { checkServer } from './upstream-checks.ts'
import { makingRoom } from './program-room.ts'
import { healthOf } from './upstream-health.ts'
import { scrubbedJson } from './scrub-json.ts'
import { counted, failureOf, isHarmless, lateIfCut, noList, tooLarge } from './upstream-failures.ts'
import type { LineGround } from './upstream-lines.ts'
import { lineWish, openRuntime, type Runtime } from './upstream-runtime.ts'

/** Keys of limits that are remembered. */
const LIMITS_MAX = 20_000
/** Milliseconds that questions may add to a call. */
const ASKED_MS_MAX = 30 * 60_000
/** Milliseconds for one list of a server. */
const LIST_MS = 15_000

/** What the way to the servers stands on. */
export type OutsideGround = LineGround &
  Readonly<{ random: Random; scrubber: Scrubber; now: () => number; ends: CallEnds }>

/** The servers of every organisation, as this process reaches them. */
export type Servers = Readonly<{
  of(orgId: string): Outside
  /** Gives the line to a server that somebody listens to; null: its program does not run. */
  line(orgId: string, watching: Watching): Promise<Line | null>
  /** Hears what happened: lines under changed credentials are closed. */
  forget(orgId: string, names: readonly string[]): void
  /** Lets go of all servers of an organisation but these: of programs, too. */
  keep(orgId: string, ids: ReadonlySet<string>): void
  /** Asks the servers that were used of late whether they are there. */
  check(): Promise<void>
  /** Programs and lines that are open, for pages about health. */
  open(): number
  stop(): Promise<void>
}>

/** Opens the way to the servers; nothing is connected before the first call. */
export const openServers = (ground: OutsideGround): Servers => {
  const runtimes = new Map<string, Runtime>()
  const launcher = makingRoom(ground.launcher, () => runtimes.values())
  const limits = memoryLimits(LIMITS_MAX)
  const failed = () => {} // A line that does not close well is gone all the same.
  const runtimeOf = (orgId: string, upstream: Upstream): Runtime => {
    const key = `${orgId}/${upstream.id}`
    const known = runtimes.get(key)
    if (known && known.settings === settingsOf(upstream)) return known
    // What is under way goes on as it began; whoever comes now comes to the new settings.
    known?.retire().catch(failed)
    const fresh = openRuntime({ ...ground, launcher }, upstream)
    runtimes.set(key, fresh)
    return fresh
  }
  const outside = (orgId: string): Outside => ({
    send: (sending) => send(ground, runtimeOf(orgId, sending.upstream), sending),
    discover: (upstream, connection, call) => {
      const runtime = runtimeOf(orgId, upstream)
      const sending = listing({ upstream, connection, call })
      return guarded(ground, { runtime, sending }, async (line, signal) => {
        const found = await discovered(line, signal)
        return withoutSecrets(found, ground.scrubber)
      }).catch((error: unknown) => {
        throw noList(error, sending)
      })
    },
    health: (upstream) => healthOf(upstream, runtimes.get(`${orgId}/${upstream.id}`)),
    reset: (upstream) => runtimeOf(orgId, upstream).reset(),
    take(key, perMinute) {
      const rate = rateOf(perMinute, 60_000, perMinute)
      const verdict = limits.take(`${orgId}/${key}`, rate, { cost: 1, now: ground.now() })
      if (!verdict.ok) throw tooMany('This tool is called too often', verdict.waitMs)
    },
    scrub: (result) => scrubbedResult(result, ground.scrubber),
    ended: (callId, ms, signal) => ground.ends.wait(callId, ms, signal),
  })
  return {
    of: outside,
    async line(orgId, { upstream, connection, call, uris }) {
      const known = runtimes.get(`${orgId}/${upstream.id}`)
      // Who listens may not know yet that the server has other settings: calls do.
      if (known !== undefined && known.settings !== settingsOf(upstream)) return null
      const runtime = runtimeOf(orgId, upstream)
      // Lists alone are no reason to start a program.
      const isResting = upstream.kind === 'stdio' && uris.length === 0 && runtime.open() === 0
      if (isResting) return null
      const [first] = upstream.replicas
      const wish = lineWish(listing({ upstream, connection, call }), first?.id ?? upstream.id)
      return runtime.line(wish)
    },
    forget(orgId, names) {
      if (!names.some((name) => CREDENTIALS.test(name))) return
      for (const [key, runtime] of runtimes) {
        if (key.startsWith(`${orgId}/`)) runtime.drop().catch(failed)
      }
    },
    keep(orgId, ids) {
      for (const [key, runtime] of runtimes) {
        if (!key.startsWith(`${orgId}/`) || ids.has(key.slice(orgId.length + 1))) continue
        runtimes.delete(key)
        runtime.retire().catch(failed)
      }
    },
    async check() {
      await Promise.all([...runtimes.values()].map(checkServer))
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
  { tokens }: LineGround,
  { runtime, sending }: Readonly<{ runtime: Runtime; sending: Sending }>,
  act: (line: Line, signal: AbortSignal) => Promise<T>,
): Promise<T> =>
  runtime.guard.call({
    principal: sending.call.actor.id,
    key: sending.call.actor.id,
    // A line leaves out the time in which its caller is asked; whoever asks may take it.
    deadlineMs: sending.timeoutMs + (sending.call.client?.ask ? ASKED_MS_MAX : 0),
    signal: sending.call.signal,
    isSafe: (error) => isHarmless(error, sending.isSafe),
    counts: counted,
    act: (replica, signal) => {
      const wish = lineWish(sending, replica)
      const once = () => runtime.over(wish, (line) => act(line, signal))
      return tokens.using(wish, once).catch((error: unknown) => {
        throw lateIfCut(error, sending)
      })
    },
  })

/** Takes secrets out of a result. What a server wants to get back may look like one and is none. */
const scrubbedResult = (result: Json, { scrub, scrubKnown }: Scrubber): Json => {
  const { requestState } = result
  const clean = scrubbedJson(result, scrub)
  if (typeof requestState !== 'string') return clean
  return { ...clean, requestState: scrubKnown(requestState) }
}

/** Takes secrets out of what a server offers: it may put into a description what it was given. */
const withoutSecrets = (found: Found, { scrub }: Scrubber): Found => ({
  ...{ era: found.era, server: kept(scrub(found.server)) },
  capabilities: scrubbedJson(found.capabilities, scrub),
  instructions: found.instructions === null ? null : kept(scrub(found.instructions)),
  definitions: found.definitions.map(({ kind, name, body }) => ({
    ...{ kind, name: scrub(name), body: scrubbedJson(body, scrub) },
  })),
})

const send = async (ground: OutsideGround, runtime: Runtime, sending: Sending): Promise<Sent> => {
  const { scrub } = ground.scrubber
  const started = performance.now()
  const spent = () => performance.now() - started
  const client = clientOf(sending.call, scrub)
  const trace = { hasLeft: false }
  try {
    const result = await guarded(ground, { runtime, sending }, (line, signal) =>
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
    if (bytes > sending.bytesMax) return tooLarge(sending, { bytes, ms: spent() })
    return { kind: 'result', result, ms: spent(), bytes }
  } catch (error) {
    return failureOf(error, { sending, ms: spent(), hasLeft: trace.hasLeft })
  }
}

/** The client of a call, who hears from a server what is left without secrets. */
const clientOf = ({ client }: Call, scrub: Scrubber['scrub']): Call['client'] => {
  if (client === undefined) return undefined
  const { progress, logged, ask } = client
  return {
    ...client,
    ...(progress && { progress: (params: Json) => progress(scrubbedJson(params, scrub)) }),
    ...(logged && { logged: (params: Json) => logged(scrubbedJson(params, scrub)) }),
    ...(ask && {
      ask: (method: string, params: Json) => ask(method, scrubbedJson(params, scrub)),
    }),
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
