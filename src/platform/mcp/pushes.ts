import type { Json } from './line.ts'
import { UpstreamFault } from './line.ts'
import type { Call, Peer, Push } from './peer.ts'
import { CODES, memberOf } from './words.ts'

// A legacy server may ask the client while it works: for words of a person, of a model, for roots.
// On a connection that several calls share such a request names no call. So from the first one on
// a line serves one call at a time, and one that could belong to two is cancelled.

const ASKS_MAX = 32
const ASKS_UNDER_WAY_MAX = 8
const ASK_MS_MAX = 600_000

type Ask = NonNullable<Call['asked']['ask']>
type PushPeer = Pick<Peer, 'callOf' | 'underWay' | 'oneAtATime' | 'answer'>

/** Makes what answers the requests of a legacy server. */
export const pushDesk = (peer: () => PushPeer): ((push: Push) => void) => {
  let underWay = 0
  const reply = (push: Push, outcome: Json | UpstreamFault) => {
    // A server that is gone meanwhile needs no answer.
    peer()
      .answer(push.id, outcome)
      .catch(() => {})
  }
  const askCaller = async (push: Push, call: Call, ask: Ask) => {
    call.asks += 1
    underWay += 1
    // Nobody blames the server for the time that a person takes.
    call.wait.pause()
    try {
      reply(push, await call.wait.until(inTime(ask(push.method, push.params))))
    } catch (error) {
      reply(push, error instanceof UpstreamFault ? error : notAnswered())
    } finally {
      underWay -= 1
      call.wait.resume()
    }
  }
  return (push) => {
    if (push.method === 'ping') return reply(push, {})
    if (!isAsk(push.method)) return reply(push, notServed(push.method))
    if (push.origin === null) peer().oneAtATime()
    const call = peer().callOf(push.origin)
    if (call === null) return reply(push, unnamed(push.method, peer().underWay()))
    if (!declares(call.asked.capabilities, push)) return reply(push, notServed(push.method))
    if (call.asks >= ASKS_MAX || underWay >= ASKS_UNDER_WAY_MAX) {
      return reply(push, new UpstreamFault(CODES.internal, 'Too many questions for one call.'))
    }
    const { ask } = call.asked
    if (ask === undefined) return reply(push, notServed(push.method))
    askCaller(push, call, ask).catch(() => {})
  }
}

const inTime = (answer: Promise<Json>): Promise<Json> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(notAnswered()), ASK_MS_MAX).unref()
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })

const isAsk = (method: string): boolean =>
  method === 'elicitation/create' || method === 'sampling/createMessage' || method === 'roots/list'

/** Tells whether the caller's client said that it can answer this. */
const declares = (capabilities: Json, { method, params }: Push): boolean => {
  if (method === 'roots/list') return capabilities['roots'] !== undefined
  if (method === 'sampling/createMessage') {
    const sampling = memberOf(capabilities, 'sampling')
    const wantsTools = params['tools'] !== undefined || params['toolChoice'] !== undefined
    return capabilities['sampling'] !== undefined && (!wantsTools || 'tools' in sampling)
  }
  if (capabilities['elicitation'] === undefined) return false
  const modes = memberOf(capabilities, 'elicitation')
  if (params['mode'] === 'url') return 'url' in modes
  // Without any mode said, forms are meant.
  return 'form' in modes || !('url' in modes)
}

const notServed = (method: string): UpstreamFault =>
  new UpstreamFault(CODES.method, `The caller's client does not answer ${method}.`)

const notAnswered = (): UpstreamFault =>
  new UpstreamFault(CODES.internal, 'The caller did not answer.')

const unnamed = (method: string, underWay: number): Json | UpstreamFault => {
  if (method === 'elicitation/create') return { action: 'cancel' }
  const message =
    underWay === 0
      ? 'No call is under way that could answer.'
      : 'Several calls are under way; ask again in the next one.'
  return new UpstreamFault(CODES.server, message)
}
