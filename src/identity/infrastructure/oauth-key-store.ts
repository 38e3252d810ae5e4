import { HUB_ORG } from '../../kernel/actor.ts'
import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Database } from '../../platform/database.ts'
import type { Seal, SealPlace } from '../../platform/keyring/seal.ts'
import { sealedColumn } from '../../platform/keyring/sealed-column.ts'
import { type Sql, at, part } from '../../platform/sql.ts'

const NAME = 'server'
const FIELD = 'oauth_key'
const COOKIE_KEY_BYTES = 32

const Keys = z.object({
  /** Signs the cookies of requests under way. */
  cookies: z.array(z.string()).min(1),
  /** The server's signing key, as JWK. */
  jwk: z.record(z.string(), z.unknown()),
})

/** The keys of the hub's OAuth server. */
export type OauthKeys = z.output<typeof Keys>

const placeOf = (name: string): SealPlace => ({
  ...{ orgId: HUB_ORG, secret: name, field: FIELD, version: 1 },
})

/** Opens the keys of the OAuth server; makes them at the first time, once for all processes. */
export const oauthKeys = async (
  ground: Readonly<{ database: Database; seal: Seal; now: () => number }>,
): Promise<OauthKeys> => {
  const { database, seal, now } = ground
  const known = await findSealed(database.read(HUB_ORG))
  const fresh = known === undefined ? JSON.stringify(await makeKeys()) : ''
  return database.write(HUB_ORG, async (sql) => {
    if (known === undefined) {
      const sealed = await seal.seal(sql, placeOf(NAME), Buffer.from(fresh))
      await sql`
        insert into identity.oauth_key (org_id, name, sealed, created_at)
        values (${HUB_ORG}, ${NAME}, ${sealed}, ${at(now())})
        on conflict (org_id, name) do nothing`
    }
    // Read again: another process may have been faster, and its keys are the hub's.
    const sealed = await sql.one<{ sealed: string }>`
      select sealed from identity.oauth_key where org_id = ${HUB_ORG} and name = ${NAME}`
    const plain = await seal.open(sql, placeOf(NAME), sealed.sealed)
    const value = Keys.parse(JSON.parse(Buffer.from(plain).toString()))
    plain.fill(0)
    return { value, tail: [] }
  })
}

const findSealed = (sql: Sql) => sql.maybe<{ sealed: string }>`
  select sealed from identity.oauth_key where org_id = ${HUB_ORG} and name = ${NAME}`

const makeKeys = async (): Promise<OauthKeys> => {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  const jwk = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }
  return { cookies: [randomBytes(COOKIE_KEY_BYTES).toString('base64url')], jwk }
}

/** What the OAuth server keeps sealed, for a rotation of the hub's keys. */
export const oauthKeySource = sealedColumn('identity.oauth_key', {
  field: FIELD,
  table: part`identity.oauth_key`,
  key: part`name`,
  sealed: part`sealed`,
})
