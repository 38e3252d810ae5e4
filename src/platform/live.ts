import { decide, type Rights } from '../kernel/access.ts'
import type { Actor } from '../kernel/actor.ts'
import type { LiveEvent, LivePage, LiveReader } from '../kernel/hall.ts'
import { isPermission, type Permission } from '../kernel/permission.ts'
import { refuse } from '../kernel/refusal.ts'
import type { Database } from './database.ts'
import type { Feed } from './feed.ts'
import { type LedgerEvent, LEDGER_PAGE_MAX, readHead, readLedger } from './ledger.ts'
import type { Room } from './room.ts'

/** Rises when a ledger is restored from a backup; cursors of an older epoch start anew. */
export const LEDGER_EPOCH = 1

type LiveOptions = Readonly<{
  database: Database
  feed: Feed
  rooms: readonly Room[]
  rightsOf: (actor: Actor) => Rights | Promise<Rights>
}>

/** Makes readers of live events: each asks its actor's rights anew for every event. */
export const liveReaders = ({ database, feed, rooms, rightsOf }: LiveOptions) => {
  const needed = permissionsOf(rooms)
  return (actor: Actor): LiveReader => {
    const page = async (events: readonly LedgerEvent[], pos: number): Promise<LivePage> => {
      const rights = await rightsOf(actor)
      const seen = events.filter((event) => maySee(event, actor, { rights, needed }))
      return { events: seen.map(toLive), pos, epoch: LEDGER_EPOCH }
    }
    return {
      async after(pos) {
        const { orgId } = actor
        const events = await readLedger(database.read(orgId), orgId, { pos, since: 0 })
        const first = events[0]
        if (first && first.pos !== pos + 1) throw tooOld()
        const full = events.length === LEDGER_PAGE_MAX
        return page(events, events.at(-1)?.pos ?? (full ? pos : Math.max(pos, feed.pos(orgId))))
      },
      async head() {
        const head = await readHead(database.read(actor.orgId), actor.orgId)
        return { pos: head?.pos ?? 0, epoch: LEDGER_EPOCH }
      },
      follow(listener) {
        let before = Promise.resolve()
        let stopped = false
        const stop = feed.listen(({ orgId, events, pos }) => {
          if (orgId !== actor.orgId) return
          const next = page(events, pos)
          // Rights may have to be loaded: pages still leave in their order.
          before = before.then(
            async () => {
              const ready = await next
              if (!stopped) listener(ready)
            },
            () => {},
          )
        })
        return () => {
          stopped = true
          stop()
        }
      },
    }
  }
}

const tooOld = () => {
  const message = 'The ledger does not reach back to this position; read the present state anew.'
  return refuse('conflict', 'platform.resync', message)
}

/** Lists for each event name the permission that its readers need. */
const permissionsOf = (rooms: readonly Room[]): ReadonlyMap<string, Permission> => {
  const needed = new Map<string, Permission>()
  for (const { events } of rooms) {
    for (const [permission, kinds] of Object.entries(events)) {
      if (!isPermission(permission)) continue
      for (const kind of kinds) needed.set(kind.event, permission)
    }
  }
  return needed
}

const maySee = (
  event: LedgerEvent,
  actor: Actor,
  { rights, needed }: { rights: Rights; needed: ReadonlyMap<string, Permission> },
): boolean => {
  const permission = needed.get(event.name)
  if (!permission) return false
  const place = event.data['projectId']
  const projectId = typeof place === 'string' ? place : null
  return decide(rights, actor, { permission, projectId }).reason === 'allowed'
}

/** Joins the erasable parts and drops the audit: what streams show of an event. */
const toLive = (event: LedgerEvent): LiveEvent => {
  const { audit: _, ...data } = event.data
  return {
    orgId: event.orgId,
    pos: event.pos,
    name: event.name,
    id: event.subject,
    version: event.subjectVersion,
    actor: event.actor,
    at: new Date(event.happenedAt).toISOString(),
    data: { ...data, ...event.parts['content'], ...event.parts['personal'] },
  }
}
