import { assert } from '../../kernel/assert.ts'
import type { CallClient } from '../../kernel/operation.ts'
import { wishesOf } from './call.ts'
import { NATIVE_INSTRUCTIONS } from './instructions.ts'
import { checkMarkedHeaders } from './ladder.ts'
import type { Asked, Context, Method } from './modern-method.ts'
import { closing, DISCOVER_TTL_MS, LIST_TTL_MS, noCursor, withTail } from './modern-method.ts'
import { pageQuestion, refOf, serverFault } from './native-answer.ts'
import { badState, openState, sealState } from './native-state.ts'
import { isLoud, speaking } from './native-stream.ts'
import {
  callOfTask,
  newTask,
  takesTasks,
  taskIdOf,
  TASKS_KEY,
  taskView,
  wantTasks,
} from './native-tasks.ts'
import type { Native, NativeKind, NativeLists, NativeOutcome, NativeView } from './ground.ts'
import type { Json } from './protocol.ts'
import {
  ascii,
  badParams,
  CAPABILITIES_KEY,
  isJson,
  LOG_LEVEL_KEY,
  MODERN_VERSION,
  SERVER_KEY,
} from './protocol.ts'

// The stateless era at a profile of the hub: what servers list and answer passes through.

const NOTHING: Json = {}
const RESULT_TOOL = 'guildhall__result'

const nativeOf = ({ ground }: Context): Native => {
  assert(ground.native, 'an address of a profile is read only where there are profiles')
  return ground.native
}

const discover: Method = async (context, { visitor }) => {
  const { offers } = await nativeOf(context).view(visitor)
  const about = {
    supportedVersions: [MODERN_VERSION],
    capabilities: { ...nativeCapabilities(offers), extensions: { [TASKS_KEY]: {} } },
    instructions: NATIVE_INSTRUCTIONS,
  }
  return withTail({ ...about, ttlMs: DISCOVER_TTL_MS, cacheScope: 'private' }, context.tail)
}

/** Tells what a profile can do: lists always, the rest where one of its servers can. */
export const nativeCapabilities = ({ logging, completions, subscribe }: NativeView['offers']) => ({
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, ...(subscribe && { subscribe }) },
  ...(completions && { completions: {} }),
  ...(logging && { logging: {} }),
})

/** Makes the method of a list: its text is made once for equal lists. */
const list =
  (make: (lists: NativeLists) => Json): Method =>
  async (context, { visitor, message }) => {
    noCursor(message)
    const view = await nativeOf(context).view(visitor)
    const key = `${visitor.actor.orgId} ${message.method} ${visitor.place.mark} ${view.mark}`
    const known = context.lists.get(key)
    if (known !== undefined) return known
    const made = make(await view.lists())
    const hints = { ttlMs: LIST_TTL_MS, cacheScope: 'private' }
    const text = ascii(withTail({ ...made, ...hints }, context.tail))
    context.lists.set(key, text)
    return text
  }

const call: Method = async (context, asked) => {
  const { message, exchange, visitor } = asked
  const { name, arguments: args = NOTHING } = message.params
  if (typeof name !== 'string') throw badParams('Say in params.name which tool to call.')
  if (!isJson(args)) throw badParams('Send the arguments of a tool as an object.')
  const { marks } = await nativeOf(context).view(visitor)
  checkMarkedHeaders(marks[name] ?? [], args, exchange.req.headers)
  return pass(context, asked, { kind: 'call', input: { name, args } })
}

const read: Method = (context, asked) => {
  const { uri } = asked.message.params
  if (typeof uri !== 'string') throw badParams('Say in params.uri what to read.')
  return pass(context, asked, { kind: 'read', input: { uri } })
}

const prompt: Method = (context, asked) => {
  const { name, arguments: args = NOTHING } = asked.message.params
  if (typeof name !== 'string') throw badParams('Say in params.name which prompt to fill in.')
  if (!isJson(args)) throw badParams('Send the arguments of a prompt as an object.')
  return pass(context, asked, { kind: 'prompt', input: { name, args } })
}

const complete: Method = (context, asked) => {
  const { ref, argument, context: filled } = asked.message.params
  if (!isJson(ref) || !isJson(argument)) throw badParams('Send ref and argument as objects.')
  const input = { ref, argument, ...(filled !== undefined && { context: filled }) }
  return pass(context, asked, { kind: 'complete', input })
}

type Passing = Readonly<{ kind: NativeKind; input: Json }>

/** Passes a request on, with what its client can do and what it brings back. */
const pass = async (context: Context, asked: Asked, passing: Passing): Promise<string | null> => {
  const { visitor, message, exchange } = asked
  const native = nativeOf(context)
  await native.view(visitor)
  const { hall } = context.ground
  const speech = speaking(hall, asked)
  const back = broughtBack(context, asked)
  const level = message.meta[LOG_LEVEL_KEY]
  const { kind, input } = waitedFor(back.ref, passing)
  const outcome = native.run(visitor, {
    kind,
    signal: closing(exchange),
    client: { ...clientOf(asked, speech.tell), ...back.client },
    repeatKey: back.isRetry ? undefined : wishesOf(message.meta).repeatKey,
    input: {
      ...input,
      ...(kind !== 'complete' && back.state !== undefined && { state: back.state }),
      ...(kind !== 'complete' && typeof level === 'string' && { logLevel: level }),
      ...(kind === 'call' &&
        takesTasks(message.meta) && { patienceMs: context.ground.taskAfterMs }),
    },
  })
  return speech.finish(outcome.then((done) => resultOf(context, asked, { ...passing, done })))
}

