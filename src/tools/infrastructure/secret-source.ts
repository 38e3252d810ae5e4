import type { SealedSource } from '../../platform/keyring/sources.ts'

/** The one field of a secret that is sealed. */
export const VALUE_FIELD = 'secret'

type Row = Readonly<{ secretId: string; version: number; sealed: string }>

/** The values of secrets, as a rotation of keys moves them. */
export const secretSource: SealedSource = {
  name: 'tools.secret',
  fields: [VALUE_FIELD],
  async read({ sql, orgId }, { after, limit, under }) {
    const rows = await sql<Row>`
      select secret_id as "secretId", version, sealed from tools.secret_version
       where org_id = ${orgId} and sealed is not null
         and (${after}::uuid is null or secret_id > ${after}::uuid)
         and (${under}::text[] is null or split_part(sealed, '.', 3) = any(${under}::text[]))
       order by secret_id, version limit ${limit}
         for update`
    return rows.map(({ secretId, version, sealed }) => ({
      key: secretId,
      place: { orgId, secret: secretId, field: VALUE_FIELD, version },
      sealed,
    }))
  },
  async write({ sql, orgId }, rows) {
    await sql`
      update tools.secret_version v set sealed = m.sealed
        from unnest(${rows.map(({ key }) => key)}::uuid[],
                    ${rows.map(({ place }) => place.version)}::int[],
                    ${rows.map(({ sealed }) => sealed)}::text[]) as m (secret_id, version, sealed)
       where v.org_id = ${orgId} and v.secret_id = m.secret_id and v.version = m.version
         and v.sealed is not null`
  },
  async count({ sql, orgId }, under) {
    const { count } = await sql.one<{ count: number }>`
      select count(*)::int as count from tools.secret_version
       where org_id = ${orgId} and sealed is not null
         and split_part(sealed, '.', 3) = any(${under}::text[])`
    return count
  },
}
