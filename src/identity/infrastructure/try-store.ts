import type { Database } from '../../platform/database.ts'
import { onItsOwn } from '../../platform/limits/throttle.ts'
import { outboxInserts } from '../../platform/ledger/outbox.ts'
import { at } from '../../platform/sql.ts'
import type { TryStore } from '../application/sign-in-ports.ts'
import { TRIES_MAX } from '../domain/session.ts'
import { SessionRevoked } from '../events.ts'

/**
 * Counts tries in transactions of its own. What is refused leaves nothing behind in its own
 * transaction, and a count that goes away with the refusal would count nothing.
 */
export const tryStore = (database: Database, orgId: string): TryStore => ({
  take: (sessionId, now) =>
    onItsOwn(database, orgId, async (sql) => {
      const taken = await sql.maybe<{ tries: number }>`
        update identity.session set tries = tries + 1
         where org_id = ${orgId} and id = ${sessionId} and tries < ${TRIES_MAX}
           and revoked_at is null and expires_at > ${at(now)}
        returning tries`
      return taken?.tries ?? null
    }),
  end: ({ id, principalId }, call) =>
    database.write(orgId, async (sql) => {
      const [ended] = await sql`
        update identity.session set revoked_at = ${at(call.now)}
         where org_id = ${orgId} and id = ${id} and revoked_at is null
        returning id`
      const happened = SessionRevoked({ sessionId: id, principalId, why: 'too_many_tries' })
      const tail = ended ? outboxInserts([happened], call, 'identity.end_session') : []
      return { value: undefined, tail }
    }),
  takeChallenge: ({ id, purpose, sessionId, now }) =>
    onItsOwn(database, orgId, async (sql) => {
      const taken = await sql.maybe<{ challenge: string }>`
        delete from identity.passkey_challenge
         where org_id = ${orgId} and id = ${id} and purpose = ${purpose}
           and session_id is not distinct from ${sessionId}::uuid and expires_at > ${at(now)}
        returning challenge`
      return taken?.challenge ?? null
    }),
})
