import type { Json, UpstreamFault } from './line.ts'
import { faultOf } from './http.ts'
import { malformed } from './read-json.ts'
import { isJson } from './words.ts'

/** A JSON-RPC message of a server, as far as it has the form of one. */
export type Heard =
  | Readonly<{ kind: 'notification'; method: string; params: Json }>
  | Readonly<{ kind: 'request'; id: string | number; method: string; params: Json }>
  | Readonly<{ kind: 'answer'; id: unknown; outcome: Json | UpstreamFault }>

/** Tells what kind of message something is, or throws `malformed`. */
export const readMessage = (message: unknown): Heard => {
  if (!isJson(message)) throw malformed('The server sent a message that is no object.')
  const { id, method } = message
  if (typeof method !== 'string') return { kind: 'answer', id, outcome: outcomeOf(message) }
  const params = isJson(message['params']) ? message['params'] : {}
  if (id === undefined) return { kind: 'notification', method, params }
  if (typeof id === 'string' || typeof id === 'number') {
    return { kind: 'request', id, method, params }
  }
  throw malformed('The server sent a request whose id is neither text nor number.')
}

const outcomeOf = ({ result, error }: Json): Json | UpstreamFault => {
  if (error === undefined && isJson(result)) return result
  const fault = result === undefined ? faultOf(error) : null
  if (fault === null) throw malformed('The server sent neither a result nor an error.')
  return fault
}
