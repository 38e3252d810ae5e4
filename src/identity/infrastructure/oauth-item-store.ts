import { HUB_ORG } from '../../kernel/actor.ts'
import type { Database } from '../../platform/database.ts'
import type { Ground } from '../../platform/room.ts'
import { at, json, type Sql } from '../../platform/sql.ts'
import { sha256 } from '../application/mint-key.ts'
import type { OauthItems } from '../application/oauth-ports.ts'

// What an id opens is as good as the id: so ids are kept as hashes, and payloads are written
// without them. What a payload needs to be whole again comes from whoever shows the id.

/** Milliseconds for which a used refresh token passes once more. */
export const REUSE_MS = 10_000
/** Milliseconds that a device has to leave between two looks. */
export const POLL_MS = 5_000

const FORGET_MAX = 5_000

/** What the protocol keeps of one item. */
export type Payload = Readonly<Record<string, unknown>>

/** An item as it is kept. */
export type Item = Readonly<{ payload: Payload; consumedAt: number | null; passedAgain: boolean }>

/** What an item can be found by besides its id. */
export type Marks = Readonly<{ grantId?: string; uid?: string; userCode?: string }>

/** The items of the hub's OAuth server. */
export type ItemStore = ReturnType<typeof itemStore>

const idOf = (text: string): Uint8Array => sha256(Buffer.from(text))
const idOrNull = (text: string | undefined): Uint8Array | null =>
  text === undefined ? null : idOf(text)

/** Keeps the items; each change is a transaction of its own. */
export const itemStore = (database: Database, now: () => number) => {
  const read = () => database.read(HUB_ORG)
  const write = <T>(body: (sql: Sql) => Promise<T>): Promise<T> =>
    database.write(HUB_ORG, async (sql) => ({ value: await body(sql), tail: [] }))
  return {
    async put(
      model: string,
      id: string,
      item: Readonly<{ payload: Payload; marks: Marks; ttlMs: number }>,
    ) {
      const { grantId, uid, userCode } = item.marks
      await write(
        (sql) => sql`
          insert into identity.oauth_item as i
            (org_id, model, id_sha256, payload, grant_sha256, uid_sha256, user_code_sha256,
             created_at, expires_at)
          values (${HUB_ORG}, ${model}, ${idOf(id)}, ${json(item.payload)}::jsonb,
                  ${idOrNull(grantId)}::bytea, ${idOrNull(uid)}::bytea,
                  ${idOrNull(userCode)}::bytea, ${at(now())}, ${at(now() + item.ttlMs)})
          on conflict (org_id, model, id_sha256) do update
             set payload = excluded.payload, expires_at = excluded.expires_at,
                 grant_sha256 = coalesce(excluded.grant_sha256, i.grant_sha256),
                 uid_sha256 = coalesce(excluded.uid_sha256, i.uid_sha256),
                 user_code_sha256 = coalesce(excluded.user_code_sha256, i.user_code_sha256)`,
      )
    },
    find: (model: string, id: string): Promise<Item | undefined> => read().maybe<Item>`
      select payload, consumed_at as "consumedAt", passed_again as "passedAgain"
        from identity.oauth_item
       where org_id = ${HUB_ORG} and model = ${model} and id_sha256 = ${idOf(id)}
         and expires_at > ${at(now())}`,
    findByUid: (model: string, uid: string): Promise<Item | undefined> => read().maybe<Item>`
      select payload, consumed_at as "consumedAt", passed_again as "passedAgain"
        from identity.oauth_item
       where org_id = ${HUB_ORG} and model = ${model} and uid_sha256 = ${idOf(uid)}
         and expires_at > ${at(now())}`,
    /** Uses an item up; tells whether it still could be. */
    async consume(model: string, id: string): Promise<boolean> {
      const used = await write(
        (sql) => sql`
          update identity.oauth_item set consumed_at = ${at(now())}
           where org_id = ${HUB_ORG} and model = ${model} and id_sha256 = ${idOf(id)}
             and consumed_at is null and expires_at > ${at(now())}
          returning model`,
      )
      return used.length > 0
    },
    /** Uses a refresh token up; within a moment of its first use it passes once more. */
    async consumeRefresh(model: string, id: string): Promise<boolean> {
      const used = await write(
        (sql) => sql`
          update identity.oauth_item
             set passed_again = consumed_at is not null,
                 consumed_at = coalesce(consumed_at, ${at(now())}::timestamptz)
           where org_id = ${HUB_ORG} and model = ${model} and id_sha256 = ${idOf(id)}
             and expires_at > ${at(now())}
             and (consumed_at is null
                  or (not passed_again and consumed_at > ${at(now() - REUSE_MS)}))
          returning model`,
      )
      return used.length > 0
    },
    /** Notes that a device looked; tells whether it had waited long enough. */
    async poll(model: string, id: string): Promise<boolean> {
      const [polled] = await write(
        (sql) => sql<{ tooFast: boolean }>`
          update identity.oauth_item i set polled_at = ${at(now())}
            from (select polled_at from identity.oauth_item
                   where org_id = ${HUB_ORG} and model = ${model} and id_sha256 = ${idOf(id)}
                     for update) before
           where i.org_id = ${HUB_ORG} and i.model = ${model} and i.id_sha256 = ${idOf(id)}
          returning before.polled_at > ${at(now() - POLL_MS)}::timestamptz as "tooFast"`,
      )
      return polled?.tooFast !== true
    },
    /** Removes an item; gives what it held. */
    async remove(model: string, id: string): Promise<Payload | null> {
      const [gone] = await write(
        (sql) => sql<{ payload: Payload }>`
          delete from identity.oauth_item
           where org_id = ${HUB_ORG} and model = ${model} and id_sha256 = ${idOf(id)}
          returning payload`,
      )
      return gone?.payload ?? null
    },
    async removeGrant(grantId: string): Promise<void> {
      await write(
        (sql) => sql`
          delete from identity.oauth_item
           where org_id = ${HUB_ORG} and grant_sha256 = ${idOf(grantId)}`,
      )
    },
    ...deviceItems(read, write, now),
  }
}

