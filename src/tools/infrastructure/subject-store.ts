import { callsOf, eraseCallsOf } from './hub-subject.ts'
import { webhooksOf } from './webhook-subject.ts'
import { SUBJECT_ROWS, type SubjectData, subjectPages } from '../../platform/subject.ts'

type Row = Readonly<{ id: string; number: number; row: Readonly<Record<string, unknown>> }>

/**
 * What this room keeps of persons: that they stored a secret, changed keys, hold a lease, called a
 * tool, or connected an account. A secret of the organisation belongs to the place it is stored
 * for and stays; accounts of their own go, with their secrets, and so does what came back to them.
 */
export const toolsSubject: SubjectData = {
  async *export({ sql, orgId }, principalId) {
    const secrets = (after: Row | null) => sql<Row>`
      select v.secret_id as id, v.version as number,
             jsonb_build_object('name', s.name, 'version', v.version,
               'createdAt', v.created_at) as row
        from tools.secret_version v
        join tools.secret s on s.org_id = v.org_id and s.id = v.secret_id
       where v.org_id = ${orgId} and v.created_by = ${principalId}
         and (${after === null} or (v.secret_id, v.version)
              > (${after?.id ?? null}::uuid, ${after?.number ?? 0}))
       order by v.secret_id, v.version limit ${SUBJECT_ROWS}`
    for await (const { row } of subjectPages(secrets)) yield { k: 'stored_secret', ...row }
    const leases = (after: Row | null) => sql<Row>`
      select id, 0 as number,
             jsonb_build_object('connection', connection, 'tools', tools, 'takenAt', taken_at,
               'expiresAt', expires_at, 'endedAt', ended_at, 'calls', calls) as row
        from tools.lease
       where org_id = ${orgId} and (principal_id = ${principalId} or on_behalf_of = ${principalId})
         and (${after === null} or id > ${after?.id ?? null}::uuid)
       order by id limit ${SUBJECT_ROWS}`
    for await (const { row } of subjectPages(leases)) yield { k: 'tool_lease', ...row }
    const rotations = (after: Row | null) => sql<Row>`
      select id, 0 as number,
             jsonb_build_object('startedAt', started_at, 'state', state) as row
        from tools.key_rotation
       where org_id = ${orgId} and started_by = ${principalId}
         and (${after === null} or id > ${after?.id ?? null}::uuid)
       order by id limit ${SUBJECT_ROWS}`
    for await (const { row } of subjectPages(rotations)) yield { k: 'key_rotation', ...row }
    yield* webhooksOf({ sql, orgId }, principalId)
    yield* callsOf({ sql, orgId }, principalId)
  },
  erase: eraseCallsOf,
}
