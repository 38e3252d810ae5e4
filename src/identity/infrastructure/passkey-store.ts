import { refuse } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { Passkey, PasskeyStore } from '../application/factor-ports.ts'
import { PASSKEYS_MAX } from '../domain/passkey.ts'

const COLUMNS = part`
  id, principal_id as "principalId", credential_id as "credentialId", public_key as "publicKey",
  counter, transports, name, created_at as "createdAt", last_used_at as "lastUsedAt"`

/** Keeps passkeys: what is needed to check what they sign, which is no secret. */
export const passkeyStore = ({ sql, orgId }: Ground): PasskeyStore => ({
  async add(passkey) {
    const [added] = await sql`
      insert into identity.passkey
        (org_id, id, principal_id, credential_id, public_key, counter, transports, name,
         created_at)
      values (${orgId}, ${passkey.id}, ${passkey.principalId}, ${passkey.credentialId},
              ${passkey.publicKey}, ${passkey.counter}, ${passkey.transports}::text[],
              ${passkey.name}, ${at(passkey.createdAt)})
      on conflict (org_id, credential_id) do nothing
      returning id`
    if (added) return
    const message = 'This passkey is registered already; use it to sign in, or make another one.'
    throw refuse('conflict', 'identity.passkey_known', message)
  },
  listOf: (principalId) => sql<Passkey>`
    select ${COLUMNS} from identity.passkey
     where org_id = ${orgId} and principal_id = ${principalId}
     order by id limit ${PASSKEYS_MAX}`,
  async byCredential(credentialId) {
    const found = await sql.maybe<Passkey>`
      select ${COLUMNS} from identity.passkey
       where org_id = ${orgId} and credential_id = ${credentialId}`
    return found ?? null
  },
  async use(id, counter, now) {
    // Passkeys that are copied between devices do not count: theirs stays 0.
    const [used] = await sql`
      update identity.passkey set counter = ${counter}, last_used_at = ${at(now)}
       where org_id = ${orgId} and id = ${id}
         and (counter < ${counter} or (counter = 0 and ${counter} = 0))
      returning id`
    return used !== undefined
  },
  async remove(principalId, id) {
    const [removed] = await sql`
      delete from identity.passkey
       where org_id = ${orgId} and principal_id = ${principalId} and id = ${id}
      returning id`
    return removed !== undefined
  },
  async removeAll(principalId) {
    await sql`
      delete from identity.passkey where org_id = ${orgId} and principal_id = ${principalId}`
  },
  async addChallenge({ id, purpose, sessionId, challenge, expiresAt }) {
    await sql`
      insert into identity.passkey_challenge
        (org_id, id, purpose, session_id, challenge, expires_at)
      values (${orgId}, ${id}, ${purpose}, ${sessionId}, ${challenge}, ${at(expiresAt)})`
  },
})
