import { setTimeout as delay } from 'node:timers/promises'
import { decide, type Rights } from '../../kernel/access.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { LiveEvent, LivePage, LiveReader } from '../../kernel/hall.ts'
import { isPermission, type Permission } from '../../kernel/permission.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Database } from '../database.ts'
import { epochOf } from '../evidence/epochs.ts'
import type { Batch, Feed } from './feed.ts'
import { type LedgerEvent, readHead, readLedger } from './ledger.ts'
import type { Room } from '../room.ts'
import type { Sql } from '../sql.ts'

/** Reads where the ledger of an organisation is; cursors of an older epoch start anew. */
export const readPlace = async (
  sql: Sql,
  orgId: string,
): Promise<Readonly<{ pos: number; epoch: number }>> => {
  const [head, epoch] = await Promise.all([readHead(sql, orgId), epochOf(sql, orgId)])
  return { pos: head?.pos ?? 0, epoch }
}

const RIGHTS_RETRY_MS = 200

type LiveOptions = Readonly<{
  database: Database
  feed: Feed
  rooms: readonly Room[]
  rightsOf: (actor: Actor) => Rights | Promise<Rights>
  /** The clock by which grants end; left out: the machine's. */
  now?: () => number
  /** Hears of listeners that throw; the reader goes on with the next batch. */
  failed?: (error: unknown) => void
}>

/** Makes readers of live events: each asks its actor's rights anew for every event. */
export const liveReaders = (options: LiveOptions) => {
  const { database, feed, rooms, rightsOf, now = Date.now, failed = () => {} } = options
  const needed = permissionsOf(rooms)
  return (actor: Actor): LiveReader => {
    let known: number | null = null
    /** Gives the epoch; it is asked for again once an event says that it rose. */
    const epochAt = async (events: readonly LedgerEvent[]): Promise<number> => {
      if (events.some(({ name }) => name === 'platform.ledger_restored')) known = null
      known ??= await epochOf(database.read(actor.orgId), actor.orgId)
      return known
    }
    const page = async (events: readonly LedgerEvent[], pos: number): Promise<LivePage> => {
      const [rights, epoch] = await Promise.all([rightsOf(actor), epochAt(events)])
      const seen = events.filter((event) => maySee(event, actor, { rights, needed, now: now() }))
      return { events: seen.map(toLive), pos, epoch }
    }
    return {
      async after(pos) {
        const { orgId } = actor
        const events = await readLedger(database.read(orgId), orgId, { pos, since: 0 })
        const first = events[0]
        if (first && first.pos !== pos + 1) throw tooOld()
        // Where nothing was found nothing was passed: what is sealed meanwhile comes after `pos`.
        return page(events, events.at(-1)?.pos ?? pos)
      },
      async head() {
        const place = await readPlace(database.read(actor.orgId), actor.orgId)
        known = place.epoch
        return place
      },
      follow(listener) {
        let before = Promise.resolve()
        let stopped = false
        const tell = async ({ events, pos }: Batch): Promise<void> => {
          // Where rights cannot be read now: leaving the batch out would lose it without a word.
          let ready = await page(events, pos).catch(() => null)
          while (ready === null && !stopped) {
            await delay(RIGHTS_RETRY_MS)
            ready = await page(events, pos).catch(() => null)
          }
          if (ready && !stopped && ready.events.length > 0) listener(ready)
        }
        const stop = feed.listen((batch) => {
          if (batch.orgId !== actor.orgId) return
          // Rights may have to be loaded: pages still leave in their order.
          before = before.then(() => tell(batch)).catch(failed)
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
export const permissionsOf = (rooms: readonly Room[]): ReadonlyMap<string, Permission> => {
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
  { rights, needed, now }: { rights: Rights; needed: ReadonlyMap<string, Permission>; now: number },
): boolean => {
  const permission = needed.get(event.name)
  if (!permission) return false
  const place = event.data['projectId']
  const projectId = typeof place === 'string' ? place : null
  return decide(rights, actor, { permission, projectId, now }).reason === 'allowed'
}

/** Joins the erasable parts and drops the audit: what streams show of an event. */
export const toLive = (event: LedgerEvent): LiveEvent => {
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
