import { lookup } from 'node:dns/promises'
import type { Dispatcher } from 'undici'
import type { AllowList } from './allow-list.ts'
import { readAllowList } from './allow-list.ts'
import { readAnswer } from './answer.ts'
import type { Deadline } from './deadline.ts'
import { startDeadline } from './deadline.ts'
import type { Asked, Hop } from './hop.ts'
import { askedOf, firstHop, nextHop } from './hop.ts'
import type { Lines } from './lines.ts'
import { openLines } from './lines.ts'
import { egressBusy, redirectRefused } from './refusals.ts'
import { pinnable, readTarget } from './target.ts'

// The one way out of the hub. A target is read strictly, its name looked up once per request,
// every address of the answer judged, and the socket tied to what was judged.

/** Bounds of one request: 30 s and 5 MB unless said otherwise, and no redirects. */
export type EgressLimits = Readonly<{ timeoutMs?: number; bytesMax?: number; redirects?: 0 | 3 }>

/** Looks up a name; the default asks the system. */
export type Resolve = (
  host: string,
) => Promise<readonly Readonly<{ address: string; family: 4 | 6 }>[]>

/** The hub's only client of other systems. */
export type Egress = Readonly<{
  /** Makes a bounded function of the shape of the standard `fetch`, for libraries that take one. */
  fetch(
    limits?: EgressLimits,
  ): (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Refuses a target without asking anybody, when a setting is saved: scheme, spelling, port. */
  check(url: string): void
  stop(): Promise<void>
}>

type Ground = Readonly<{
  allow: AllowList
  resolve: Resolve
  lines: Lines
  stopping: AbortSignal
}>
type Task = Readonly<{ request: Asked; hop: Hop; limits: EgressLimits; deadline: Deadline }>

const TIMEOUT_MS = 30_000
const BYTES_MAX = 5_000_000
// Streams of servers of tools stay open for days: they must not starve the calls.
const IN_FLIGHT_MAX = 1_024
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Opens the way out; `allow` are the administrator's entries `cidr:port`. */
export const openEgress = (
  options: Readonly<{ allow: readonly string[]; resolve?: Resolve }>,
): Egress => {
  const stopper = new AbortController()
  const ground: Ground = {
    allow: readAllowList(options.allow),
    resolve: options.resolve ?? lookUp,
    lines: openLines(),
    stopping: stopper.signal,
  }
  let inFlight = 0
  return {
    fetch:
      (limits = {}) =>
      async (input, init) => {
        const target = readTarget(textOf(input), ground.allow)
        const request = askedOf(input, init)
        if (inFlight >= IN_FLIGHT_MAX) throw egressBusy()
        inFlight += 1
        const timeoutMs = limits.timeoutMs ?? TIMEOUT_MS
        const clock = startDeadline(timeoutMs, request.signal, ground.stopping)
        let open = true
        const end = () => {
          clock.end()
          if (open) inFlight -= 1
          open = false
        }
        const deadline = { ...clock, end }
        try {
          const hop = await deadline.wait(firstHop(target, request))
          return await follow(ground, { request, hop, limits, deadline })
        } catch (error) {
          end()
          throw deadline.explain(error)
        }
      },
    check: (url) => void readTarget(url, ground.allow),
    async stop() {
      stopper.abort()
      await ground.lines.stop()
    },
  }
}

const textOf = (input: string | URL | Request): string => {
  if (typeof input === 'string') return input
  return input instanceof URL ? input.href : input.url
}

const lookUp: Resolve = async (host) => {
  const answers = await lookup(host, { all: true, order: 'verbatim' })
  return answers.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

/** Sends a request and, as far as its limits say, the ones that its redirects ask for. */
const follow = async (ground: Ground, task: Task): Promise<Response> => {
  const { request, limits, deadline } = task
  const redirectsMax = request.redirect === 'follow' ? (limits.redirects ?? 0) : 0
  let hop = task.hop
  for (let count = 0; ; count += 1) {
    const raw = await send(ground, hop, deadline)
    const status = raw.statusCode
    const location = [raw.headers.location].flat()[0]
    const leadsOn = REDIRECTS.has(status) && location !== undefined
    if (!leadsOn || (redirectsMax === 0 && request.redirect !== 'error')) {
      return finish(raw, hop, { ...task, redirected: count > 0 })
    }
    raw.body.destroy()
    if (count >= redirectsMax) throw redirectRefused()
    hop = nextHop(hop, { status, location }, ground.allow)
  }
}

const finish = async (
  raw: Dispatcher.ResponseData,
  hop: Hop,
  { limits, deadline, redirected }: Task & Readonly<{ redirected: boolean }>,
): Promise<Response> => {
  raw.body.once('close', deadline.end)
  try {
    const bytesMax = limits.bytesMax ?? BYTES_MAX
    const { method, target } = hop
    return await readAnswer(raw, { method, url: target.url.href, redirected, bytesMax, deadline })
  } catch (error) {
    raw.body.destroy()
    throw error
  }
}

/** Looks up, judges, connects and asks once; the answer's body is still to be read. */
const send = async (
  { allow, resolve, lines }: Ground,
  { target, method, headers, body }: Hop,
  deadline: Deadline,
): Promise<Dispatcher.ResponseData> => {
  const { url, host, port, pinned } = target
  const found = async () => (await deadline.wait(resolve(host))).map(({ address }) => address)
  const addresses = pinned ?? pinnable(target, await found(), allow)
  const secure = url.protocol === 'https:'
  const line = await lines.take(url.origin, { host, port, secure, addresses })
  try {
    const path = `${url.pathname}${url.search}`
    const { signal } = deadline
    const raw = await line.pool.request({ path, method, headers, body, signal })
    raw.body.on('error', () => {}) // Its reader, if there is one, hears of it.
    raw.body.once('close', line.release)
    return raw
  } catch (error) {
    line.release()
    throw error
  }
}
