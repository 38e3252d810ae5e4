import type { Exchange, Ground, Visitor } from './ground.ts'
import type { Json, Message } from './protocol.ts'
import { badParams, CODES, Fault, isJson, SERVER_KEY, SUBSCRIPTION_KEY } from './protocol.ts'
import { matchUri } from './resources.ts'
import type { Stream } from './sse.ts'
import { followTask, isOwnTask, takesTasks, TASKS_MAX } from './native-tasks.ts'
import { openStream } from './sse.ts'
import { watch } from './watch.ts'

/** Resources that one stream may watch. */
export const URIS_MAX = 100
const STREAMS_MAX = 2_000
const STREAMS_PER_ACTOR_MAX = 64

type Wanted = Readonly<{
  toolsListChanged?: true
  promptsListChanged?: true
  resourcesListChanged?: true
  resourceSubscriptions?: readonly string[]
  taskIds?: readonly string[]
}>

/** The open `subscriptions/listen` streams of a process. */
export type Listens = Readonly<{
  open(exchange: Exchange, visitor: Visitor, message: Message): Promise<void>
  /** Tells every reader that the stream is over, and ends it. */
  close(): void
}>

/** Makes the place where streams of changes are opened. */
export const makeListens = (ground: Ground, serverInfo: Json): Listens => {
  const ends = new Set<() => void>()
  const perActor = new Map<string, number>()
  const count = (id: string, by: number) => {
    const now = (perActor.get(id) ?? 0) + by
    if (now > 0) perActor.set(id, now)
    else perActor.delete(id)
  }
  return {
    async open(exchange, visitor, message) {
      const { actor } = visitor
      if (ends.size >= STREAMS_MAX || (perActor.get(actor.id) ?? 0) >= STREAMS_PER_ACTOR_MAX) {
        throw new Fault({ status: 200, code: CODES.internal }, 'Subscription limit reached')
      }
      const { names } = await ground.hall.offers(actor)
      const isSeen = (uri: string) => visitor.place.hub !== null || isVisible(ground, names, uri)
      const asked = message.params['notifications']
      const tasks = visitor.place.hub === null ? {} : tasksIn(ground, visitor, message)
      const wanted = { ...honoured(isSeen, asked), ...tasks }
      if (exchange.res.destroyed) return
      const { id } = message
      const end = follow(ground, visitor, { ...exchange, wanted, id, serverInfo })
      ends.add(end)
      count(actor.id, 1)
      exchange.res.once('close', () => {
        if (ends.delete(end)) count(actor.id, -1)
      })
      if (Object.keys(wanted).length === 0) end()
    },
    close() {
      for (const end of ends) end()
    },
  }
}

type Following = Exchange & Readonly<{ wanted: Wanted; id: Message['id']; serverInfo: Json }>

const follow = (
  ground: Ground,
  visitor: Visitor,
  { res, security, wanted, id, serverInfo }: Following,
): (() => void) => {
  const stream: Stream = openStream({ res, security })
  const meta = { [SUBSCRIPTION_KEY]: id }
  const tell = (method: string, params: Json = {}) =>
    stream.send({ jsonrpc: '2.0', method, params: { ...params, _meta: meta } })
  const end = () => {
    stop()
    const last = { ...meta, [SERVER_KEY]: serverInfo }
    stream.send({ jsonrpc: '2.0', id, result: { resultType: 'complete', _meta: last } })
    stream.end()
  }
  tell('notifications/subscriptions/acknowledged', { notifications: wanted })
  const stop = watch(ground, visitor, {
    uris: () => wanted.resourceSubscriptions ?? [],
    heard: {
      updated: (uri) => tell('notifications/resources/updated', { uri }),
      toolsChanged: () => {
        if (wanted.toolsListChanged) tell('notifications/tools/list_changed')
      },
      promptsChanged: () => {
        if (wanted.promptsListChanged) tell('notifications/prompts/list_changed')
      },
      resourcesChanged: () => {
        if (wanted.resourcesListChanged) tell('notifications/resources/list_changed')
      },
      revoked: () => end(),
    },
  })
  const over = new AbortController()
  for (const taskId of wanted.taskIds ?? []) {
    const tellOf = (view: Json) => tell('notifications/tasks', view)
    const following = { taskId, capabilities: {}, signal: over.signal, tell: tellOf }
    followTask(ground, visitor, following).catch((error: unknown) => {
      ground.hall.log('info', 'mcp: a task is not followed', { error: String(error) })
    })
  }
  res.once('close', () => {
    over.abort()
    stop()
  })
  return end
}

/** Picks the tasks that a stream may follow: the reader's own. */
const tasksIn = (
  { sealKey }: Ground,
  { actor }: Visitor,
  { params, meta }: Message,
): Pick<Wanted, 'taskIds'> => {
  const asked = params['notifications']
  const ids = isJson(asked) ? asked['taskIds'] : undefined
  if (!Array.isArray(ids) || !takesTasks(meta)) return {}
  const own = ids.slice(0, TASKS_MAX).filter((id): id is string => isOwnTask(sealKey, actor, id))
  return own.length > 0 ? { taskIds: own } : {}
}

const LISTS = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'] as const

const honoured = (isSeen: (uri: string) => boolean, asked: unknown): Wanted => {
  if (!isJson(asked)) throw badParams('Say in params.notifications what to listen for.')
  const flags = LISTS.filter((name) => {
    const flag = asked[name]
    if (flag !== undefined && typeof flag !== 'boolean')
      throw badParams(`${name} is true or false.`)
    return flag === true
  })
  const uris = asked['resourceSubscriptions'] ?? []
  const areTexts = Array.isArray(uris) && uris.every((uri) => typeof uri === 'string')
  if (!areTexts) throw badParams('resourceSubscriptions is a list of resource URIs.')
  const seen = new Set(uris.filter(isSeen))
  return {
    ...Object.fromEntries(flags.map((name) => [name, true as const])),
    ...(seen.size > 0 && { resourceSubscriptions: [...seen].slice(0, URIS_MAX) }),
  }
}

/** Tells whether a URI names a resource that the actor may ever read. */
export const isVisible = ({ shelf }: Ground, names: ReadonlySet<string>, uri: string): boolean => {
  const found = matchUri(shelf.templates, uri)
  return found !== null && names.has(found.template.operation.name)
}
