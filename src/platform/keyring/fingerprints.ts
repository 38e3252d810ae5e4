import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { assert } from '../../kernel/assert.ts'
import type { Random } from '../../kernel/id.ts'
import type { Database } from '../database.ts'
import { at, type Sql } from '../sql.ts'
import { KEY_BYTES } from './envelope.ts'
import type { Seal, SealPlace } from './seal.ts'
import type { SealedSource } from './sources.ts'

// A fingerprint answers "is it the same secret?" without opening anything. Its key belongs to the
// organisation and outlives rotations, so that fingerprints of different years can be compared.

const FIELD = 'fingerprint'
const HEX_DIGITS = 16
const KEYS_MAX = 1_000

type Parts = Readonly<{ database: Database; seal: Seal; random: Random; now: () => number }>

/** Makes the fingerprints of every organisation. */
export const fingerprints = ({ database, seal, random, now }: Parts) => {
  const keys = new LRUCache<string, Uint8Array>({
    max: KEYS_MAX,
    dispose: (key) => {
      key.fill(0)
    },
  })

  const make = async (sql: Sql, orgId: string) => {
    const key = random(new Uint8Array(KEY_BYTES))
    const sealed = await seal.seal(sql, placeOf(orgId), key)
    key.fill(0)
    await sql`
      insert into platform.org_fingerprint (org_id, sealed, created_at)
      values (${orgId}, ${sealed}, ${at(now())}) on conflict (org_id) do nothing`
    const kept = await read(sql, orgId)
    assert(kept !== null, 'the key of fingerprints was just written')
    return { value: kept, tail: [] }
  }

  /** Works with the key of an organisation; `work` may not wait, like that of the key chain. */
  const use = async <T>(orgId: string, work: (key: Uint8Array) => T): Promise<T> => {
    const known = keys.get(orgId)
    if (known) return work(known)
    const kept = await read(database.read(orgId), orgId)
    const sealed = kept ?? (await database.write(orgId, (sql) => make(sql, orgId)))
    const key = await seal.open(database.read(orgId), placeOf(orgId), sealed)
    const result = work(key)
    keys.set(orgId, key)
    return result
  }

  return {
    /** Makes sure that the key is there and open. */
    warm: (orgId: string) => use(orgId, () => undefined),
    fingerprint: (orgId: string, bytes: Uint8Array) =>
      use(orgId, (key) => {
        const hmac = createHmac('sha256', key).update('guildhall/fingerprint/v1\0').update(bytes)
        return hmac.digest('hex').slice(0, HEX_DIGITS)
      }),
    stop: () => keys.clear(),
  }
}

const placeOf = (orgId: string): SealPlace => ({ orgId, secret: FIELD, field: FIELD, version: 1 })

const read = async (sql: Sql, orgId: string): Promise<string | null> => {
  const row = await sql.maybe<{ sealed: string }>`
    select sealed from platform.org_fingerprint where org_id = ${orgId}`
  return row?.sealed ?? null
}

/** The keys of fingerprints, as a rotation moves them. */
export const fingerprintSource: SealedSource = {
  name: 'platform.org_fingerprint',
  fields: [FIELD],
  async read({ sql, orgId }, { after, under }) {
    if (after !== null) return []
    const rows = await sql<{ sealed: string }>`
      select sealed from platform.org_fingerprint
       where org_id = ${orgId}
         and (${under}::text[] is null or split_part(sealed, '.', 3) = any(${under}::text[]))
         for update`
    return rows.map(({ sealed }) => ({ key: FIELD, place: placeOf(orgId), sealed }))
  },
  async write({ sql, orgId }, rows) {
    for (const { sealed } of rows) {
      await sql`update platform.org_fingerprint set sealed = ${sealed} where org_id = ${orgId}`
    }
  },
  async count({ sql, orgId }, under) {
    const { count } = await sql.one<{ count: number }>`
      select count(*)::int as count from platform.org_fingerprint
       where org_id = ${orgId} and split_part(sealed, '.', 3) = any(${under}::text[])`
    return count
  },
}
