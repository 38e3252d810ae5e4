import { assert } from '../../kernel/assert.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Seal, SealPlace } from '../../platform/keyring/seal.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { Attempt, ExternalAccount, ProviderStore } from '../application/external-ports.ts'
import type { Provider } from '../domain/provider.ts'
import { PROVIDER_FIELDS } from './provider-source.ts'

const PROVIDER = part`
  p.id, p.key, p.kind, p.name, p.issuer, p.client_id as "clientId", p.domains, p.version`
const ACCOUNT = part`
  a.id, a.principal_id as "principalId", a.issuer, a.subject, a.linked_at as "linkedAt",
  a.last_used_at as "lastUsedAt"`

type Secret = Readonly<{ sealed: string; secretVersion: number }>

/** Keeps issuers, accounts there, and sign-ins under way; what is secret is sealed. */
export const providerStore = ({ sql, orgId }: Ground, seal: Seal): ProviderStore => {
  const clientPlace = (id: string, version: number): SealPlace => ({
    ...{ orgId, secret: id, version },
    field: PROVIDER_FIELDS.secret,
  })
  const verifierPlace = (id: string): SealPlace => ({
    ...{ orgId, secret: id, version: 1 },
    field: PROVIDER_FIELDS.verifier,
  })
  return {
    list: () => sql<Provider>`
      select ${PROVIDER} from identity.provider p
       where p.org_id = ${orgId} order by p.key collate "C" limit 50`,
    async find(by) {
      const key = 'key' in by ? by.key : null
      const id = 'id' in by ? by.id : null
      const found = await sql.maybe<Provider>`
        select ${PROVIDER} from identity.provider p
         where p.org_id = ${orgId}
           and (${key}::text is null or p.key = ${key})
           and (${id}::uuid is null or p.id = ${id})`
      return found ?? null
    },
    async save(provider, { clientSecret, now }) {
      const kept = await secretRow({ sql, orgId }, provider.id)
      assert(kept || clientSecret !== null, 'a new issuer comes with its secret')
      const version = (kept?.secretVersion ?? 0) + (clientSecret === null ? 0 : 1)
      const sealed =
        clientSecret === null
          ? kept?.sealed
          : await seal.seal(sql, clientPlace(provider.id, version), Buffer.from(clientSecret))
      await sql`
        insert into identity.provider
          (org_id, id, key, kind, name, issuer, client_id, client_secret, secret_version, domains,
           version, created_at)
        values (${orgId}, ${provider.id}, ${provider.key}, ${provider.kind}, ${provider.name},
                ${provider.issuer}, ${provider.clientId}, ${sealed ?? ''}, ${version},
                ${provider.domains}::text[], ${provider.version}, ${at(now)})
        on conflict (org_id, id) do update
           set kind = excluded.kind, name = excluded.name, issuer = excluded.issuer,
               client_id = excluded.client_id, client_secret = excluded.client_secret,
               secret_version = excluded.secret_version, domains = excluded.domains,
               version = excluded.version`
    },
    async remove(id) {
      const gone = await sql`
        delete from identity.provider where org_id = ${orgId} and id = ${id} returning id`
      return gone.length > 0
    },
    async secretOf({ id }) {
      const row = await secretRow({ sql, orgId }, id)
      assert(row, 'an issuer has a secret')
      const plain = await seal.open(sql, clientPlace(id, row.secretVersion), row.sealed)
      return Buffer.from(plain).toString('utf8')
    },
    async addAttempt(attempt) {
      const { id, verifier, expiresAt } = attempt
      const sealed = await seal.seal(sql, verifierPlace(id), Buffer.from(verifier))
      await sql`
        insert into identity.external_attempt
          (org_id, id, provider_id, principal_id, state_sha256, binding_sha256, nonce, verifier,
           expires_at)
        values (${orgId}, ${id}, ${attempt.providerId}, ${attempt.principalId},
                ${attempt.stateSha256}, ${attempt.bindingSha256}, ${attempt.nonce}, ${sealed},
                ${at(expiresAt)})`
    },
    async attempt(id, now) {
      const row = await sql.maybe<Attempt>`
        select t.id, t.provider_id as "providerId", t.principal_id as "principalId",
               t.state_sha256 as "stateSha256", t.binding_sha256 as "bindingSha256", t.nonce,
               t.verifier, t.expires_at as "expiresAt"
          from identity.external_attempt t
         where t.org_id = ${orgId} and t.id = ${id} and t.used_at is null
           and t.expires_at > ${at(now)}`
      if (!row) return null
      const plain = await seal.open(sql, verifierPlace(id), row.verifier)
      return { ...row, verifier: Buffer.from(plain).toString('utf8') }
    },
    async closeAttempt(id, now) {
      const closed = await sql`
        update identity.external_attempt set used_at = ${at(now)}
         where org_id = ${orgId} and id = ${id} and used_at is null returning id`
      return closed.length > 0
    },
    ...accountStore({ sql, orgId }),
  }
}

const secretRow = ({ sql, orgId }: Ground, id: string) => sql.maybe<Secret>`
  select client_secret as "sealed", secret_version as "secretVersion"
    from identity.provider where org_id = ${orgId} and id = ${id}`

type Accounts = Pick<ProviderStore, 'account' | 'accountsOf' | 'link' | 'unlink' | 'used'>

const accountStore = ({ sql, orgId }: Ground): Accounts => ({
  async account(issuer, subject) {
    const found = await sql.maybe<ExternalAccount>`
      select ${ACCOUNT} from identity.external_account a
       where a.org_id = ${orgId} and a.issuer = ${issuer} and a.subject = ${subject}`
    return found ?? null
  },
  accountsOf: (principalId) => sql<ExternalAccount>`
    select ${ACCOUNT} from identity.external_account a
     where a.org_id = ${orgId} and a.principal_id = ${principalId}
     order by a.linked_at limit 50`,
  async link(account) {
    const added = await sql`
      insert into identity.external_account
        (org_id, id, principal_id, issuer, subject, linked_at)
      values (${orgId}, ${account.id}, ${account.principalId}, ${account.issuer},
              ${account.subject}, ${at(account.linkedAt)})
      on conflict (org_id, issuer, subject) do nothing
      returning id`
    if (added.length > 0) return
    const message = 'This account already signs somebody in here; take it away there first.'
    throw refuse('conflict', 'identity.account_taken', message)
  },
  async unlink(id) {
    const gone = await sql`
      delete from identity.external_account where org_id = ${orgId} and id = ${id} returning id`
    return gone.length > 0
  },
  async used(id, now) {
    await sql`
      update identity.external_account set last_used_at = ${at(now)}
       where org_id = ${orgId} and id = ${id}`
  },
})

/** Forgets sign-ins that nobody finished, of all organisations. */
export const forgetAttempts = (sql: Ground['sql'], now: number) =>
  sql`delete from identity.external_attempt where expires_at < ${at(now)}`
