import { sealedColumn } from '../keyring/sealed-column.ts'
import { part } from '../sql.ts'
import { SIGNING_FIELD } from './signing-keys.ts'

/** The keys that sign checkpoints, as a rotation of keys moves them; the hub's own organisation. */
export const signingKeySource = sealedColumn('platform.signing_key', {
  field: SIGNING_FIELD,
  table: part`platform.signing_key`,
  key: part`id`,
  sealed: part`sealed`,
})
