import type { Words } from '../../kernel/operation.ts'
import { type Refusal, refuse } from '../../kernel/refusal.ts'
import { type CallEnd, callKey, type CallRecord } from '../domain/call.ts'
import { connectionFor, type HubTool } from './catalogue.ts'
import {
  type CallAnswer,
  isLong,
  madeAnswer,
  recordedAnswer,
  type Shaped,
  shapedAnswer,
  waitingAnswer,
} from './call-answer.ts'
import { accountNeeded, claimNeeded, keyOfAnother, notAskable } from './call-refusals.ts'
import { recordedName, requestOf, sendAndAsk } from './call-request.ts'
import { verdictOn } from './call-verdict.ts'
import type { CallWish } from './call-wish.ts'
import type { HubNeeds, Sent } from './hub-ports.ts'
import type { CallTail, Connection, NewCall } from './hub-records.ts'

/** Milliseconds that a call may take where no rule says otherwise. */
export const CALL_MS = 60_000
/** Bytes of an answer that is read to its end. */
export const RESULT_BYTES_MAX = 5_000_000

/** The code of a call that its caller took back. */
export const CANCELLED_CODE = 'tools.cancelled'

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
    if (wish.request) throw notAskable(tool)
    if (needsLease(connection, needs) && wish.claim === null) throw claimNeeded(tool)
    const asked = { record, args: wish.args, fields: wish.fields, text, tool, risk, needs: persons }
    const parked = await waiting.park(asked, call)
    if (parked === null) return repeatedAnswer(wish, needs)
    return waitingAnswer(parked.record, { tool: tool.name, approval: parked.approval }, needs)
  }
  const leaseId = await leaseOf(wish, connection, needs)
  const isPlain = tool.labels.effect === 'read' && record.key === null && !wish.task
  const leaving = { ...record, leaseId }
  const begun = isPlain ? leaving : await needs.journal.begin(leaving, call)
  if (begun === null) return repeatedAnswer(wish, needs)
  if (begun.number !== undefined) wish.task?.began(callKey(begun.number))
  return finishCall({ wish, connection, begun }, needs)
}

/** Answers a call that its caller has made before under the same key; it is not made again. */
export const repeatedAnswer = async (wish: CallWish, needs: Needs): Promise<CallAnswer> => {
  const { tool, argsSha256 } = wish
  const { call, calls } = needs
  const record = await calls.byKey(call.actor.id, call.idempotencyKey ?? '')
  const isSame = record?.argsSha256 === argsSha256 && record.tool === recordedName(wish)
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
  const { tool } = wish
  const { rules } = tool
  const sent = await sendAndAsk(wish, needs, (asked) =>
    needs.outside.send({
      ...{ upstream: tool.upstream, connection, call: needs.call },
      ...requestOf(asked.wish, asked.client),
      leaseId: begun.leaseId,
      timeoutMs: rules.timeoutMs ?? CALL_MS,
      bytesMax: rules.resultBytesMax ?? RESULT_BYTES_MAX,
      isSafe: tool.labels.effect === 'read' || rules.retrySafe === true,
    }),
  )
  const shaped = shapedAnswer(sent, wish, needs)
  // What is long is read on in parts, and what is repeated or waited for is answered again.
  const isAlone = wish.task?.ends() === true
  const isAsked = begun.approvalId !== null || needs.call.idempotencyKey !== null
  const isKept = isAsked || isAlone || isLong(shaped.text)
  const tail: CallTail = {
    end: endOf(sent, shaped, wish),
    result: isKept ? shaped.result : null,
    labels: shaped.labels,
    definitionId: tool.definition.id,
  }
  const record = await needs.journal.end(begun, tail, needs.call)
  if (sent.kind === 'failure') throw withPage(sent.refusal, tool, needs)
  return madeAnswer(record, shaped, tool.name)
}

/** Says where an account is connected again, where a server does not take the one it has. */
const withPage = (refusal: Refusal, { upstream }: HubTool, { address }: Needs): Refusal => {
  const { kind, code, message, details } = refusal
  if (code !== 'tools.needs_connect') return refusal
  return refuse(kind, code, message, { ...details, url: address(`/tools/${upstream.slug}`) })
}

const endOf = (sent: Sent, { isError }: Shaped, { task }: CallWish): CallEnd => {
  const ms = Math.round(sent.ms)
  if (sent.kind === 'failure') {
    const { refusal, unknown } = sent
    const code = task?.isCancelled() === true ? CANCELLED_CODE : refusal.code
    return { state: unknown ? 'unknown' : 'failed', ms, bytes: 0, code }
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

const needsLease = (connection: Connection | null, { call }: Pick<Needs, 'call'>): boolean =>
  call.actor.kind === 'agent' && connection !== null && connection.secretId !== null

/** Finds the credential that a call goes with, and the lease under which it is used. */
export const accessFor = async (wish: CallWish, needs: Needs) => {
  const connection = await connectionOf(wish, needs)
  return { connection, leaseId: await leaseOf(wish, connection, needs) }
}

/** Takes the lease under which an agent uses a credential, and counts this call. */
const leaseOf = async (
  { tool, claim }: CallWish,
  connection: Connection | null,
  { call, leasing }: Needs,
): Promise<string | null> => {
  if (connection === null || !needsLease(connection, { call })) return null
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
    tool: recordedName(wish),
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
