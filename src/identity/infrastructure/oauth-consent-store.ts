import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import { sha256 } from '../application/mint-key.ts'
import type { Consent, ConsentRequest, ConsentStore } from '../application/oauth-ports.ts'

const AGENTS_MAX = 100
const FORGET_MAX = 1_000

const CONSENT = part`
  c.id, c.person_id as "personId", c.agent_id as "agentId", c.client_id as "clientId",
  c.client_name as "clientName", c.redirect_uri as "redirectUri", c.resource, c.scopes,
  c.project_ids as "projectIds", c.epoch, c.auth_time as "authTime",
  c.created_at as "createdAt", c.expires_at as "expiresAt", c.ended_at as "endedAt"`

const idOf = (uid: string): Uint8Array => sha256(Buffer.from(uid))

/** Keeps what programs ask people of one organisation for, and what was allowed. */
export const consentStore = ({ sql, orgId }: Ground): ConsentStore => ({
  ...requestsOf({ sql, orgId }),
  async add(consent) {
    await sql`
      insert into identity.oauth_consent
        (org_id, id, person_id, agent_id, client_id, client_name, redirect_uri, resource, scopes,
         project_ids, epoch, auth_time, created_at, expires_at)
      values (${orgId}, ${consent.id}, ${consent.personId}, ${consent.agentId},
              ${consent.clientId}, ${consent.clientName}, ${consent.redirectUri},
              ${consent.resource}, ${consent.scopes}, ${consent.projectIds}::uuid[],
              ${consent.epoch}, ${at(consent.authTime)}, ${at(consent.createdAt)},
              ${at(consent.expiresAt)})`
  },
  async get(id) {
    const found = await sql.maybe<Consent>`
      select ${CONSENT} from identity.oauth_consent c where c.org_id = ${orgId} and c.id = ${id}`
    return found ?? null
  },
  async end(id, now) {
    const [ended] = await sql`
      update identity.oauth_consent set ended_at = ${at(now)}
       where org_id = ${orgId} and id = ${id} and ended_at is null
      returning id`
    return ended !== undefined
  },
  list: ({ personId, now, after, limit }) => sql<Consent & { agent: string | null }>`
    select ${CONSENT}, a.handle as "agent"
      from identity.oauth_consent c
      left join identity.principal a on a.org_id = c.org_id and a.id = c.agent_id
     where c.org_id = ${orgId} and c.person_id = ${personId} and c.ended_at is null
       and c.expires_at > ${at(now)} and (${after}::uuid is null or c.id < ${after})
     order by c.id desc
     limit ${limit}`,
  agentsOf: (personId) => sql<{ id: string; handle: string }>`
    select id, handle from identity.principal
     where org_id = ${orgId} and responsible_id = ${personId} and kind = 'agent'
       and status = 'active'
     order by handle
     limit ${AGENTS_MAX}`,
  async lastAgent(personId, clientId) {
    const found = await sql.maybe<{ agentId: string | null }>`
      select agent_id as "agentId" from identity.oauth_consent
       where org_id = ${orgId} and person_id = ${personId} and client_id = ${clientId}
       order by id desc
       limit 1`
    return found?.agentId ?? null
  },
})

type Requests = Pick<ConsentStore, 'open' | 'find' | 'decide' | 'take' | 'forget'>

const requestsOf = ({ sql, orgId }: Ground): Requests => ({
  async open(uid, request, createdAt) {
    await sql`
      insert into identity.oauth_request
        (org_id, uid_sha256, person_id, session_id, kind, client_id, client_name, redirect_uri,
         resource, scopes, created_at, expires_at)
      values (${orgId}, ${idOf(uid)}, ${request.personId}, ${request.sessionId}, ${request.kind},
              ${request.clientId}, ${request.clientName}, ${request.redirectUri},
              ${request.resource}, ${request.scopes}, ${at(createdAt)},
              ${at(request.expiresAt)})
      on conflict (org_id, uid_sha256) do update
         set person_id = excluded.person_id, session_id = excluded.session_id
       where oauth_request.decision is null`
  },
  async find(uid, now) {
    const found = await sql.maybe<ConsentRequest>`
      select person_id as "personId", session_id as "sessionId", kind, client_id as "clientId",
             client_name as "clientName", redirect_uri as "redirectUri", resource, scopes,
             decision, consent_id as "consentId", expires_at as "expiresAt"
        from identity.oauth_request
       where org_id = ${orgId} and uid_sha256 = ${idOf(uid)} and expires_at > ${at(now)}`
    return found ?? null
  },
  async decide(uid, decision, consentId) {
    const [decided] = await sql`
      update identity.oauth_request set decision = ${decision}, consent_id = ${consentId}::uuid
       where org_id = ${orgId} and uid_sha256 = ${idOf(uid)} and decision is null
      returning uid_sha256`
    return decided !== undefined
  },
  async take(uid) {
    const [taken] = await sql`
      delete from identity.oauth_request
       where org_id = ${orgId} and uid_sha256 = ${idOf(uid)} and decision is not null
      returning uid_sha256`
    return taken !== undefined
  },
  async forget(now) {
    const gone = await sql`
      delete from identity.oauth_request
       where org_id = ${orgId} and uid_sha256 in (
         select uid_sha256 from identity.oauth_request
          where org_id = ${orgId} and expires_at < ${at(now)} limit ${FORGET_MAX})
      returning uid_sha256`
    return gone.length
  },
})
