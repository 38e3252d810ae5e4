import { z } from 'zod'
import type { AgentsApi } from '../../agents/contract.ts'
import type { Happened } from '../../kernel/event.ts'
import type { Call } from '../../kernel/operation.ts'
import { Refusal } from '../../kernel/refusal.ts'
import type { Database } from '../../platform/database.ts'
import { outboxInserts } from '../../platform/ledger/outbox.ts'
import { withRetries } from '../../platform/pipeline/retry.ts'
import type { Ground } from '../../platform/room.ts'
import { at, type Query, type Sql } from '../../platform/sql.ts'
import type { HubTool } from '../application/catalogue.ts'
import type { Parking, Waiting } from '../application/hub-ports.ts'
import type { NewCall, ParkedCall } from '../application/hub-records.ts'
import { APPROVAL_MS, type CallRecord, type CallState, LOST_MS } from '../domain/call.ts'
import { actorFacts } from './call-actor.ts'
import type { CallEnds } from './call-ends.ts'
import {
  begunEvent,
  CALL_COLUMNS,
  closeCalls,
  endedEvent,
  insertCalls,
  takeNumbers,
} from './call-rows.ts'
import { parkedStore } from './parked-store.ts'

/** What waiting for people stands on. */
export type WaitingGround = Readonly<{
  database: Database
  now: () => number
  agents: (ground: Ground) => AgentsApi
  committed: (orgId: string, happened: readonly Happened[]) => void
  ends: CallEnds
}>

/** Sends a statement along with the commit. */
type Send = (query: Query) => void

/** Lets calls of one organisation wait for people; `own` is the ground of the caller. */
export const callWaiting = (ground: WaitingGround, own: Ground): Waiting => {
  const { orgId } = own
  const write = async <T>(
    call: Call,
    body: (sql: Sql, emit: (happened: Happened) => void, send: Send) => Promise<T>,
  ): Promise<T> => {
    const happened: Happened[] = []
    const sent: Query[] = []
    const value = await withRetries(call, ground.now, () =>
      ground.database.write(orgId, async (sql) => {
        happened.length = 0
        sent.length = 0
        const result = await body(
          sql,
          (one) => happened.push(one),
          (one) => sent.push(one),
        )
        const tail = [...sent, ...outboxInserts(happened, call, 'tools.call_tool')]
        return { value: result, tail }
      }),
    )
    ground.committed(orgId, happened)
    return value
  }
  return {
    park: (parking, call) =>
      write(call, (sql, emit, send) =>
        parked({ sql, orgId }, { parking, call, emit, send, ground }),
      ),
    take: (waits, tool, call) =>
      write(call, async (sql, emit, send) => {
        const store = parkedStore({ sql, orgId })
        const expiresAt = call.now + LOST_MS
        if (!(await store.take(waits.callId, { now: call.now, expiresAt }))) return null
        const record = await recordOf(sql, orgId, waits.callId)
        const wish = wishOf(tool, { id: record.id, args: waits.args })
        const agents = ground.agents({ sql, orgId })
        // In this transaction: whoever takes the approval is the one who makes the call.
        await agents.use(waits.approvalId, agents.hash(wish), call.now)
        const begun: CallRecord = { ...record, state: 'begun' }
        send(closeCalls(orgId, [begun]))
        emit(begunEvent(begun))
        return begun
      }).catch(async (error: unknown) => {
        if (!(error instanceof Refusal) || error.kind !== 'conflict') throw error
        await write(call, (sql, emit) =>
          refused({ sql, orgId }, { waits, code: error.code, call, emit }, ground),
        )
        return null
      }),
    async refuse(waits, code, call) {
      await write(call, (sql, emit) => refused({ sql, orgId }, { waits, code, call, emit }, ground))
      return { state: 'refused' }
    },
    async withdraw(waits, call) {
      const code = 'tools.cancelled'
      await write(call, async (sql, emit) => {
        await refused({ sql, orgId }, { waits, code, call, emit }, ground)
        await ground.agents({ sql, orgId }).withdraw(waits.approvalId, { call, emit })
      })
    },
    async drop(approvalId, { call, emit }) {
      const waits = await parkedStore(own).ofApproval(approvalId)
      if (waits === null || waits.state !== 'waiting') return
      await refused(own, { waits, code: 'tools.not_approved', call, emit }, ground)
    },
    async closeLost(limit, { call, emit }) {
      // What waited for a person was sent later than it was asked for.
      const lost = await own.sql<CallRecord>`
        select ${CALL_COLUMNS} from tools.call c
         where c.org_id = ${orgId} and c.state = 'begun'
           and c.at < ${at(call.now - LOST_MS)}
           and not exists (
             select 1 from tools.parked_call p
              where p.org_id = ${orgId} and p.call_id = c.id
                and p.sent_at >= ${at(call.now - LOST_MS)})
         order by c.at limit ${limit}`
      for (const record of lost) {
        const code = 'tools.call_lost'
        if (!(await closedAs(own, record, { state: 'unknown', code, now: call.now }))) continue
        await parkedStore(own).close([record.id])
        emit(endedEvent(ended(record, 'unknown', call), tailOf('unknown', code)))
        ground.ends.tell(record.id)
      }
      // Approved, and yet nobody could make them: whoever wanted them may not any more.
      const over = await parkedStore(own).over(call.now, limit)
      for (const waits of over) {
        await refused(own, { waits, code: 'tools.approval_over', call, emit }, ground)
      }
      return lost.length + over.length
    },
    async standing(approvalId) {
      const found = await ground.agents(own).stateOf(approvalId)
      return found === null ? null : { key: found.key, state: found.state, reason: found.reason }
    },
  }
}

