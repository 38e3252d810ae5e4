import type { Hall, LivePage } from '../../kernel/hall.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { Exchange, Ground, Visitor } from './ground.ts'
import type { Json, Message } from './protocol.ts'
import { badParams, CODES, Fault, isJson, SERVER_KEY, SUBSCRIPTION_KEY } from './protocol.ts'
import { changesShelf, matchUri, touchedBy } from './resources.ts'
import type { Stream } from './sse.ts'
import { openStream, TICK_MS } from './sse.ts'

/** Resources that one stream may watch. */
export const URIS_MAX = 100
const STREAMS_MAX = 2_000
const STREAMS_PER_ACTOR_MAX = 64

type Wanted = Readonly<{
  toolsListChanged?: true
  promptsListChanged?: true
  resourcesListChanged?: true
  resourceSubscriptions?: readonly string[]
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
      const wanted = honoured(ground, names, message.params['notifications'])
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
  { hall }: Ground,
  { actor, credential, address }: Visitor,
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
  const stop = watch(
    hall,
    { actor, credential, address },
    {
      uris: () => wanted.resourceSubscriptions ?? [],
      heard: {
        updated: (uri) => tell('notifications/resources/updated', { uri }),
        toolsChanged: () => {
          if (wanted.toolsListChanged) tell('notifications/tools/list_changed')
        },
        resourcesChanged: () => {
          if (wanted.resourcesListChanged) tell('notifications/resources/list_changed')
        },
        revoked: () => end(),
      },
    },
  )
  res.once('close', stop)
  return end
}

const LISTS = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'] as const

const honoured = (ground: Ground, names: ReadonlySet<string>, asked: unknown): Wanted => {
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
  const seen = new Set(uris.filter((uri) => isVisible(ground, names, uri)))
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

/** Milliseconds for which changes of one resource are gathered into one message. */
export const UPDATE_GATHER_MS = 250
/** Milliseconds for which changes of a list are gathered into one message. */
export const LIST_GATHER_MS = 1000

/** What a watcher calls when something changed. */
export type Heard = Readonly<{
  updated(uri: string): void
  toolsChanged(): void
  resourcesChanged(): void
  /** The key is no longer good: what it keeps open has to end. */
  revoked(): void
}>

/** Who watches: the actor, and the key to ask again whether it is still good. */
export type Watcher = Pick<Visitor, 'actor' | 'credential' | 'address'>

/** Watches the resources in `uris` and the lists for one reader; returns the stop. */
export const watch = (
  hall: Hall,
  watcher: Watcher,
  watched: Readonly<{ uris: () => Iterable<string>; heard: Heard }>,
): (() => void) => {
  const { uris, heard } = watched
  const gather = gatherer()
  const tests = new Map<string, ReturnType<typeof touchedBy>>()
  const onPage = ({ events }: LivePage) => {
    if (events.some(changesShelf)) {
      gather.later('list:resources', LIST_GATHER_MS, heard.resourcesChanged)
    }
    for (const uri of uris()) {
      const touches = tests.get(uri) ?? touchedBy(uri)
      tests.set(uri, touches)
      if (events.some(touches)) {
        gather.later(`uri:${uri}`, UPDATE_GATHER_MS, () => heard.updated(uri))
      }
    }
  }
  const access = accessWatch(hall, watcher, {
    toolsChanged: () => gather.later('list:tools', LIST_GATHER_MS, heard.toolsChanged),
    revoked: heard.revoked,
  })
  const stops = [hall.live(watcher.actor).follow(onPage), access, gather.stop]
  return () => {
    for (const stop of stops.splice(0)) stop()
  }
}

const gatherer = () => {
  const timers = new Map<string, NodeJS.Timeout>()
  return {
    later: (name: string, ms: number, act: () => void) => {
      if (timers.has(name)) return
      const timer = setTimeout(() => {
        timers.delete(name)
        act()
      }, ms)
      timer.unref()
      timers.set(name, timer)
    },
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}

/** Kinds of refusal that end a stream: the key is over, or not good from this address. */
const NO: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden'])

const accessWatch = (
  hall: Hall,
  { actor, credential, address }: Watcher,
  heard: Pick<Heard, 'toolsChanged' | 'revoked'>,
): (() => void) => {
  let isOver = false
  let mark: string | undefined
  const recheck = async () => {
    const now = await hall.authenticate(credential, { address })
    if (now.epoch !== actor.epoch) return heard.revoked()
    const offers = await hall.offers(now)
    const isNew = mark !== undefined && mark !== offers.mark
    mark = offers.mark
    if (isNew && !isOver) heard.toolsChanged()
  }
  const check = (): void => {
    recheck().catch((error: unknown) => {
      // Only a "no" ends the stream; a database that is away for a moment does not.
      if (error instanceof Refusal && NO.has(error.kind)) heard.revoked()
      else hall.log('warn', 'mcp: a stream could not re-check its key', { error: String(error) })
    })
  }
  check()
  // Expiry makes no event: the tick notices it.
  const tick = setInterval(check, TICK_MS)
  tick.unref()
  const stop = hall.onAccessChange((orgId) => {
    if (orgId === actor.orgId && !isOver) check()
  })
  return () => {
    isOver = true
    clearInterval(tick)
    stop()
  }
}
