import { isUuid } from '../../kernel/id.ts'
import type { Database } from '../../platform/database.ts'
import { at } from '../../platform/sql.ts'
import type { OauthResource } from '../application/oauth-words.ts'

// The protocol knows people as accounts. An account's name says the organisation first, so that a
// token, which belongs to the hub, leads to whose it is.

/** A person as the protocol names them. */
export type AccountParts = Readonly<{ orgId: string; personId: string }>

/** Writes a person's account name. */
export const accountOf = ({ orgId, personId }: AccountParts): string => `${orgId}.${personId}`

/** Reads an account name; `null` where it is none. */
export const parseAccount = (account: string): AccountParts | null => {
  const [orgId = '', personId = '', ...more] = account.split('.')
  return more.length === 0 && isUuid(orgId) && isUuid(personId) ? { orgId, personId } : null
}

/** A consent that is in force, and who acts by it. */
export type Standing = Readonly<{
  personId: string
  personHandle: string
  personEpoch: number
  agent: Readonly<{ id: string; handle: string; epoch: number }> | null
  clientId: string
  resource: OauthResource
  projectIds: readonly string[] | null
  authTime: number
  expiresAt: number
}>

type Row = Omit<Standing, 'agent'> &
  Readonly<{ agentId: string | null; agentHandle: string | null; agentEpoch: number | null }>

/** Finds a consent that counts: not ended, its person and its agent active and as they were. */
export const findStanding = async (
  database: Database,
  { orgId, personId }: AccountParts,
  asked: Readonly<{ consentId: string; now: number }>,
): Promise<Standing | null> => {
  if (!isUuid(asked.consentId)) return null
  const row = await database.read(orgId).maybe<Row>`
    select p.id as "personId", p.handle as "personHandle", p.epoch as "personEpoch",
           a.id as "agentId", a.handle as "agentHandle", a.epoch as "agentEpoch",
           c.client_id as "clientId", c.resource, c.project_ids as "projectIds",
           c.auth_time as "authTime", c.expires_at as "expiresAt"
      from identity.oauth_consent c
      join identity.principal p on p.org_id = c.org_id and p.id = c.person_id
      left join identity.principal a
        on a.org_id = c.org_id and a.id = c.agent_id and a.status = 'active'
       and a.responsible_id = c.person_id
     where c.org_id = ${orgId} and c.id = ${asked.consentId} and c.person_id = ${personId}
       and c.ended_at is null and c.expires_at > ${at(asked.now)}
       and p.status = 'active' and p.epoch = c.epoch
       and (c.agent_id is null or a.id is not null)`
  if (!row) return null
  const { agentId, agentHandle, agentEpoch, ...rest } = row
  const agent =
    agentId === null ? null : { id: agentId, handle: agentHandle ?? '', epoch: agentEpoch ?? 0 }
  return { ...rest, agent }
}

/** Tells whether a person may still sign in. */
export const isActive = async (
  database: Database,
  { orgId, personId }: AccountParts,
): Promise<boolean> => {
  const found = await database.read(orgId)`
    select id from identity.principal
     where org_id = ${orgId} and id = ${personId} and status = 'active' and kind = 'person'`
  return found.length > 0
}
