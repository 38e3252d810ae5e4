import type { CallClient, Words } from '../../kernel/operation.ts'
import { headerMarks } from '../domain/header-mark.ts'
import { isObject } from '../domain/json.ts'
import type { CallWish } from './call-wish.ts'
import type { Sending, Sent } from './hub-ports.ts'
import type { Json } from './hub-records.ts'

const LOG_LEVEL_KEY = 'io.modelcontextprotocol/logLevel'

/** Names what was called in the record: the server's tool, or the method that was asked for. */
export const recordedName = ({ request, tool }: CallWish): string =>
  request?.method ?? tool.definition.name

type Request = Pick<Sending, 'method' | 'params' | 'tool' | 'headers'>

/** Writes a wish in the words of the protocol, with answers to what the server asked before. */
export const requestOf = (wish: CallWish, client: CallClient | undefined): Request => {
  const { request, tool, args, state, logLevel } = wish
  const { name } = tool.definition
  const more = {
    ...(client?.answers && { inputResponses: client.answers }),
    ...(state !== undefined && { requestState: state }),
    ...(logLevel !== undefined && { _meta: { [LOG_LEVEL_KEY]: logLevel } }),
  }
  if (request) {
    return { method: request.method, params: { ...request.params, ...more }, tool: null }
  }
  const params = { name, arguments: args, ...more }
  return { method: 'tools/call', params, tool: name, headers: markedHeaders(wish) }
}

/** Repeats marked arguments as headers, by the schema that was approved. */
const markedHeaders = ({ tool, args }: CallWish): Readonly<Record<string, string>> => {
  const schema = tool.definition.body['inputSchema']
  const read = isObject(schema) ? headerMarks(schema) : null
  if (read?.kind !== 'valid') return {}
  const found = read.marks.flatMap(({ header, path }) => {
    const value = path.reduce<unknown>((at, field) => (isObject(at) ? at[field] : undefined), args)
    const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
    return isPlain ? [[`Mcp-Param-${header}`, String(value)] as const] : []
  })
  return Object.fromEntries(found)
}

/** A wish, and the client whose answers go with it. */
export type Asking = Readonly<{ wish: CallWish; client: CallClient | undefined }>

/** Times that one call may ask. */
const ROUNDS_MAX = 8

/**
 * Sends a call. Once its caller goes on without it, what its server asks is asked here, and the
 * answers are sent on: it stays one call in the record.
 */
export const sendAndAsk = async (
  wish: CallWish,
  { call: { client } }: Pick<Words, 'call'>,
  send: (asking: Asking) => Promise<Sent>,
): Promise<Sent> => {
  let sent = await send({ wish, client })
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { ask } = client ?? {}
    const questions = sent.kind === 'result' ? questionsIn(sent.result) : null
    if (questions === null || !client || !ask || wish.task?.isAlone() !== true) return sent
    const answers = await Promise.all(
      questions.map(
        async ([name, { method, params }]) => [name, await ask(method, params)] as const,
      ),
    )
    const state = sent.kind === 'result' ? sent.result['requestState'] : undefined
    sent = await send({
      wish: { ...wish, state: typeof state === 'string' ? state : undefined },
      client: { ...client, answers: Object.fromEntries(answers) },
    })
  }
  return sent
}

type Question = readonly [string, Readonly<{ method: string; params: Json }>]

/** Reads what a server wants to know before it goes on. */
const questionsIn = (result: Json): readonly Question[] | null => {
  if (result['resultType'] !== 'input_required') return null
  const { inputRequests } = result
  return Object.entries(isObject(inputRequests) ? inputRequests : {}).flatMap(([name, one]) => {
    if (!isObject(one)) return []
    const { method, params } = one
    if (typeof method !== 'string') return []
    return [[name, { method, params: isObject(params) ? params : {} }] as const]
  })
}
