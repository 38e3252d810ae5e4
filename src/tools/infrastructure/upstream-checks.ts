import type { FailureKind, Line } from '../../platform/mcp/line.ts'
import { LineFailure, UpstreamFault } from '../../platform/mcp/line.ts'
import type { Outcome } from '../../platform/resilience/breaker.ts'
import { PROBES_TO_CLOSE } from '../../platform/resilience/breaker.ts'
import { counted } from './upstream-failures.ts'
import type { LineWish } from './upstream-lines.ts'
import type { Runtime } from './upstream-runtime.ts'

// Whether a server is there is asked without anybody's credential: that it wants one is an answer,
// too. So a check opens no secret, and a server that comes back is used again before somebody has
// to try.

/** Milliseconds between two checks of a server. */
export const CHECK_EVERY_MS = 60_000
/** Milliseconds for which a server is checked that nobody has used any more. */
const USED_MS = 10 * 60_000
/** Milliseconds for the answer to one check. */
const CHECK_MS = 10_000
/** Milliseconds for which a replica is left alone that did not answer: until its next check. */
const REST_MS = CHECK_EVERY_MS - CHECK_MS
/** Who checks take their places for. */
const CHECKER = 'health'

/** Asks every replica of a server that was used of late whether it is there. */
export const checkServer = async (runtime: Runtime): Promise<void> => {
  const used = runtime.lastUse()
  if (used === null || used.agoMs > USED_MS) return
  const { kind } = used.wish.upstream
  // A program ends with its process, and a service has no question that is about nothing else.
  if (kind !== 'http' && kind !== 'sse') return
  const { guard, away } = runtime
  const { replicas } = guard.look()
  const found = await Promise.all(
    replicas.map(async ({ id, breaker }) => {
      const probes = breaker.state === 'closed' ? 1 : PROBES_TO_CLOSE
      return { id, isThere: await answers(runtime, used.wish, { id, probes }) }
    }),
  )
  away.clear()
  const isOneThere = found.some(({ isThere }) => isThere)
  for (const { id, isThere } of found) {
    if (isThere) continue
    away.add(id)
    // As long as others answer, nobody has to find out for themselves.
    if (isOneThere) guard.cool(id, REST_MS)
  }
}

type Checked = Readonly<{ id: string; probes: number }>

const answers = async (runtime: Runtime, wish: LineWish, { id, probes }: Checked) => {
  try {
    for (let probe = 0; probe < probes; probe += 1) await checkReplica(runtime, wish, id)
    return true
  } catch {
    // Not there, or left alone for now: what exactly, its breaker knows.
    return false
  }
}

const checkReplica = (runtime: Runtime, wish: LineWish, only: string): Promise<void> =>
  runtime.guard.call({
    ...{ principal: CHECKER, key: CHECKER, only, deadlineMs: CHECK_MS },
    signal: AbortSignal.timeout(CHECK_MS),
    isSafe: () => false,
    counts: countedCheck,
    async act(replica, signal) {
      const own = { ...wish, replica, connection: null, tool: null, leaseId: null }
      try {
        await ask(await runtime.line(own), signal)
      } catch (error) {
        if (!isThere(error)) throw error
      }
    },
  })

const ask = async (line: Line, signal: AbortSignal): Promise<void> => {
  const method = line.about.era === 'modern' ? 'server/discover' : 'ping'
  await line.request({ method, params: {}, capabilities: {}, timeoutMs: CHECK_MS, signal })
}

/** Whoever answers is there, whatever it answers. */
const isThere = (error: unknown): boolean =>
  error instanceof UpstreamFault || (error instanceof LineFailure && ANSWERED.has(error.kind))

const ANSWERED: ReadonlySet<FailureKind> = new Set(['unauthorized', 'forbidden', 'session_lost'])

/** A server that says that it is asked too often puts off its checks, not its callers. */
const countedCheck = (error: unknown): Outcome => {
  const isBusy = error instanceof LineFailure && error.kind === 'rate_limited'
  return isBusy ? 'neutral' : counted(error)
}
