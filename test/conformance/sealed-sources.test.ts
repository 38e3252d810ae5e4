import { expect, test } from 'vitest'
import { identitySources } from '../../src/identity/room.ts'
import { signingKeySource } from '../../src/platform/evidence/signing-key-source.ts'
import type { SealPlace } from '../../src/platform/keyring/seal.ts'
import type { SealedSource } from '../../src/platform/keyring/sources.ts'
import { at, type Sql } from '../../src/platform/sql.ts'
import { oauthAttemptSource } from '../../src/tools/infrastructure/oauth-attempt-store.ts'
import { oauthSecretSource } from '../../src/tools/infrastructure/oauth-secret-store.ts'
import { webhookSecretSource } from '../../src/tools/infrastructure/webhook-secret-store.ts'
import { bench } from '../bench.ts'

// Every column of sealed values has to go along when an organisation's key changes: the old key
// dies only when nothing is left under it, and a value that was left behind would be lost with it.

type Given = Readonly<{
  sql: Sql
  orgId: string
  id: string
  principalId: string
  sealed: string
  now: number
}>

/** How a row comes into each table, and the place that its value is sealed for. */
const TABLES: Readonly<Record<string, (given: Given) => Promise<unknown>>> = {
  'identity.totp': ({ sql, orgId, id, principalId, sealed, now }) => sql`
    insert into identity.totp (org_id, id, principal_id, sealed, last_step, created_at)
    values (${orgId}, ${id}, ${principalId}, ${sealed}, 0, ${at(now)})`,
  'identity.mail': ({ sql, orgId, id, sealed, now }) => sql`
    insert into identity.mail (org_id, id, sealed, tries, due_at, created_at)
    values (${orgId}, ${id}, ${sealed}, 0, ${at(now)}, ${at(now)})`,
  'identity.oauth_key': ({ sql, orgId, id, sealed, now }) => sql`
    insert into identity.oauth_key (org_id, name, sealed, created_at)
    values (${orgId}, ${id}, ${sealed}, ${at(now)})`,
  'identity.provider': (given) => provider(given, given.sealed),
  async 'identity.external_attempt'(given) {
    const { sql, orgId, id, sealed, now } = given
    await provider(given, '')
    await sql`
      insert into identity.external_attempt
        (org_id, id, provider_id, state_sha256, binding_sha256, nonce, verifier, expires_at)
      values (${orgId}, ${id}, ${id}, ${DIGEST}, ${DIGEST}, 'n', ${sealed}, ${at(now + 600_000)})`
  },
  'tools.webhook_secret': ({ sql, orgId, id, sealed, now }) => sql`
    insert into tools.webhook_secret (org_id, id, owner_id, kind, sealed, created_at)
    values (${orgId}, ${id}, ${id}, 'signing', ${sealed}, ${at(now)})`,
  'tools.oauth_secret': ({ sql, orgId, id, sealed, now }) => sql`
    insert into tools.oauth_secret
      (org_id, id, owner_id, kind, version, sealed, fingerprint, created_at)
    values (${orgId}, ${id}, ${id}, 'access', 1, ${sealed}, 'f', ${at(now)})`,
  'tools.oauth_attempt': ({ sql, orgId, id, principalId, sealed, now }) => sql`
    insert into tools.oauth_attempt
      (org_id, id, upstream_id, principal_id, state_sha256, sealed, issuer, names_itself,
       token_endpoint, client_kind, client_id, redirect_uri, resource, scopes, expires_at)
    values (${orgId}, ${id}, ${id}, ${principalId}, ${DIGEST}, ${sealed}, 'i', true, 't',
            'given', 'c', 'r', 'r', '{}', ${at(now + 600_000)})`,
  'platform.signing_key': ({ sql, orgId, id, sealed, now }) => sql`
    insert into platform.signing_key (org_id, id, public_key, sealed, created_at)
    values (${orgId}, ${id}, ${DIGEST}, ${sealed}, ${at(now)})`,
}
const DIGEST = Buffer.alloc(32, 1)

const provider = ({ sql, orgId, id, now }: Given, sealed: string) => sql`
  insert into identity.provider
    (org_id, id, key, kind, name, issuer, client_id, client_secret, secret_version, domains,
     version, created_at)
  values (${orgId}, ${id}, 'corp', 'oidc', 'Corp', 'https://corp.test', 'c', ${sealed}, 1,
          '{}', 1, ${at(now)})`

const sources: readonly SealedSource[] = [
  ...[...identitySources, signingKeySource],
  ...[webhookSecretSource, oauthSecretSource, oauthAttemptSource],
]

test('every source of sealed values is tried here', () => {
  expect(sources.map(({ name }) => name).toSorted()).toEqual(Object.keys(TABLES).toSorted())
})

test.each(sources.map((source) => [source.name, source] as const))(
  '%s moves its values under the new key, and they open there',
  async (name, source) => {
    const b = await bench()
    const { orgId, database, fixtures, clock } = b
    const { keyring } = fixtures
    // Keys of the OAuth server are told apart by a word, everything else by an id.
    const id = name === 'identity.oauth_key' ? 'cookies' : crypto.randomUUID()
    const [field = ''] = source.fields
    const place: SealPlace = { orgId, secret: id, field, version: 1 }
    const inOrg = <T>(body: (sql: Sql) => Promise<T>): Promise<T> =>
      database.write(orgId, async (sql) => ({ value: await body(sql), tail: [] }))
    await inOrg(async (sql) => {
      const sealed = await keyring.seal(sql, place, Buffer.from('a value'))
      const given = { sql, orgId, id, principalId: b.owner.id, sealed, now: clock.now() }
      await TABLES[name]?.(given)
    })
    const fresh = await keyring.draft(orgId)
    const before = await inOrg((sql) => keyring.turn(sql, orgId, fresh))
    const left = () => inOrg((sql) => source.count({ sql, orgId }, before))
    expect(await left()).toBe(1)
    await inOrg(async (sql) => {
      const rows = await source.read({ sql, orgId }, { after: null, limit: 10, under: before })
      expect(rows).toMatchObject([{ key: id, place }])
      await source.write({ sql, orgId }, await keyring.rewrap(sql, orgId, rows))
    })
    expect(await left()).toBe(0)
    const opened = await inOrg(async (sql) => {
      const [row] = await source.read({ sql, orgId }, { after: null, limit: 10, under: null })
      expect(await source.read({ sql, orgId }, { after: id, limit: 10, under: null })).toEqual([])
      return keyring.open(sql, place, row?.sealed ?? '')
    })
    expect(Buffer.from(opened).toString()).toBe('a value')
  },
)
