import { at, json, type Sql } from '../../platform/sql.ts'
import type { NewCall } from '../application/hub-records.ts'
import type { CallRecord } from '../domain/call.ts'

/** A call that may have a key of its caller. */
export type Keyed = Readonly<{ record: NewCall | CallRecord }>

/**
 * Finds the calls whose key their caller has used before: the same is not done again. A key that
 * was used for something else is a mistake.
 */
export const repeatedOf = async <E extends Keyed>(
  sql: Sql,
  orgId: string,
  entries: readonly E[],
): Promise<ReadonlySet<E>> => {
  const repeated = new Set<E>()
  const keyed = entries.flatMap((entry) => {
    const { record } = entry
    return 'key' in record && record.key !== null ? [{ entry, record, key: record.key }] : []
  })
  if (keyed.length === 0) return repeated
  const rows = keyed.map(({ record, key }) => ({
    principalId: record.principalId,
    key,
    callId: record.id,
    argsSha256: record.argsSha256,
    createdAt: at(record.at),
  }))
  const taken = await sql<{ callId: string }>`
    insert into tools.call_key (org_id, principal_id, key, call_id, args_sha256, created_at)
    select ${orgId}::uuid, k."principalId", k.key, k."callId", k."argsSha256", k."createdAt"
      from jsonb_to_recordset(${json(rows)}::jsonb) as k
           ("principalId" uuid, key text, "callId" uuid, "argsSha256" text,
            "createdAt" timestamptz)
    on conflict (org_id, principal_id, key) do nothing
    returning call_id as "callId"`
  const fresh = new Set(taken.map(({ callId }) => callId))
  for (const { entry, record } of keyed) {
    if (!fresh.has(record.id)) repeated.add(entry)
  }
  return repeated
}
