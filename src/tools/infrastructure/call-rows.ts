import type { Happened } from '../../kernel/event.ts'
import { at, atOrNull, json, part, type Query, query, type Sql } from '../../platform/sql.ts'
import type { CallTail } from '../application/hub-records.ts'
import { callKey, type CallRecord, RESULT_KEPT_MS } from '../domain/call.ts'
import { storable } from '../domain/json.ts'
import { CallBegun, CallEnded, CallParked } from '../events.ts'

/** What a row of the record holds, in the names of the record. */
export const CALL_COLUMNS = part`
  c.id, c.number, c.at, c.principal_id as "principalId", c.on_behalf_of as "onBehalfOf", c.door,
  c.task_id as "taskId", c.project_id as "projectId", c.upstream_id as "upstreamId", c.tool,
  c.definition_hash as "definitionHash", c.args_sha256 as "argsSha256", c.effect, c.state,
  c.connection_id as "connectionId", c.lease_id as "leaseId", c.approval_id as "approvalId",
  c.ended_at as "endedAt", c.ms, c.bytes, c.code, c.trace`

/** Takes the next numbers of calls; gives the last of them. */
export const takeNumbers = async (sql: Sql, orgId: string, count: number): Promise<number> => {
  const { calls } = await sql.one<{ calls: number }>`
    insert into tools.call_counter (org_id, calls) values (${orgId}, ${count})
    on conflict (org_id) do update set calls = tools.call_counter.calls + ${count}
    returning calls`
  return calls
}

const iso = (one: CallRecord) => ({ ...one, at: at(one.at), endedAt: atOrNull(one.endedAt) })

/** Adds calls to the record. */
export const insertCalls = (orgId: string, calls: readonly CallRecord[]): Query => query`
  insert into tools.call
    (org_id, at, id, number, principal_id, on_behalf_of, door, task_id, project_id, upstream_id,
     tool, definition_hash, args_sha256, effect, state, connection_id, lease_id, approval_id,
     ended_at, ms, bytes, code, trace)
  select ${orgId}::uuid, c.at, c.id, c.number, c."principalId", c."onBehalfOf", c.door,
         c."taskId", c."projectId", c."upstreamId", c.tool, c."definitionHash", c."argsSha256",
         c.effect, c.state, c."connectionId", c."leaseId", c."approvalId", c."endedAt", c.ms,
         c.bytes, c.code, c.trace
    from jsonb_to_recordset(${json(calls.map(iso))}::jsonb) as c
         (at timestamptz, id uuid, number bigint, "principalId" uuid, "onBehalfOf" uuid, door text,
          "taskId" uuid, "projectId" uuid, "upstreamId" uuid, tool text, "definitionHash" text,
          "argsSha256" text, effect text, state text, "connectionId" uuid, "leaseId" uuid,
          "approvalId" uuid, "endedAt" timestamptz, ms int, bytes int, code text, trace text)`

/** Writes how calls of the record ended. */
export const closeCalls = (orgId: string, calls: readonly CallRecord[]): Query => query`
  update tools.call c
     set state = e.state, ended_at = e."endedAt", ms = e.ms, bytes = e.bytes, code = e.code,
         connection_id = e."connectionId", lease_id = e."leaseId"
    from jsonb_to_recordset(${json(calls.map(iso))}::jsonb) as e
         (at timestamptz, id uuid, state text, "endedAt" timestamptz, ms int, bytes int, code text,
          "connectionId" uuid, "leaseId" uuid)
   where c.org_id = ${orgId} and c.id = e.id and c.at = e.at`

type Ended = Readonly<{ record: CallRecord; tail: CallTail }>

/** Keeps the results that are read on later. */
export const insertResults = (orgId: string, ended: readonly Ended[]): readonly Query[] => {
  const rows = ended.flatMap(({ record, tail }) =>
    tail.result === null
      ? []
      : [
          {
            callId: record.id,
            principalId: record.principalId,
            body: storable(tail.result),
            bytes: tail.end.bytes,
            createdAt: at(record.endedAt ?? record.at),
            expiresAt: at((record.endedAt ?? record.at) + RESULT_KEPT_MS),
          },
        ],
  )
  if (rows.length === 0) return []
  return [
    query`
      insert into tools.call_result
        (org_id, call_id, principal_id, body, bytes, created_at, expires_at)
      select ${orgId}::uuid, r."callId", r."principalId", r.body, r.bytes, r."createdAt",
             r."expiresAt"
        from jsonb_to_recordset(${json(rows)}::jsonb) as r
             ("callId" uuid, "principalId" uuid, body jsonb, bytes int,
              "createdAt" timestamptz, "expiresAt" timestamptz)
      on conflict (org_id, call_id) do nothing`,
  ]
}

