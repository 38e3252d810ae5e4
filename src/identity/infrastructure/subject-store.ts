import type { Ground } from '../../platform/room.ts'
import { at } from '../../platform/sql.ts'
import type { ErasedCounts, Erasing, SubjectData, SubjectLine } from '../../platform/subject.ts'
import { ConsentEnded } from '../contract.ts'
import { FORMER_NAME } from '../domain/former.ts'
import { type Question, questions } from './subject-rows.ts'

/** What this room keeps of persons: who they are, how they sign in, and what they may do. */
export const identitySubject: SubjectData = {
  async *export(ground, principalId) {
    for (const question of questions(ground, principalId)) yield* linesOf(question)
  },
  async erase(ground, principalId, erasing) {
    const credentials = await eraseCredentials(ground, principalId, erasing)
    const places = await erasePlaces(ground, principalId)
    return { ...credentials, ...places }
  },
  /** An invitation was made for an address before anybody knew whose it is. */
  async alsoAbout({ sql, orgId }, principalId) {
    const rows = await sql<{ id: string }>`
      select l.subject as id from platform.ledger l
       where l.org_id = ${orgId} and l.name = 'identity.invitation_accepted'
         and l.data ->> 'principalId' = ${principalId}::text
      union
      select o.subject from platform.outbox o
       where o.org_id = ${orgId} and o.name = 'identity.invitation_accepted'
         and o.data ->> 'principalId' = ${principalId}::text
      union
      select k.id from identity.link k
        join identity.person_profile f
          on f.org_id = k.org_id and f.principal_id = ${principalId}
         and lower(f.email) = lower(k.email)
       where k.org_id = ${orgId}`
    return rows.map(({ id }) => id)
  },
}

async function* linesOf({ k, rows }: Question): AsyncGenerator<SubjectLine> {
  for (const row of await rows()) {
    const former = k === 'profile' && row['status'] === 'removed'
    yield { k, ...row, ...(former && { name: FORMER_NAME }) }
  }
}

/** Takes away everything that lets the person in, and what shows from where they came in. */
const eraseCredentials = async (
  { sql, orgId }: Ground,
  id: string,
  { names, now, emit }: Erasing,
): Promise<ErasedCounts> => {
  // Challenges first: they are found by the sessions that asked for them.
  const challenges = await sql`
    delete from identity.passkey_challenge c
     using identity.session s
     where c.org_id = ${orgId} and s.org_id = ${orgId} and s.id = c.session_id
       and s.principal_id = ${id}
    returning c.id`
  const [sessions, passwords, totps, codes, passkeys, keys, accounts, attempts, links, requests] =
    await Promise.all([
      sql`delete from identity.session
           where org_id = ${orgId} and principal_id = ${id} returning id`,
      sql`delete from identity.password
           where org_id = ${orgId} and principal_id = ${id} returning principal_id`,
      sql`delete from identity.totp where org_id = ${orgId} and principal_id = ${id} returning id`,
      sql`delete from identity.backup_code
           where org_id = ${orgId} and principal_id = ${id} returning slot`,
      sql`delete from identity.passkey
           where org_id = ${orgId} and principal_id = ${id} returning id`,
      sql`delete from identity.api_key
           where org_id = ${orgId} and principal_id = ${id} returning id`,
      sql`delete from identity.external_account
           where org_id = ${orgId} and principal_id = ${id} returning id`,
      sql`delete from identity.external_attempt
           where org_id = ${orgId} and principal_id = ${id} returning id`,
      sql`delete from identity.link
           where org_id = ${orgId}
             and (principal_id = ${id} or lower(email) = any(${names}::text[])) returning id`,
      sql`delete from identity.oauth_request
           where org_id = ${orgId} and person_id = ${id} returning client_id`,
    ])
  // What was allowed stays as a fact without an address; its tokens end with it.
  const consents = await sql<{ id: string; wasOpen: boolean }>`
    update identity.oauth_consent c
       set ended_at = coalesce(c.ended_at, ${at(now)}), redirect_uri = null
      from identity.oauth_consent b
     where c.org_id = ${orgId} and c.person_id = ${id} and b.org_id = ${orgId} and b.id = c.id
       and (b.ended_at is null or b.redirect_uri is not null)
    returning c.id, b.ended_at is null as "wasOpen"`
  for (const { id: consentId, wasOpen } of consents) {
    if (wasOpen) emit(ConsentEnded({ consentId, personId: id, why: 'revoked' }))
  }
  return counted({
    ...{ sessions, passwords, totps, passkeys, keys, links, challenges, consents },
    ...{ backupCodes: codes, linkedAccounts: accounts, linkAttempts: attempts, requests },
  })
}

/** Takes away who the person is and where they belong; their rights go with it. */
const erasePlaces = async ({ sql, orgId }: Ground, id: string): Promise<ErasedCounts> => {
  const [profiles, grants, memberships, delegations] = await Promise.all([
    sql`delete from identity.person_profile
         where org_id = ${orgId} and principal_id = ${id} returning principal_id`,
    sql`delete from identity.grant
         where org_id = ${orgId} and principal_id = ${id} returning id`,
    sql`delete from identity.team_member
         where org_id = ${orgId} and principal_id = ${id} returning team_id`,
    sql`delete from identity.delegation
         where org_id = ${orgId} and (person_id = ${id} or agent_id = ${id}) returning agent_id`,
  ])
  return counted({ profiles, grants, memberships, delegations })
}

const counted = (rows: Readonly<Record<string, readonly unknown[]>>): ErasedCounts =>
  Object.fromEntries(Object.entries(rows).map(([name, gone]) => [name, gone.length]))
