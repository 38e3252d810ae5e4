import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, part, type Sql } from '../../platform/sql.ts'
import type { Delivery, DeliveryStore } from '../application/webhook-ports.ts'
import { DELIVERY_KEPT_MS } from '../domain/webhook-delivery.ts'
import { RECEIPT_KEPT_MS } from './webhook-receipt-store.ts'

/** Organisations that one look takes up. */
const ORGS_MAX = 100
/** Deliveries that one look forgets. */
const FORGOTTEN_MAX = 1_000
/** Dead letters that are counted; more are as many. */
const COUNTED_MAX = 10_000

const COLUMNS = part`
  d.id, d.subscription_id as "subscriptionId", d.event, d.event_id as "eventId",
  d.event_pos as "pos", d.event_at as "eventAt", d.state, d.tries, d.fence, d.next_at as "nextAt",
  d.created_at as "createdAt", d.ended_at as "endedAt", d.status, d.said, d.why, d.ms`

/** Keeps deliveries. */
export const webhookDeliveryStore = ({ sql, orgId }: Ground): DeliveryStore => ({
  async add(deliveries) {
    for (const one of deliveries) {
      await sql`
        insert into tools.webhook_delivery
          (org_id, id, subscription_id, event_id, event_pos, event_at, event, state, tries, fence,
           next_at, created_at)
        values (${orgId}, ${one.id}, ${one.subscriptionId}, ${one.eventId}, ${one.pos},
                ${atOrNull(one.eventAt)}, ${one.event}, ${one.state}, ${one.tries}, ${one.fence},
                ${atOrNull(one.nextAt)}, ${at(one.createdAt)})
        on conflict do nothing`
    }
  },
  // Materialized: a plan that looked for what is due again for each row would claim it all.
  claim: ({ now, until, limit, except }) => sql<Delivery>`
    with due as materialized (
      select id from tools.webhook_delivery
       where org_id = ${orgId} and state = 'waiting' and next_at <= ${at(now)}
         and not (subscription_id = any(${except}::uuid[]))
       order by next_at, id limit ${limit}
         for update skip locked)
    update tools.webhook_delivery d
       set tries = d.tries + 1, fence = d.fence + 1, next_at = ${at(until)}
      from due
     where d.org_id = ${orgId} and d.id = due.id
    returning ${COLUMNS}`,
  async lockClaimed(id, fence) {
    const row = await sql.maybe<Delivery>`
      select ${COLUMNS} from tools.webhook_delivery d
       where d.org_id = ${orgId} and d.id = ${id} and d.fence = ${fence}
         and d.state in ('waiting', 'held')
         for update`
    return row ?? null
  },
  async save({ id, state, nextAt, endedAt, status, said, why, ms }) {
    await sql`
      update tools.webhook_delivery
         set state = ${state}, next_at = ${atOrNull(nextAt)}, ended_at = ${atOrNull(endedAt)},
             status = ${status}, said = ${said}, why = ${why}, ms = ${ms}
       where org_id = ${orgId} and id = ${id}`
  },
  async hold(subscriptionId) {
    await sql`
      update tools.webhook_delivery set state = 'held'
       where org_id = ${orgId} and subscription_id = ${subscriptionId} and state = 'waiting'`
  },
  async resume(subscriptionId, now) {
    await sql`
      update tools.webhook_delivery set state = 'waiting', next_at = ${at(now)}
       where org_id = ${orgId} and subscription_id = ${subscriptionId} and state = 'held'`
  },
  async replay({ subscriptionId, id, now, limit }) {
    const again = await sql`
      with ended as materialized (
        select id from tools.webhook_delivery
         where org_id = ${orgId} and subscription_id = ${subscriptionId}
           and case when ${id}::uuid is null then state = 'dead'
                    else id = ${id}::uuid and state in ('dead', 'done') end
         order by id limit ${limit}
           for update)
      update tools.webhook_delivery d
         set state = 'waiting', tries = 0, next_at = ${at(now)}, ended_at = null
        from ended
       where d.org_id = ${orgId} and d.id = ended.id
      returning d.id`
    return again.length
  },
  async countDead(subscriptionId) {
    const { count } = await sql.one<{ count: number }>`
      select count(*)::int as count
        from (select 1 from tools.webhook_delivery
               where org_id = ${orgId} and subscription_id = ${subscriptionId} and state = 'dead'
               limit ${COUNTED_MAX}) dead`
    return count
  },
  async dropWaiting(subscriptionId) {
    await sql`
      delete from tools.webhook_delivery
       where org_id = ${orgId} and subscription_id = ${subscriptionId}
         and state in ('waiting', 'held')`
  },
  list: ({ subscriptionId, state, after, limit }) => sql<Delivery>`
    select ${COLUMNS} from tools.webhook_delivery d
     where d.org_id = ${orgId} and d.subscription_id = ${subscriptionId}
       and (${state}::text is null or d.state = ${state})
       and (${after}::uuid is null or d.id < ${after}::uuid)
     order by d.id desc limit ${limit}`,
  async forget(now) {
    // One statement: what waited is no longer counted once it is gone.
    const { count } = await sql.one<{ count: number }>`
      with gone as (
        delete from tools.webhook_delivery
         where org_id = ${orgId} and id in (
           select id from tools.webhook_delivery
            where org_id = ${orgId} and created_at < ${at(now - DELIVERY_KEPT_MS)}
            limit ${FORGOTTEN_MAX})
        returning subscription_id, state),
      fewer as (
        select subscription_id, count(*)::int as waited from gone
         where state in ('waiting', 'held') group by 1),
      counted as (
        update tools.webhook_subscription s set waiting = greatest(0, s.waiting - f.waited)
          from fewer f
         where s.org_id = ${orgId} and s.id = f.subscription_id)
      select count(*)::int as count from gone`
    return count
  },
})

/** Finds organisations with deliveries that are due. */
export const orgsWithDueDeliveries = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select distinct org_id as "orgId" from tools.webhook_delivery
     where state = 'waiting' and next_at <= ${at(now)} limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}

/** Finds organisations with calls, deliveries or secrets of webhooks that are too old. */
export const orgsWithOldWebhooks = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select org_id as "orgId" from tools.webhook_receipt
     where received_at < ${at(now - RECEIPT_KEPT_MS)}
    union
    select org_id from tools.webhook_delivery where created_at < ${at(now - DELIVERY_KEPT_MS)}
    union
    select org_id from tools.webhook_secret where expires_at < ${at(now)}
    limit ${ORGS_MAX}`
  return rows.map(({ orgId }) => orgId)
}
