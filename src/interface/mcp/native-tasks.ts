import { z } from 'zod'
import type { Actor } from '../../kernel/actor.ts'
import { openText, sealText } from '../sealed.ts'
import type { Ground, NativeTask, Visitor } from './ground.ts'
import { pageQuestion } from './native-answer.ts'
import type { Json } from './protocol.ts'
import { badParams, CAPABILITIES_KEY, Fault, isJson } from './protocol.ts'

// Calls that go on without their caller, in the words of the protocol's extension for tasks. What
// names one is sealed: it cannot be guessed, and is good for whoever made the call only.

/** The name of the extension. */
export const TASKS_KEY = 'io.modelcontextprotocol/tasks'
/** Tasks that one stream follows. */
export const TASKS_MAX = 20

const PURPOSE = 'gt1.'
/** Milliseconds for which the result of a task is kept, and between looks at it. */
const TTL_MS = 24 * 3_600_000
const POLL_MS = 1_000
const CAPABILITY_CODE = -32_021

const Facts = z.object({ org: z.string(), principal: z.string(), key: z.string() })

/** Tells whether a request takes a task as its answer. */
export const takesTasks = (meta: Json): boolean => {
  const declared = meta[CAPABILITIES_KEY]
  const extensions = isJson(declared) ? declared['extensions'] : undefined
  return isJson(extensions) && extensions[TASKS_KEY] !== undefined
}

/** Refuses a request about tasks by a client that has not said that it takes them. */
export const wantTasks = (meta: Json): void => {
  if (takesTasks(meta)) return
  const data = { requiredCapabilities: { extensions: { [TASKS_KEY]: {} } } }
  const message = `Declare the extension ${TASKS_KEY} to work with tasks.`
  throw new Fault({ status: 400, code: CAPABILITY_CODE, data }, message)
}

/** Names the task of a call, for whoever made it. */
export const taskIdOf = (sealKey: Uint8Array, actor: Actor, key: string): string =>
  sealText(sealKey, PURPOSE, JSON.stringify({ org: actor.orgId, principal: actor.id, key }))

/** Gives the call behind a task's name; an unknown one and another's look alike. */
export const callOfTask = (sealKey: Uint8Array, actor: Actor, taskId: unknown): string => {
  const key = keyOf(sealKey, actor, taskId)
  if (key === null) throw badParams('Unknown task.')
  return key
}

/** Tells whether something names a task of this actor. */
export const isOwnTask = (sealKey: Uint8Array, actor: Actor, taskId: unknown): boolean =>
  keyOf(sealKey, actor, taskId) !== null

const keyOf = (sealKey: Uint8Array, actor: Actor, taskId: unknown): string | null => {
  const text = typeof taskId === 'string' ? openText(sealKey, PURPOSE, taskId) : null
  const facts = text === null ? null : Facts.parse(JSON.parse(text))
  const isOwn = facts?.org === actor.orgId && facts.principal === actor.id
  return facts !== null && isOwn ? facts.key : null
}

/** Shows a task that has just been made. */
export const newTask = (taskId: string, now: number): Json => {
  const at = new Date(now).toISOString()
  return { resultType: 'task', ...frame(taskId, 'working', { createdAt: at, changedAt: at }) }
}

type Times = Pick<NativeTask, 'createdAt' | 'changedAt'>

const frame = (taskId: string, status: NativeTask['status'], { createdAt, changedAt }: Times) => ({
  ...{ taskId, status, createdAt, lastUpdatedAt: changedAt },
  ...{ ttlMs: TTL_MS, pollIntervalMs: POLL_MS },
})

/** Shows how a task stands, with its result, its error or its questions. */
export const taskView = (taskId: string, task: NativeTask, capabilities: Json): Json => {
  const { status, result, fault, questions, text } = task
  const page = pageQuestion(task, capabilities)
  if (status === 'working' && page !== null) {
    return { ...frame(taskId, 'input_required', task), inputRequests: { page } }
  }
  const base = frame(taskId, status, task)
  switch (status) {
    case 'completed':
      return { ...base, result: { resultType: 'complete', ...result } }
    case 'failed':
      return { ...base, error: fault }
    case 'input_required':
      return { ...base, inputRequests: questions }
    default:
      return { ...base, statusMessage: text }
  }
}

type Following = Readonly<{
  taskId: string
  capabilities: Json
  signal: AbortSignal
  tell: (params: Json) => void
}>

/** Tells of a task whenever it stands otherwise, until it is over or nobody listens. */
export const followTask = async (
  { native, sealKey }: Ground,
  visitor: Visitor,
  { taskId, capabilities, signal, tell }: Following,
): Promise<void> => {
  const key = callOfTask(sealKey, visitor.actor, taskId)
  let known = ''
  let act: 'show' | 'wait' = 'show'
  while (!signal.aborted && native !== null) {
    const task = await native.follow(visitor, { key, act, signal })
    const view = taskView(taskId, task, capabilities)
    const mark = JSON.stringify([view['status'], view['inputRequests']])
    if (known !== '' && mark !== known && !signal.aborted) tell(view)
    known = mark
    act = 'wait'
    if (['completed', 'failed', 'cancelled'].includes(task.status)) return
  }
}
