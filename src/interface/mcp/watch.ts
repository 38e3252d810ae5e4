import type { Hall, LivePage } from '../../kernel/hall.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { Ground, Visitor } from './ground.ts'
import type { Json } from './protocol.ts'
import { changesShelf, touchedBy } from './resources.ts'
import { TICK_MS } from './sse.ts'

/** Milliseconds for which changes of one resource are gathered into one message. */
export const UPDATE_GATHER_MS = 250
/** Milliseconds for which changes of a list are gathered into one message. */
export const LIST_GATHER_MS = 1000

/** What a watcher calls when something changed. */
export type Heard = Readonly<{
  updated(uri: string): void
  toolsChanged(): void
  promptsChanged(): void
  resourcesChanged(): void
  /** The key is no longer good: what it keeps open has to end. */
  revoked(): void
}>

/** Who watches: the actor, and the key to ask again whether it is still good. */
export type Watcher = Pick<Visitor, 'actor' | 'credential' | 'address'>

/** What is watched; `again` says that `uris` are others now. */
export type Watch = Readonly<{ uris: () => Iterable<string>; heard: Heard }>

/** A watch that is under way. */
export type Watched = (() => void) & Readonly<{ again?: () => void }>

/** Watches the resources in `uris` and the lists for one reader; returns the stop. */
export const watch = (ground: Ground, visitor: Visitor, watched: Watch): Watched =>
  visitor.place.hub === null
    ? watchHouse(ground.hall, visitor, watched)
    : watchProfile(ground, visitor, watched)

const watchHouse = (hall: Hall, watcher: Watcher, { uris, heard }: Watch): Watched => {
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

/** Watches a profile of the hub: its servers and its lists tell of changes by themselves. */
const watchProfile = ({ hall, native }: Ground, visitor: Visitor, watched: Watch): Watched => {
  const { uris, heard } = watched
  const gather = gatherer()
  const hear = (method: string, { uri }: Json) => {
    // Lists are compared before they are told of: what comes here has changed.
    if (method === 'notifications/tools/list_changed') {
      gather.later('list:tools', UPDATE_GATHER_MS, heard.toolsChanged)
    } else if (method === 'notifications/prompts/list_changed') {
      gather.later('list:prompts', UPDATE_GATHER_MS, heard.promptsChanged)
    } else if (method === 'notifications/resources/list_changed') {
      gather.later('list:resources', UPDATE_GATHER_MS, heard.resourcesChanged)
    } else if (typeof uri === 'string') {
      gather.later(`uri:${uri}`, UPDATE_GATHER_MS, () => heard.updated(uri))
    }
  }
  let round = new AbortController()
  const start = () => {
    const { signal } = round
    native?.watch(visitor, { uris: [...uris()], signal, heard: hear }).catch((error: unknown) => {
      hall.log('info', 'mcp: a profile is not watched', { error: String(error) })
    })
  }
  const access = accessWatch(hall, visitor, {
    toolsChanged: () => gather.later('list:tools', LIST_GATHER_MS, heard.toolsChanged),
    revoked: heard.revoked,
  })
  start()
  const stop = () => {
    round.abort()
    access()
    gather.stop()
  }
  const again = () => {
    round.abort()
    round = new AbortController()
    start()
  }
  return Object.assign(stop, { again })
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
