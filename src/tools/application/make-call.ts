import type { Words } from '../../kernel/operation.ts'
import type { CallEnd, CallRecord } from '../domain/call.ts'
import { connectionFor } from './catalogue.ts'
import {
  type CallAnswer,
  isLong,
  madeAnswer,
  recordedAnswer,
  type Shaped,
  shapedAnswer,
  waitingAnswer,
} from './call-answer.ts'
import { accountNeeded, claimNeeded, keyOfAnother } from './call-refusals.ts'
import { verdictOn } from './call-verdict.ts'
import type { CallWish } from './call-wish.ts'
import type { HubNeeds, Sent } from './hub-ports.ts'
import type { CallTail, Connection, NewCall } from './hub-records.ts'

/** Milliseconds that a call may take where no rule says otherwise. */
export const CALL_MS = 60_000
/** Bytes of an answer that is read to its end. */
export const RESULT_BYTES_MAX = 5_000_000

type Needs = HubNeeds & Words

/**
 * Makes a call, or lets it wait for somebody's approval. What may change something is written down
 * before it leaves; everything is written down before it is answered.
 */
export const makeCall = async (wish: CallWish, needs: Needs): Promise<CallAnswer> => {
  const { tool } = wish
  const { call, outside, waiting } = needs
  const verdict = await verdictOn(wish, needs)
  const { perMinute } = tool.rules
  if (perMinute !== undefined) outside.take(`${call.actor.id}/${tool.name}`, perMinute)
  const connection = await connectionOf(wish, needs)
  const record = newRecord(wish, connection, needs)
  if (verdict.kind === 'ask') {
    const { text, risk, needs: persons } = verdict
    const asked = { record, args: wish.args, fields: wish.fields, text, tool, risk, needs: persons }
    const parked = await waiting.park(asked, call)
    return waitingAnswer(parked.record, { tool: tool.name, approval: parked.approval }, needs)
  }
  const leaseId = await leaseOf(wish, connection, needs)
  const isPlain = tool.labels.effect === 'read' && record.key === null
  const leaving = { ...record, leaseId }
  const begun = isPlain ? leaving : await needs.journal.begin(leaving, call)
  if (begun === null) return repeatedAnswer(wish, needs)
  return finishCall({ wish, connection, begun }, needs)
}

/** Answers a call that its caller has made before under the same key; it is not made again. */
export const repeatedAnswer = async (wish: CallWish, needs: Needs): Promise<CallAnswer> => {
  const { tool, argsSha256 } = wish
  const { call, calls } = needs
  const record = await calls.byKey(call.actor.id, call.idempotencyKey ?? '')
  const isSame = record?.argsSha256 === argsSha256 && record.tool === tool.definition.name
  if (!isSame || record.upstreamId !== tool.upstream.id) throw keyOfAnother()
  return recordedAnswer(record, { tool: tool.name, part: 1 }, needs)
}

/** A call that is about to leave. */
export type Leaving = Readonly<{
  wish: CallWish
  connection: Connection | null
  begun: NewCall | CallRecord
}>

/** Sends a call that was written down as far as it has to be, and writes how it ended. */
export const finishCall = async (leaving: Leaving, needs: Needs): Promise<CallAnswer> => {
  const { wish, connection, begun } = leaving
  const { tool, args } = wish
  const { rules } = tool
  const sent = await needs.outside.send({
    ...{ upstream: tool.upstream, connection, tool: tool.definition.name, call: needs.call },
    method: 'tools/call',
    params: { name: tool.definition.name, arguments: args },
    leaseId: begun.leaseId,
    timeoutMs: rules.timeoutMs ?? CALL_MS,
    bytesMax: rules.resultBytesMax ?? RESULT_BYTES_MAX,
    isSafe: tool.labels.effect === 'read' || rules.retrySafe === true,
  })
  const shaped = shapedAnswer(sent, wish, needs)
  // What is long is read on in parts, and what is repeated or waited for is answered again.
  const isKept =
    begun.approvalId !== null || needs.call.idempotencyKey !== null || isLong(shaped.text)
  const tail: CallTail = {
    end: endOf(sent, shaped),
    result: isKept ? shaped.result : null,
    labels: shaped.labels,
    definitionId: tool.definition.id,
  }
  const record = await needs.journal.end(begun, tail, needs.call)
  if (sent.kind === 'failure') throw sent.refusal
  return madeAnswer(record, shaped, tool.name)
}

const endOf = (sent: Sent, { isError }: Shaped): CallEnd => {
  const ms = Math.round(sent.ms)
  if (sent.kind === 'failure') {
    const { refusal, unknown } = sent
    return { state: unknown ? 'unknown' : 'failed', ms, bytes: 0, code: refusal.code }
  }
  if (sent.kind === 'fault') return { state: 'failed', ms, bytes: 0, code: String(sent.code) }
  const code = isError ? 'tools.said_error' : null
  return { state: isError ? 'failed' : 'done', ms, bytes: sent.bytes, code }
}

/** Finds the credential of a call; refuses where the server wants one and there is none. */
const connectionOf = async ({ tool }: CallWish, needs: Needs): Promise<Connection | null> => {
  const { upstream } = tool
  if (upstream.credential === 'none') return null
  const found = connectionFor(await needs.catalogue(), upstream, needs.call.actor)
  if (found === null || found.state !== 'ready') throw accountNeeded(upstream, needs.address)
  return found
}

/** Takes the lease under which an agent uses a credential, and counts this call. */
const leaseOf = async (
  { tool, claim }: CallWish,
  connection: Connection | null,
  { call, leasing }: Needs,
): Promise<string | null> => {
  if (call.actor.kind !== 'agent' || connection === null || connection.secretId === null)
    return null
  if (claim === null) throw claimNeeded(tool)
  const { taskId, fence } = claim
  const wish = { taskId, fence, connection: connection.id, tool: tool.definition.name }
  return leasing.forClaim(wish, call)
}

const newRecord = (wish: CallWish, connection: Connection | null, needs: Needs): NewCall => {
  const { tool, claim, argsSha256 } = wish
  const { call } = needs
  const { actor } = call
  return {
    id: call.newId(),
    at: Math.trunc(call.now),
    principalId: actor.id,
    onBehalfOf: actor.onBehalfOf ?? null,
    door: call.door,
    taskId: claim?.taskId ?? null,
    projectId: claim?.projectId ?? null,
    upstreamId: tool.upstream.id,
    tool: tool.definition.name,
    definitionHash: tool.definition.hash,
    argsSha256,
    effect: tool.labels.effect,
    connectionId: connection?.id ?? null,
    leaseId: null,
    approvalId: null,
    trace: call.trace,
    key: call.idempotencyKey,
  }
}
