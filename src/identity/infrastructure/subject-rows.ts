import type { Ground } from '../../platform/room.ts'

/** A kind of line of a person's export, and how its rows are found. Times are moments in UTC. */
export type Question = Readonly<{
  k: string
  rows: () => Promise<readonly Readonly<Record<string, unknown>>[]>
}>

type Row = Readonly<{ row: Readonly<Record<string, unknown>> }>

/**
 * Lists what the tables of this room say about a person; nobody has more than thousands of any.
 * The columns are named one by one: hashes and what is sealed never leave.
 */
export const questions = ({ sql, orgId }: Ground, id: string): readonly Question[] => {
  const ask = (
    k: string,
    ...statement: readonly [TemplateStringsArray, ...(readonly unknown[])]
  ): Question => ({
    k,
    rows: async () => (await sql<Row>(...statement)).map(({ row }) => row),
  })
  const sqlOf =
    (k: string) =>
    (strings: TemplateStringsArray, ...holes: readonly unknown[]) =>
      ask(k, strings, ...holes)
  return [
    sqlOf('profile')`
      select jsonb_build_object('id', p.id, 'kind', p.kind, 'handle', p.handle,
               'status', p.status, 'skills', p.skills, 'createdAt', p.created_at, 'name', f.name,
               'email', f.email, 'emailVerifiedAt', f.email_verified_at,
               'hold', h.reason) as row
        from identity.principal p
        left join identity.person_profile f on f.org_id = p.org_id and f.principal_id = p.id
        left join identity.legal_hold h on h.org_id = p.org_id and h.principal_id = p.id
       where p.org_id = ${orgId} and p.id = ${id}`,
    sqlOf('answers_for')`
      select jsonb_build_object('handle', handle, 'kind', kind, 'status', status) as row
        from identity.principal
       where org_id = ${orgId} and responsible_id = ${id} order by handle`,
    sqlOf('session')`
      select jsonb_build_object('id', id, 'stage', stage, 'amr', amr, 'createdAt', created_at,
               'lastSeenAt', last_seen_at, 'expiresAt', expires_at, 'revokedAt', revoked_at,
               'agent', agent, 'address', address) as row
        from identity.session
       where org_id = ${orgId} and principal_id = ${id} order by id`,
    sqlOf('password')`
      select jsonb_build_object('changedAt', changed_at) as row
        from identity.password where org_id = ${orgId} and principal_id = ${id}`,
    sqlOf('totp')`
      select jsonb_build_object('id', id, 'confirmedAt', confirmed_at, 'createdAt', created_at)
               as row
        from identity.totp where org_id = ${orgId} and principal_id = ${id} order by id`,
    sqlOf('backup_code')`
      select jsonb_build_object('slot', slot, 'usedAt', used_at) as row
        from identity.backup_code
       where org_id = ${orgId} and principal_id = ${id} order by slot`,
    sqlOf('passkey')`
      select jsonb_build_object('id', id, 'credentialId', credential_id, 'name', name,
               'transports', transports, 'createdAt', created_at, 'lastUsedAt', last_used_at)
               as row
        from identity.passkey where org_id = ${orgId} and principal_id = ${id} order by id`,
    ...placeQuestions(sqlOf, orgId, id),
  ]
}

type SqlOf = (
  k: string,
) => (strings: TemplateStringsArray, ...holes: readonly unknown[]) => Question

const placeQuestions = (sqlOf: SqlOf, orgId: string, id: string): readonly Question[] => [
  sqlOf('key')`
    select jsonb_build_object('id', id, 'name', name, 'prefix', prefix,
                              'scopes', scopes, 'addresses', addresses,
             'projectIds', project_ids, 'expiresAt', expires_at, 'revokedAt', revoked_at,
             'lastUsedAt', last_used_at, 'createdAt', created_at) as row
      from identity.api_key where org_id = ${orgId} and principal_id = ${id} order by id`,
  sqlOf('grant')`
    select jsonb_build_object('id', id, 'effect', effect, 'role', role_key,
             'permissions', permissions, 'scope', scope_kind, 'scopeId', scope_id, 'path', path,
             'condition', condition, 'expiresAt', expires_at, 'createdAt', created_at) as row
      from identity.grant where org_id = ${orgId} and principal_id = ${id} order by id`,
  sqlOf('membership')`
    select jsonb_build_object('team', t.key, 'name', t.name, 'createdAt', m.created_at) as row
      from identity.team_member m
      join identity.team t on t.org_id = m.org_id and t.id = m.team_id
     where m.org_id = ${orgId} and m.principal_id = ${id} order by t.key`,
  sqlOf('delegation')`
    select jsonb_build_object('agent', a.handle, 'scopes', d.scopes, 'projectIds', d.project_ids,
             'expiresAt', d.expires_at, 'createdAt', d.created_at) as row
      from identity.delegation d
      join identity.principal a on a.org_id = d.org_id and a.id = d.agent_id
     where d.org_id = ${orgId} and d.person_id = ${id} order by a.handle`,
  sqlOf('linked_account')`
    select jsonb_build_object('id', id, 'issuer', issuer, 'subject', subject,
             'linkedAt', linked_at, 'lastUsedAt', last_used_at) as row
      from identity.external_account
     where org_id = ${orgId} and principal_id = ${id} order by id`,
  sqlOf('link')`
    select jsonb_build_object('id', k.id, 'purpose', k.purpose, 'email', k.email,
             'createdAt', k.created_at, 'expiresAt', k.expires_at, 'usedAt', k.used_at,
             'withdrawnAt', k.withdrawn_at) as row
      from identity.link k
     where k.org_id = ${orgId} and (k.principal_id = ${id} or lower(k.email) = (
       select lower(f.email) from identity.person_profile f
        where f.org_id = ${orgId} and f.principal_id = ${id})) order by k.id`,
  sqlOf('invitation_made')`
    select jsonb_build_object('id', id, 'createdAt', created_at, 'expiresAt', expires_at) as row
      from identity.link
     where org_id = ${orgId} and created_by = ${id} and purpose = 'invite' order by id`,
  sqlOf('consent')`
    select jsonb_build_object('id', id, 'client', client_name, 'clientId', client_id,
             'redirectUri', redirect_uri, 'resource', resource, 'scopes', scopes,
             'createdAt', created_at, 'expiresAt', expires_at, 'endedAt', ended_at) as row
      from identity.oauth_consent where org_id = ${orgId} and person_id = ${id} order by id`,
  sqlOf('access_request')`
    select jsonb_build_object('client', client_name, 'createdAt', created_at,
             'expiresAt', expires_at) as row
      from identity.oauth_request
     where org_id = ${orgId} and person_id = ${id} order by created_at`,
]