/** A label that a call has given to its task, and to whoever made it. */
export type GivenLabel = Readonly<{ subjectId: string; label: string; callId: string; at: number }>

/** Adds labels, and says of those that are there when they were given last. */
export const insertLabels = (orgId: string, given: readonly GivenLabel[]): readonly Query[] => {
  if (given.length === 0) return []
  const rows = given.map((one) => ({ ...one, at: at(one.at) }))
  return [
    query`
      insert into tools.label (org_id, subject_id, label, call_id, at)
      select distinct on (l."subjectId", l.label)
             ${orgId}::uuid, l."subjectId", l.label, l."callId", l.at
        from jsonb_to_recordset(${json(rows)}::jsonb) as l
             ("subjectId" uuid, label text, "callId" uuid, at timestamptz)
       order by l."subjectId", l.label, l.at desc
      on conflict (org_id, subject_id, label)
      do update set at = greatest(tools.label.at, excluded.at)`,
  ]
}

/** Somebody who has called for a task, and so carries its labels. */
export type CarriedLabels = Readonly<{
  principalId: string
  taskId: string
  callId: string
  at: number
}>

/** Gives those who called for a task the labels that the task has. */
export const carryLabels = (orgId: string, carried: readonly CarriedLabels[]): readonly Query[] => {
  if (carried.length === 0) return []
  const rows = carried.map((one) => ({ ...one, at: at(one.at) }))
  return [
    query`
      insert into tools.label (org_id, subject_id, label, call_id, at)
      select distinct on (c."principalId", l.label)
             ${orgId}::uuid, c."principalId", l.label, c."callId", c.at
        from jsonb_to_recordset(${json(rows)}::jsonb) as c
             ("principalId" uuid, "taskId" uuid, "callId" uuid, at timestamptz)
        join tools.label l on l.org_id = ${orgId} and l.subject_id = c."taskId"
       order by c."principalId", l.label, c.at desc
      on conflict (org_id, subject_id, label)
      do update set at = greatest(tools.label.at, excluded.at)`,
  ]
}

/** How often a tool was used, and how that went, since it was written down last. */
export type Uses = { calls: number; failures: number; ms: number; lastAt: number }

/** Adds to the counts of tools: what is used most is found first. */
export const countUses = (orgId: string, uses: ReadonlyMap<string, Uses>): readonly Query[] => {
  if (uses.size === 0) return []
  const rows = [...uses].map(([definitionId, one]) => ({
    ...one,
    definitionId,
    lastAt: at(one.lastAt),
  }))
  // In one order for everybody: two hubs that count the same tools must not wait for each other.
  rows.sort((a, b) => (a.definitionId < b.definitionId ? -1 : 1))
  return [
    query`
      insert into tools.tool_use (org_id, definition_id, calls, failures, ms, last_at)
      select ${orgId}::uuid, u."definitionId", u.calls, u.failures, u.ms, u."lastAt"
        from jsonb_to_recordset(${json(rows)}::jsonb) as u
             ("definitionId" uuid, calls bigint, failures bigint, ms bigint,
              "lastAt" timestamptz)
      on conflict (org_id, definition_id)
      do update set calls = tools.tool_use.calls + excluded.calls,
                    failures = tools.tool_use.failures + excluded.failures,
                    ms = tools.tool_use.ms + excluded.ms,
                    last_at = greatest(tools.tool_use.last_at, excluded.last_at)`,
  ]
}

const about = (one: CallRecord) => ({
  ...{ callId: one.id, key: callKey(one.number), upstreamId: one.upstreamId, tool: one.tool },
  ...{ definitionHash: one.definitionHash, argsSha256: one.argsSha256, effect: one.effect },
  ...{ taskId: one.taskId, projectId: one.projectId, connectionId: one.connectionId },
  ...{ leaseId: one.leaseId, approvalId: one.approvalId },
})

/** Makes the event of a call that is about to be made, or waits. */
export const begunEvent = (one: CallRecord): Happened =>
  one.state === 'parked' ? CallParked(about(one)) : CallBegun(about(one))

/** Makes the event of a call that has ended. */
export const endedEvent = (one: CallRecord, { end }: CallTail): Happened =>
  CallEnded({
    ...about(one),
    ...{ outcome: end.state, ms: end.ms, bytes: end.bytes, code: end.code },
  })
