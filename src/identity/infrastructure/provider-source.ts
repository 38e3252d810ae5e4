import type { SealedSource } from '../../platform/keyring/sources.ts'

/** The sealed fields of issuers and of sign-ins under way. */
export const PROVIDER_FIELDS = { secret: 'client_secret', verifier: 'verifier' } as const

type Row = Readonly<{ id: string; version: number; sealed: string }>

/** The secrets that issuers gave us, as a rotation of keys moves them. */
export const providerSource: SealedSource = {
  name: 'identity.provider',
  fields: [PROVIDER_FIELDS.secret],
  async read({ sql, orgId }, { after, limit, under }) {
    const rows = await sql<Row>`
      select id, secret_version as "version", client_secret as "sealed" from identity.provider
       where org_id = ${orgId} and (${after}::uuid is null or id > ${after}::uuid)
         and (${under}::text[] is null or split_part(client_secret, '.', 3) = any(${under}::text[]))
       order by id limit ${limit}
         for update`
    return rows.map(({ id, version, sealed }) => ({
      key: id,
      place: { orgId, secret: id, field: PROVIDER_FIELDS.secret, version },
      sealed,
    }))
  },
  async write({ sql, orgId }, rows) {
    await sql`
      update identity.provider p set client_secret = m.sealed
        from unnest(${rows.map(({ key }) => key)}::uuid[],
                    ${rows.map(({ sealed }) => sealed)}::text[]) as m (id, sealed)
       where p.org_id = ${orgId} and p.id = m.id`
  },
  async count({ sql, orgId }, under) {
    const { count } = await sql.one<{ count: number }>`
      select count(*)::int as count from identity.provider
       where org_id = ${orgId} and split_part(client_secret, '.', 3) = any(${under}::text[])`
    return count
  },
}

/** What sign-ins under way keep for the ten minutes of their life. */
export const attemptSource: SealedSource = {
  name: 'identity.external_attempt',
  fields: [PROVIDER_FIELDS.verifier],
  async read({ sql, orgId }, { after, limit, under }) {
    const rows = await sql<Row>`
      select id, 1 as "version", verifier as "sealed" from identity.external_attempt
       where org_id = ${orgId} and (${after}::uuid is null or id > ${after}::uuid)
         and (${under}::text[] is null or split_part(verifier, '.', 3) = any(${under}::text[]))
       order by id limit ${limit}
         for update`
    return rows.map(({ id, version, sealed }) => ({
      key: id,
      place: { orgId, secret: id, field: PROVIDER_FIELDS.verifier, version },
      sealed,
    }))
  },
  async write({ sql, orgId }, rows) {
    await sql`
      update identity.external_attempt t set verifier = m.sealed
        from unnest(${rows.map(({ key }) => key)}::uuid[],
                    ${rows.map(({ sealed }) => sealed)}::text[]) as m (id, sealed)
       where t.org_id = ${orgId} and t.id = m.id`
  },
  async count({ sql, orgId }, under) {
    const { count } = await sql.one<{ count: number }>`
      select count(*)::int as count from identity.external_attempt
       where org_id = ${orgId} and split_part(verifier, '.', 3) = any(${under}::text[])`
    return count
  },
}
