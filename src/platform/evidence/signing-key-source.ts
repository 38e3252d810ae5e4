import type { SealedSource } from '../keyring/sources.ts'
import { SIGNING_FIELD } from './signing-keys.ts'

/** The keys that sign checkpoints, as a rotation of keys moves them; the hub's own organisation. */
export const signingKeySource: SealedSource = {
  name: 'platform.signing_key',
  fields: [SIGNING_FIELD],
  async read({ sql, orgId }, { after, limit, under }) {
    const rows = await sql<{ id: string; sealed: string }>`
      select id, sealed from platform.signing_key
       where org_id = ${orgId} and (${after}::uuid is null or id > ${after}::uuid)
         and (${under}::text[] is null or split_part(sealed, '.', 3) = any(${under}::text[]))
       order by id limit ${limit}
         for update`
    return rows.map(({ id, sealed }) => ({
      key: id,
      place: { orgId, secret: id, field: SIGNING_FIELD, version: 1 },
      sealed,
    }))
  },
  async write({ sql, orgId }, rows) {
    await sql`
      update platform.signing_key k set sealed = m.sealed
        from unnest(${rows.map(({ key }) => key)}::uuid[],
                    ${rows.map(({ sealed }) => sealed)}::text[]) as m (id, sealed)
       where k.org_id = ${orgId} and k.id = m.id`
  },
  async count({ sql, orgId }, under) {
    const { count } = await sql.one<{ count: number }>`
      select count(*)::int as count from platform.signing_key
       where org_id = ${orgId} and split_part(sealed, '.', 3) = any(${under}::text[])`
    return count
  },
}