/** A device's request, found by what its screen shows; `handle` names it from then on. */
export type DeviceItem = Readonly<{ handle: string; payload: Payload; expiresAt: number }>

const deviceItems = (
  read: () => Sql,
  write: <T>(body: (sql: Sql) => Promise<T>) => Promise<T>,
  now: () => number,
) => ({
  async findDevice(userCode: string): Promise<DeviceItem | null> {
    const found = await read().maybe<{ id: Buffer; payload: Payload; expiresAt: number }>`
      select id_sha256 as "id", payload, expires_at as "expiresAt"
        from identity.oauth_item
       where org_id = ${HUB_ORG} and model = 'DeviceCode'
         and user_code_sha256 = ${idOf(userCode)} and expires_at > ${at(now())}
         and consumed_at is null and not payload ?| array['accountId', 'error']`
    if (!found) return null
    return { ...found, handle: found.id.toString('base64url') }
  },
  /** Gives the resource that a device asks a token for. */
  async deviceResource(handle: string): Promise<string | null> {
    const found = await read().maybe<{ resource: string | null }>`
      select payload #>> '{params,resource}' as "resource"
        from identity.oauth_item
       where org_id = ${HUB_ORG} and model = 'DeviceCode'
         and id_sha256 = ${Buffer.from(handle, 'base64url')} and expires_at > ${at(now())}`
    return found?.resource ?? null
  },
  /** Writes a decision into a device's request; tells whether it was still open. */
  async decideDevice(handle: string, decision: Payload, grantId: string | null): Promise<boolean> {
    const decided = await write(
      (sql) => sql`
        update identity.oauth_item
           set payload = payload || ${json(decision)}::jsonb,
               grant_sha256 = ${grantId === null ? null : idOf(grantId)}::bytea
         where org_id = ${HUB_ORG} and model = 'DeviceCode'
           and id_sha256 = ${Buffer.from(handle, 'base64url')} and expires_at > ${at(now())}
           and consumed_at is null and not payload ?| array['accountId', 'error']
        returning model`,
    )
    return decided.length > 0
  },
})

/** Forgets what the protocol kept beyond its time, in one organisation. */
export const oauthItems = ({ sql, orgId }: Ground): OauthItems => ({
  async forget(now) {
    const gone = await sql`
      delete from identity.oauth_item
       where (org_id, model, id_sha256) in (
         select org_id, model, id_sha256 from identity.oauth_item
          where org_id = ${orgId} and expires_at < ${at(now)} limit ${FORGET_MAX})
         and org_id = ${orgId}
      returning model`
    return gone.length
  },
})

/** Finds the organisations with requests, codes or tokens beyond their time. */
export const orgsWithExpiredOauth = async (sql: Sql, now: number): Promise<readonly string[]> => {
  const rows = await sql<{ orgId: string }>`
    select org_id as "orgId" from identity.oauth_item where expires_at < ${at(now)}
    union
    select org_id from identity.oauth_request where expires_at < ${at(now)}
    limit 1000`
  return rows.map(({ orgId }) => orgId)
}