/** Reads what a retry brings: answers, and a state of ours or of the server. */
const broughtBack = ({ ground }: Context, { visitor, message }: Asked) => {
  const { inputResponses, requestState } = message.params
  if (inputResponses !== undefined && !isJson(inputResponses)) {
    throw badParams('Send inputResponses as an object.')
  }
  if (requestState !== undefined && typeof requestState !== 'string') throw badState()
  const answers = inputResponses === undefined ? {} : { answers: inputResponses }
  const isRetry = inputResponses !== undefined || requestState !== undefined
  if (requestState === undefined) return { client: answers, state: undefined, ref: null, isRetry }
  const { method, params } = message
  const bound = { actor: visitor.actor, method, params, now: ground.hall.now() }
  const ref = openState(ground.sealKey, bound, requestState)
  if (ref === null) return { client: answers, state: requestState, ref, isRetry }
  const flight = ref.startsWith('flight:') ? { ref: ref.slice('flight:'.length) } : {}
  // Answers to questions of the hub itself are for nobody else.
  const client = ref.startsWith('flight:') ? { ...answers, ...flight } : {}
  return { client, state: undefined, ref, isRetry }
}

/** A call that waited for a person is waited for; everything else is asked as it stands. */
const waitedFor = (ref: string | null, passing: Passing): Passing => {
  if (ref === null || !ref.startsWith('call:')) return passing
  return { kind: 'call', input: { name: RESULT_TOOL, args: { call: ref.slice('call:'.length) } } }
}

const clientOf = (
  { message: { meta } }: Asked,
  tell: (method: string, params: Json) => void,
): CallClient => {
  const { progressToken: token, [LOG_LEVEL_KEY]: level, [CAPABILITIES_KEY]: declared } = meta
  return {
    capabilities: isJson(declared) ? declared : NOTHING,
    ...(token !== undefined && {
      progress: (params) => tell('notifications/progress', { ...params, progressToken: token }),
    }),
    ...(typeof level === 'string' && {
      logged: (params) => isLoud(params, level) && tell('notifications/message', params),
    }),
  }
}

type Done = Passing & Readonly<{ done: NativeOutcome }>

const resultOf = (context: Context, asked: Asked, { done, ...passing }: Done): string => {
  const fault = serverFault(done, passing)
  if (fault !== null) throw fault
  const { serverInfo, ground } = context
  const { visitor, message } = asked
  const { method, params, meta } = message
  const bound = { actor: visitor.actor, method, params, now: ground.hall.now() }
  const seal = (ref: string) => sealState(ground.sealKey, bound, ref)
  const isOpen = done.state === 'begun' || done.state === 'parked'
  if (isOpen && done.key !== null && takesTasks(meta)) {
    const taskId = taskIdOf(ground.sealKey, visitor.actor, done.key)
    return whole(newTask(taskId, ground.hall.now()), serverInfo)
  }
  const declared = meta[CAPABILITIES_KEY]
  const question = pageQuestion(done, isJson(declared) ? declared : NOTHING)
  if (question !== null) {
    const inputRequests = { page: question }
    const asks = { resultType: 'input_required', inputRequests, requestState: seal(refOf(done)) }
    return whole(asks, serverInfo)
  }
  if (done.ref !== null) {
    return whole({ ...done.result, requestState: seal(`flight:${done.ref}`) }, serverInfo)
  }
  const asks = done.result?.['resultType'] === 'input_required'
  const hints = passing.kind === 'read' && !asks ? { ttlMs: 0, cacheScope: 'private' } : {}
  return whole({ resultType: 'complete', ...done.result, ...hints }, serverInfo)
}

const whole = (result: Json, serverInfo: Json): string => {
  const meta = isJson(result['_meta']) ? result['_meta'] : NOTHING
  return JSON.stringify({ ...result, _meta: { ...meta, [SERVER_KEY]: serverInfo } })
}

const listen: Method = async ({ listens }, { exchange, visitor, message }) => {
  await listens.open(exchange, visitor, message)
  return null
}

/** Makes a method about a task; only its look at it says more than that it was heard. */
const task =
  (act: 'show' | 'answer' | 'cancel'): Method =>
  async (context, { visitor, message }) => {
    const { sealKey } = context.ground
    const { params, meta } = message
    wantTasks(meta)
    const { taskId, inputResponses } = params
    const key = callOfTask(sealKey, visitor.actor, taskId)
    if (act === 'answer' && !isJson(inputResponses)) {
      throw badParams('Send inputResponses as an object.')
    }
    const answers = isJson(inputResponses) ? { answers: inputResponses } : {}
    const found = await nativeOf(context).follow(visitor, { key, act, ...answers })
    const { visited } = context
    if (answers.answers?.['page'] !== undefined) visited.set(String(taskId), true)
    if (act !== 'show') return whole({ resultType: 'complete' }, context.serverInfo)
    const declared = visited.has(String(taskId)) ? NOTHING : meta[CAPABILITIES_KEY]
    const view = taskView(String(taskId), found, isJson(declared) ? declared : NOTHING)
    return whole({ resultType: 'complete', ...view }, context.serverInfo)
  }

/** The methods of the stateless era at a profile of the hub. */
export const NATIVE_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['tools/call', call],
  ['server/discover', discover],
  ['tools/list', list(({ tools }) => ({ tools }))],
  ['prompts/list', list(({ prompts }) => ({ prompts }))],
  ['resources/list', list(({ resources }) => ({ resources }))],
  ['resources/templates/list', list(({ templates }) => ({ resourceTemplates: templates }))],
  ['resources/read', read],
  ['prompts/get', prompt],
  ['completion/complete', complete],
  ['subscriptions/listen', listen],
  ['tasks/get', task('show')],
  ['tasks/update', task('answer')],
  ['tasks/cancel', task('cancel')],
])