type Parked = Readonly<{
  parking: Parking
  call: Call
  emit: (happened: Happened) => void
  send: Send
  ground: WaitingGround
}>

const parked = async ({ sql, orgId }: Ground, { parking, call, emit, send, ground }: Parked) => {
  const { record, args, fields, tool, risk, needs, text } = parking
  if (!(await isFirst(sql, orgId, record))) return null
  const agents = ground.agents({ sql, orgId })
  const asked = await agents.ask(
    {
      ...wishOf(tool, { id: record.id, args }),
      ...{ text, risk, needs, projectId: record.projectId, ms: APPROVAL_MS },
      ref: { room: 'tools', id: record.id },
    },
    { call, emit },
  )
  const number = await takeNumbers(sql, orgId, 1)
  const { key: _key, number: _number, ...bare } = record
  const open = { endedAt: null, ms: null, bytes: null, code: null, approvalId: asked.id }
  const whole: CallRecord = { ...bare, ...open, number, state: 'parked' }
  send(insertCalls(orgId, [whole]))
  await parkedStore({ sql, orgId }).add({
    ...{ callId: record.id, callAt: record.at, approvalId: asked.id, args, fields },
    ...{ actor: actorFacts(call.actor), argsSha256: record.argsSha256, state: 'waiting' },
    expiresAt: asked.expiresAt,
  })
  emit(begunEvent(whole))
  return { record: whole, approval: asked.key }
}

/** Takes the key of a call for it; whoever asks again under that key asks for the same call. */
const isFirst = async (sql: Sql, orgId: string, record: NewCall): Promise<boolean> => {
  const { id, key, principalId, argsSha256, at: asked } = record
  if (key === null) return true
  const taken = await sql`
    insert into tools.call_key (org_id, principal_id, key, call_id, args_sha256, created_at)
    values (${orgId}, ${principalId}, ${key}, ${id}, ${argsSha256}, ${at(asked)})
    on conflict (org_id, principal_id, key) do nothing
    returning call_id`
  return taken.length > 0
}

/** What exactly is approved: this call, of this tool as it is, with these arguments and rules. */
const wishOf = (
  { name, definition, policyVersion }: HubTool,
  { id, args }: Readonly<{ id: string; args: ParkedCall['args'] }>,
) => {
  // What came in as JSON is JSON; the contract's shape checks it again.
  const bound = { run: null, effectKey: id, tool: name, definitionSha256: definition.hash }
  return { kind: 'tool' as const, bound: { ...bound, args: z.json().parse(args) }, policyVersion }
}

type Refusing = Readonly<{
  waits: ParkedCall
  code: string
  call: Call
  emit: (happened: Happened) => void
}>

const refused = async (own: Ground, refusing: Refusing, { ends }: WaitingGround) => {
  const { waits, code, call, emit } = refusing
  const record = await recordOf(own.sql, own.orgId, waits.callId)
  if (!(await closedAs(own, record, { state: 'refused', code, now: call.now }))) return
  await parkedStore(own).close([waits.callId])
  emit(endedEvent(ended(record, 'refused', call), tailOf('refused', code)))
  ends.tell(waits.callId)
}

type Closing = Readonly<{ state: 'refused' | 'unknown'; code: string; now: number }>

const closedAs = async ({ sql, orgId }: Ground, record: CallRecord, closing: Closing) => {
  const { state, code, now } = closing
  const rows = await sql`
    update tools.call c set state = ${state}, code = ${code}, ended_at = ${at(now)}, ms = 0
     where c.org_id = ${orgId} and c.id = ${record.id} and c.at = ${at(record.at)}
       and c.state = ${record.state}
    returning c.id`
  return rows.length > 0
}

const ended = (record: CallRecord, state: CallState, { now }: Call): CallRecord => ({
  ...{ ...record, state, endedAt: Math.trunc(now) },
})

const tailOf = (state: 'refused' | 'unknown', code: string) => ({
  end: { state, ms: 0, bytes: 0, code },
  ...{ result: null, labels: [], definitionId: '' },
})

const recordOf = (sql: Sql, orgId: string, callId: string): Promise<CallRecord> =>
  sql.one<CallRecord>`
    select ${CALL_COLUMNS} from tools.call c
     where c.org_id = ${orgId} and c.id = ${callId} for update`
