import type { Ground } from '../../platform/room.ts'
import { at } from '../../platform/sql.ts'
import type { Receipt, ReceiptStore } from '../application/webhook-ports.ts'

const DAY_MS = 86_400_000
/** Milliseconds for which a call is known, and is not taken again. */
export const RECEIPT_KEPT_MS = 7 * DAY_MS
/** Milliseconds after its last call for which a thing is known to have a task. */
const THING_KEPT_MS = 400 * DAY_MS
/** Rows that one look forgets. */
const FORGOTTEN_MAX = 1_000

/** Keeps the calls that were taken, and which task stands for what. */
export const webhookReceiptStore = ({ sql, orgId }: Ground): ReceiptStore => ({
  async take({ id, hookId, receivedAt, bytes, outcome, taskKey, why }, { delivery, signed }) {
    const taken = await sql`
      insert into tools.webhook_receipt
        (org_id, id, webhook_id, delivery_key, signed_key, received_at, bytes, outcome, task_key,
         why)
      values (${orgId}, ${id}, ${hookId}, ${delivery}, ${signed}, ${at(receivedAt)}, ${bytes},
              ${outcome}, ${taskKey}, ${why})
      on conflict do nothing
      returning id`
    return taken.length > 0
  },
  async settle(id, { outcome, taskKey, why }) {
    await sql`
      update tools.webhook_receipt
         set outcome = ${outcome}, task_key = ${taskKey}, why = ${why}
       where org_id = ${orgId} and id = ${id}`
  },
  async taskOf(hookId, thing, now) {
    // Waits for whoever is making the task of this thing; then it is found here.
    const row = await sql.one<{ taskKey: string | null }>`
      insert into tools.webhook_task (org_id, webhook_id, thing_key, task_key, seen_at)
      values (${orgId}, ${hookId}, ${thing}, null, ${at(now)})
      on conflict (org_id, webhook_id, thing_key) do update set seen_at = excluded.seen_at
      returning task_key as "taskKey"`
    return row.taskKey
  },
  async setTask(hookId, thing, taskKey) {
    await sql`
      update tools.webhook_task set task_key = ${taskKey}
       where org_id = ${orgId} and webhook_id = ${hookId} and thing_key = ${thing}`
  },
  list: (hookId, { after, limit }) => sql<Receipt>`
    select id, webhook_id as "hookId", received_at as "receivedAt", bytes, outcome,
           task_key as "taskKey", why
      from tools.webhook_receipt
     where org_id = ${orgId} and webhook_id = ${hookId}
       and (${after}::uuid is null or id < ${after}::uuid)
     order by id desc limit ${limit}`,
  async forget(now) {
    const calls = await sql`
      delete from tools.webhook_receipt
       where org_id = ${orgId} and id in (
         select id from tools.webhook_receipt
          where org_id = ${orgId} and received_at < ${at(now - RECEIPT_KEPT_MS)}
          limit ${FORGOTTEN_MAX})
      returning id`
    const things = await sql`
      delete from tools.webhook_task
       where org_id = ${orgId} and (webhook_id, thing_key) in (
         select webhook_id, thing_key from tools.webhook_task
          where org_id = ${orgId} and seen_at < ${at(now - THING_KEPT_MS)}
          limit ${FORGOTTEN_MAX})
      returning thing_key`
    return calls.length + things.length
  },
})
