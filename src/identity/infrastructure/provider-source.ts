import { sealedColumn } from '../../platform/keyring/sealed-column.ts'
import { part } from '../../platform/sql.ts'

/** The sealed fields of issuers and of sign-ins under way. */
export const PROVIDER_FIELDS = { secret: 'client_secret', verifier: 'verifier' } as const

/** The secrets that issuers gave us, as a rotation of keys moves them. */
export const providerSource = sealedColumn('identity.provider', {
  field: PROVIDER_FIELDS.secret,
  table: part`identity.provider`,
  key: part`id`,
  sealed: part`client_secret`,
  version: part`secret_version`,
})

/** What sign-ins under way keep for the ten minutes of their life. */
export const attemptSource = sealedColumn('identity.external_attempt', {
  field: PROVIDER_FIELDS.verifier,
  table: part`identity.external_attempt`,
  key: part`id`,
  sealed: part`verifier`,
})
