import type { Ground } from '../../platform/room.ts'
import { at, atOrNull, part } from '../../platform/sql.ts'
import type { Named, Subscription, SubscriptionStore } from '../application/webhook-ports.ts'
import { makerIn } from './webhook-store.ts'

type Row = Omit<Subscription, 'maker'> & Parameters<typeof makerIn>[0]

/** Subscriptions that are looked at for one event; there are no more. */
const ACTIVE_MAX = 200

const COLUMNS = part`
  id, project_id as "projectId", name, host, events, project_ids as "projectIds", state,
  stop_reason as "stopReason", active_since as "activeSince", failures,
  failing_since as "failingSince", waiting, made_by as "madeBy", made_scopes as "madeScopes",
  made_projects as "madeProjects", version, created_at as "createdAt"`

const subscriptionIn = ({ madeBy, madeScopes, madeProjects, ...row }: Row): Subscription => ({
  ...row,
  maker: makerIn({ madeBy, madeScopes, madeProjects }),
})

/** Keeps subscriptions. */
export const webhookSubscriptionStore = ({ sql, orgId }: Ground): SubscriptionStore => {
  const one = async (row: Promise<Row | undefined>): Promise<Subscription | null> => {
    const got = await row
    return got === undefined ? null : subscriptionIn(got)
  }
  const named = ({ name, projectId }: Named) =>
    part`name = ${name} and project_id is not distinct from ${projectId}::uuid`
  return {
    async count() {
      const { count } = await sql.one<{ count: number }>`
        select count(*)::int as count from tools.webhook_subscription where org_id = ${orgId}`
      return count
    },
    async add({ maker, ...one }) {
      const added = await sql`
        insert into tools.webhook_subscription
          (org_id, id, project_id, name, host, events, project_ids, state, stop_reason,
           active_since, failures, failing_since, waiting, made_by, made_scopes, made_projects,
           version, created_at)
        values (${orgId}, ${one.id}, ${one.projectId}, ${one.name}, ${one.host},
                ${one.events}::text[], ${one.projectIds}::uuid[], ${one.state}, ${one.stopReason},
                ${at(one.activeSince)}, ${one.failures}, ${atOrNull(one.failingSince)},
                ${one.waiting}, ${maker.id}, ${maker.scopes}::text[], ${maker.projects}::uuid[],
                ${one.version}, ${at(one.createdAt)})
        on conflict (org_id, project_id, name) do nothing
        returning id`
      return added.length > 0
    },
    find: (ref) =>
      one(sql.maybe<Row>`
        select ${COLUMNS} from tools.webhook_subscription
         where org_id = ${orgId} and ${named(ref)}`),
    lock: (ref) =>
      one(sql.maybe<Row>`
        select ${COLUMNS} from tools.webhook_subscription
         where org_id = ${orgId} and ${named(ref)}
           for update`),
    lockById: (id) =>
      one(sql.maybe<Row>`
        select ${COLUMNS} from tools.webhook_subscription
         where org_id = ${orgId} and id = ${id}
           for update`),
    byId: (id) =>
      one(sql.maybe<Row>`
        select ${COLUMNS} from tools.webhook_subscription where org_id = ${orgId} and id = ${id}`),
    async active() {
      const rows = await sql<Row>`
        select ${COLUMNS} from tools.webhook_subscription
         where org_id = ${orgId} and state = 'active'
         order by id limit ${ACTIVE_MAX}`
      return rows.map(subscriptionIn)
    },
    // Its row is locked by whoever saves it, so that counts are of this moment.
    async save({ maker, ...one }) {
      await sql`
        update tools.webhook_subscription
           set host = ${one.host}, events = ${one.events}::text[],
               project_ids = ${one.projectIds}::uuid[], state = ${one.state},
               stop_reason = ${one.stopReason}, active_since = ${at(one.activeSince)},
               failures = ${one.failures}, failing_since = ${atOrNull(one.failingSince)},
               waiting = ${one.waiting}, made_by = ${maker.id},
               made_scopes = ${maker.scopes}::text[], made_projects = ${maker.projects}::uuid[],
               version = ${one.version}
         where org_id = ${orgId} and id = ${one.id}`
    },
    async remove(id) {
      await sql`delete from tools.webhook_subscription where org_id = ${orgId} and id = ${id}`
    },
    async list({ projectId, visible, after, limit }) {
      const [name, id] = after ?? [null, null]
      const rows = await sql<Row>`
        select ${COLUMNS} from tools.webhook_subscription
         where org_id = ${orgId}
           and (${projectId}::uuid is null or project_id = ${projectId})
           and (${visible}::uuid[] is null or project_id = any(${visible}::uuid[]))
           and (${name}::text is null
                or (name collate "C", id::text) > (${name}::text collate "C", ${id}::text))
         order by name collate "C", id::text
         limit ${limit}`
      return rows.map(subscriptionIn)
    },
  }
}

/** Tells that nobody outside is sent anything in an organisation. */
export const noSubscriptions = async ({ sql, orgId }: Ground): Promise<boolean> => {
  const [one] = await sql`
    select id from tools.webhook_subscription
     where org_id = ${orgId} and state = 'active' limit 1`
  return one === undefined
}
