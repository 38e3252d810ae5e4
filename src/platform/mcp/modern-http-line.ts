import type { Heard } from './answer.ts'
import { readMessage } from './answer.ts'
import { modernHeaders, modernParams } from './envelope.ts'
import type { Http } from './http.ts'
import { ANSWERS, callHttp, failureOf, readMessages } from './http.ts'
import type { Json, Line, LineAbout, LineEnd, LineRequest } from './line.ts'
import { LineFailure, UpstreamFault } from './line.ts'
import type { OpenStream, Pauses } from './listening.ts'
import { listening } from './listening.ts'
import { malformed } from './read-json.ts'
import type { Wait } from './wait.ts'
import { startWait } from './wait.ts'
import type { ClientInfo } from './words.ts'
import { memberOf, META, NOTICES } from './words.ts'

// The stateless era over HTTP: every request is a POST of its own that can be understood without
// any other, so the line is nothing but an address, a credential and a counter.

/** What a modern line over HTTP stands on. */
export type ModernGround = Readonly<{
  http: Http
  clientInfo: ClientInfo
  now: () => number
  pauses: Pauses
}>

type Task = Readonly<{ id: number; asked: LineRequest; wait: Wait }>

const DRAIN_MS = 1_000
const ACK_MS = 10_000
const QUIET_MS = 600_000

/** Asks a modern server one thing; what a line does, without a line. */
export const askModern = async (
  ground: ModernGround,
  task: Readonly<{ id: number; asked: LineRequest }>,
): Promise<Json> => {
  const wait = startWait(task.asked, ground.now)
  try {
    return await exchange(ground, { ...task, wait })
  } catch (error) {
    throw wait.explain(error)
  } finally {
    wait.end()
  }
}

/** Opens a line to a modern server that has said what it is. */
export const modernHttpLine = (ground: ModernGround, about: LineAbout): Line => {
  const waits = new Set<Wait>()
  const over = Promise.withResolvers<LineEnd>()
  let isOver = false
  let lastId = 0
  const nextId = () => (lastId += 1)
  const changes = listening({
    open: openStream(ground, nextId),
    capabilities: about.capabilities,
    pauses: ground.pauses,
    now: ground.now,
  })
  return {
    about,
    async request(asked) {
      if (isOver) throw new LineFailure('away', 'The line is closed.', { sent: false })
      const wait = startWait(asked, ground.now)
      waits.add(wait)
      try {
        return await exchange(ground, { id: nextId(), asked, wait })
      } catch (error) {
        throw wait.explain(error)
      } finally {
        wait.end()
        waits.delete(wait)
      }
    },
    onNotice: changes.onNotice,
    watch: changes.watch,
    busy: () => waits.size,
    closed: over.promise,
    async close() {
      isOver = true
      changes.stop()
      for (const wait of waits) wait.cut('away', 'The line was closed.')
      over.resolve({ why: 'closed' })
    },
  }
}

const bodyOf = ({ clientInfo }: ModernGround, { id, asked }: Omit<Task, 'wait'>): string => {
  const { method, params, capabilities, traceparent, progress } = asked
  const progressToken = progress === undefined ? null : id
  const dress = { clientInfo, capabilities, traceparent, progressToken }
  return JSON.stringify({ jsonrpc: '2.0', id, method, params: modernParams(params, dress) })
}

const send = async (ground: ModernGround, task: Task): Promise<Response> => {
  const headers = modernHeaders(task.asked)
  headers['content-type'] = 'application/json'
  headers['accept'] = ANSWERS
  const { wait } = task
  const body = bodyOf(ground, task)
  const response = await callHttp(ground.http, { method: 'POST', headers, body, wait })
  if (response.status !== 200) throw await failureOf(response, wait)
  return response
}

/** Gives the answer as soon as it is there; the rest of its stream is read in passing. */
const exchange = (ground: ModernGround, task: Task): Promise<Json> =>
  new Promise((resolve, reject) => {
    let drain: NodeJS.Timeout | undefined
    let answered = false
    const run = async () => {
      const response = await send(ground, task)
      const message = (raw: unknown) => {
        if (answered) return
        const heard = readMessage(raw)
        if (heard.kind !== 'answer') return passOn(heard, task)
        const outcome = answerOf(heard, task.id)
        answered = true
        // A server that answers and does not end its stream would hold a connection for ever.
        drain = setTimeout(() => task.wait.drop(), DRAIN_MS).unref()
        if (outcome instanceof UpstreamFault) reject(outcome)
        else resolve(outcome)
      }
      const { bytesMax } = ground.http
      await readMessages(response, { bytesMax, wait: task.wait, message })
      if (!answered) throw malformed('The server ended its answer before there was one.')
    }
    run()
      .catch(reject)
      .finally(() => clearTimeout(drain))
  })

// An error without an id answers a request whose id could not be read: there is only this one.
const answerOf = (heard: Extract<Heard, { kind: 'answer' }>, id: number): Json | UpstreamFault => {
  const { outcome } = heard
  if (heard.id === id) return outcome
  if (heard.id === null && outcome instanceof UpstreamFault) return outcome
  throw malformed('The server answered a request that nobody made.')
}

const passOn = (heard: Heard, { asked }: Task): void => {
  if (heard.kind !== 'notification') return
  if (heard.method === 'notifications/progress') asked.progress?.(heard.params)
  else if (heard.method === 'notifications/message') asked.logged?.(heard.params)
}

/** Opens a `subscriptions/listen` and reads it to its end. */
const openStream =
  (ground: ModernGround, nextId: () => number): OpenStream =>
  async (filter, ears, signal) => {
    const params = { notifications: filter }
    const method = 'subscriptions/listen'
    const asked = { method, params, capabilities: {}, timeoutMs: ACK_MS, signal }
    const task = { id: nextId(), asked, wait: startWait(asked, ground.now) }
    const { wait } = task
    let quiet: NodeJS.Timeout | undefined
    const alive = () => {
      clearTimeout(quiet)
      quiet = setTimeout(() => wait.cut('away', 'The stream fell silent.'), QUIET_MS).unref()
    }
    try {
      const response = await send(ground, task)
      await readMessages(response, {
        bytesMax: ground.http.bytesMax,
        wait,
        endless: true,
        alive,
        message(raw) {
          const heard = readMessage(raw)
          if (heard.kind === 'answer') {
            const outcome = answerOf(heard, task.id)
            if (outcome instanceof UpstreamFault) throw outcome
          } else if (heard.kind === 'notification') {
            listened({ ...heard, id: task.id }, ears, () => wait.pause())
          }
        },
      })
    } catch (error) {
      throw wait.explain(error)
    } finally {
      clearTimeout(quiet)
      wait.end()
    }
  }

/** Takes a notification of a stream of changes; those of other streams are none of its business. */
export const listened = (
  heard: Readonly<{ method: string; params: Json; id: number }>,
  ears: Parameters<OpenStream>[1],
  acknowledged: () => void,
): void => {
  const { method, params, id } = heard
  const own = memberOf(params, '_meta')[META.subscription]
  if (own !== undefined && own !== id) return
  if (method === 'notifications/subscriptions/acknowledged') {
    acknowledged()
    ears.acknowledged()
  } else if (NOTICES.has(method)) ears.notice(method, params)
}
