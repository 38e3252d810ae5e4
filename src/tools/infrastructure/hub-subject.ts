import {
  type ErasedCounts,
  type Erasing,
  SUBJECT_ROWS,
  type SubjectGround,
  type SubjectLine,
  subjectPages,
} from '../../platform/subject.ts'
import { at } from '../../platform/sql.ts'
import type { CallRecord } from '../domain/call.ts'
import { ConnectionRemoved } from '../events.ts'
import { CALL_COLUMNS, endedEvent } from './call-rows.ts'

type Row = Readonly<{ id: string; row: Readonly<Record<string, unknown>> }>

/** Gives the calls of tools that somebody made, and the accounts they have connected. */
export async function* callsOf(
  { sql, orgId }: SubjectGround,
  principalId: string,
): AsyncIterable<SubjectLine> {
  const accounts = (after: Row | null) => sql<Row>`
    select c.id, jsonb_build_object('server', u.slug, 'account', c.account, 'state', c.state,
                   'createdAt', c.created_at) as row
      from tools.connection c
      join tools.upstream u on u.org_id = c.org_id and u.id = c.upstream_id
     where c.org_id = ${orgId} and c.principal_id = ${principalId}
       and (${after === null} or c.id > ${after?.id ?? null}::uuid)
     order by c.id limit ${SUBJECT_ROWS}`
  for await (const { row } of subjectPages(accounts)) yield { k: 'tool_account', ...row }
  const calls = (after: Row | null) => sql<Row>`
    select c.id, jsonb_build_object('call', 'TC-' || c.number, 'tool', c.tool, 'at', c.at,
                   'door', c.door, 'state', c.state, 'argsSha256', c.args_sha256) as row
      from tools.call c
     where c.org_id = ${orgId}
       and (c.principal_id = ${principalId} or c.on_behalf_of = ${principalId})
       and (${after === null} or c.id > ${after?.id ?? null}::uuid)
     order by c.id limit ${SUBJECT_ROWS}`
  for await (const { row } of subjectPages(calls)) yield { k: 'tool_call', ...row }
}

/**
 * Takes away what somebody has connected and what came back to them. That they called stays, with
 * hashes of what they said: it is the record of the organisation.
 */
export const eraseCallsOf = async (
  { sql, orgId }: SubjectGround,
  principalId: string,
  { now, emit }: Erasing,
): Promise<ErasedCounts> => {
  const gone = await sql<{ id: string; upstreamId: string; secretId: string; version: number }>`
    delete from tools.connection
     where org_id = ${orgId} and principal_id = ${principalId}
    returning id, upstream_id as "upstreamId", secret_id as "secretId", version`
  const secrets = gone.flatMap(({ secretId }) => secretId ?? [])
  await sql`
    delete from tools.secret_version
     where org_id = ${orgId} and secret_id = any(${secrets}::uuid[])`
  await sql`delete from tools.secret where org_id = ${orgId} and id = any(${secrets}::uuid[])`
  for (const { id: connectionId, upstreamId, version } of gone) {
    emit(ConnectionRemoved({ connectionId, upstreamId, version: version + 1 }))
  }
  const results = await sql`
    delete from tools.call_result
     where org_id = ${orgId} and principal_id = ${principalId} returning call_id`
  const waited = await sql<CallRecord>`
    update tools.call c
       set state = 'refused', code = 'tools.person_erased', ended_at = ${at(now)}, ms = 0
     where c.org_id = ${orgId} and c.principal_id = ${principalId} and c.state = 'parked'
    returning ${CALL_COLUMNS}`
  const end = { state: 'refused' as const, ms: 0, bytes: 0, code: 'tools.person_erased' }
  for (const call of waited) {
    emit(endedEvent(call, { end, result: null, labels: [], definitionId: '' }))
  }
  await sql`
    update tools.parked_call set state = 'done', args = '{}'::jsonb, actor = '{}'::jsonb
     where org_id = ${orgId} and call_id = any(${waited.map(({ id }) => id)}::uuid[])`
  return { tool_accounts: gone.length, tool_results: results.length, tool_calls: waited.length }
}
