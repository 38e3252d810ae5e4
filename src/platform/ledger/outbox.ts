import { createHash, createHmac } from 'node:crypto'
import { assert } from '../../kernel/assert.ts'
import { canonical } from '../../kernel/canonical.ts'
import type { Happened } from '../../kernel/event.ts'
import { orderOf } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import { at, json, type Query, query } from '../sql.ts'

/** Events that one transaction may write: an import of 20,000 tasks, changed twice each. */
export const EVENTS_PER_CALL_MAX = 50_000

/** The fields of an event that its digest covers. */
export type Sealed = Readonly<{
  org_id: string
  id: string
  name: string
  subject: string
  subject_version: number
  actor: string | null
  happened_at: number
  data: Readonly<Record<string, unknown>>
}>

/** Computes the digest of an event: SHA-256 over its canonical JSON, times as UTC milliseconds. */
export const digestOf = (row: Sealed): Buffer =>
  createHash('sha256')
    .update(canonical({ ...row, happened_at: at(row.happened_at) }))
    .digest()

/** Commits to an erasable part of an event: HMAC-SHA-256 under a salt that is erased with it. */
export const commitmentOf = (salt: Uint8Array, body: unknown): string =>
  createHmac('sha256', salt).update(canonical(body)).digest('hex')

type PrivatePart = Readonly<{ eventId: string; part: string; salt: Buffer; body: unknown }>

/**
 * Prepares the statements that write a call's events; they travel with its commit. An act that is
 * only named has ended well.
 */
export const outboxInserts = (
  happened: readonly Happened[],
  call: Call,
  act: string | Act,
): readonly Query[] => outboxInsertsOf([{ happened, call, act }])

/** What one of several calls that share a commit has made happen. */
export type CallEvents = Readonly<{ happened: readonly Happened[]; call: Call; act: string | Act }>

/** Prepares the statements that write the events of several calls with one commit. */
export const outboxInsertsOf = (all: readonly CallEvents[]): readonly Query[] => {
  const count = all.reduce((sum, { happened }) => sum + happened.length, 0)
  assert(count <= EVENTS_PER_CALL_MAX, 'an operation writes a bounded number of events')
  const parts: Query[] = []
  const rows = all.flatMap(({ happened, call, act }) => {
    const written = happened.map((event) => eventRow(event, call, act))
    const priv = written.flatMap((one) => one.parts)
    if (priv.length > 0) parts.push(insertParts(priv, call))
    return written.map(({ row }) => row)
  })
  return rows.length === 0 ? [] : [insertRows(rows), ...parts]
}

const eventRow = (event: Happened, call: Call, act: string | Act) => {
  const id = call.newId()
  const priv = partsOf(event, id, call)
  const audit = { ...auditOf(call, act), ...(priv.digests && { priv: priv.digests }) }
  const row = {
    org_id: call.actor.orgId,
    id,
    name: event.name,
    subject: event.subject,
    subject_version: event.version,
    actor: call.actor.id,
    happened_at: Math.trunc(call.now),
    data: plain({ ...event.data, audit }),
  }
  const sealed = { happened_at: at(row.happened_at), ord: orderOf(id), digest: digestOf(row) }
  return { row: { ...row, ...sealed }, parts: priv.parts }
}

/** How the call ended that an event speaks of. */
export type Outcome = 'ok' | 'refused' | 'failed' | 'unknown'

/** What was done, and how it ended. */
export type Act = Readonly<{ operation: string; out: Outcome }>

const auditOf = ({ actor, door, trace, idempotencyKey }: Call, act: string | Act) => ({
  kind: actor.kind,
  ...(actor.onBehalfOf && { for: actor.onBehalfOf }),
  ...(actor.credentialId && { cred: actor.credentialId }),
  door,
  op: typeof act === 'string' ? act : act.operation,
  ...(idempotencyKey && { req: idempotencyKey }),
  trace,
  out: typeof act === 'string' ? 'ok' : act.out,
})

/** Drops undefined fields and checks that jsonb gives back what was sealed: no floats. */
const plain = (data: Record<string, unknown>): Record<string, unknown> => {
  const copy: unknown = JSON.parse(JSON.stringify(data))
  assert(typeof copy === 'object' && copy !== null, 'an event holds an object')
  checkWhole(copy, '')
  return { ...copy }
}

const checkWhole = (value: unknown, key: string): void => {
  if (typeof value === 'number') {
    const isWhole = Number.isSafeInteger(value)
    assert(isWhole, `the event field ${key} is a safe integer; use strings or smaller units`)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) checkWhole(inner, name)
  }
}

const partsOf = ({ parts: given }: Happened, eventId: string, call: Call) => {
  const parts: PrivatePart[] = []
  const digests: Record<string, string> = {}
  for (const [part, body] of Object.entries(given)) {
    if (body === undefined) continue
    const salt = Buffer.from(call.random(new Uint8Array(32)))
    const kept: unknown = JSON.parse(JSON.stringify(body))
    digests[part] = commitmentOf(salt, kept)
    parts.push({ eventId, part, salt, body: kept })
  }
  return { parts, digests: parts.length > 0 ? digests : null }
}

type Row = Readonly<
  Omit<Sealed, 'happened_at'> & { happened_at: string; ord: number; digest: Buffer }
>

const insertRows = (rows: readonly Row[]): Query => query`
  insert into platform.outbox
    (org_id, id, ord, name, subject, subject_version, actor, happened_at, data, digest)
  select * from unnest(
    ${rows.map((row) => row.org_id)}::uuid[], ${rows.map((row) => row.id)}::uuid[],
    ${rows.map((row) => row.ord)}::bigint[], ${rows.map((row) => row.name)}::text[],
    ${rows.map((row) => row.subject)}::uuid[], ${rows.map((row) => row.subject_version)}::bigint[],
    ${rows.map((row) => row.actor)}::uuid[], ${rows.map((row) => row.happened_at)}::timestamptz[],
    ${rows.map((row) => JSON.stringify(row.data))}::jsonb[],
    ${rows.map((row) => row.digest)}::bytea[])`

const insertParts = (parts: readonly PrivatePart[], { actor, now }: Call): Query => query`
  insert into platform.event_private (org_id, at, event_id, part, owner_id, salt, body)
  select ${actor.orgId}::uuid, ${at(Math.trunc(now))}::timestamptz, p.event_id, p.part,
         ${actor.id}::uuid, decode(p.salt, 'hex'), p.body
    from jsonb_to_recordset(${json(
      parts.map(({ eventId, part, salt, body }) => ({
        event_id: eventId,
        part,
        salt: salt.toString('hex'),
        body,
      })),
    )}::jsonb) as p (event_id uuid, part text, salt text, body jsonb)`
