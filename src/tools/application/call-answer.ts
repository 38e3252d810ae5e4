import type { z } from 'zod'
import type { Words } from '../../kernel/operation.ts'
import type { CallView } from '../contract.ts'
import { callKey, type CallRecord } from '../domain/call.ts'
import { labelsOfCall } from '../domain/labels.ts'
import { cutResult, RESULT_TEXT_BYTES_MAX, resultPart, textBytes } from '../domain/result-cut.ts'
import { pickFields, readFields } from '../domain/result-fields.ts'
import type { HubNeeds, Sent } from './hub-ports.ts'
import type { Json } from './hub-records.ts'
import type { CallWish } from './call-wish.ts'
import { resultText } from './result-text.ts'

/** A call as it is answered. */
export type CallAnswer = z.output<typeof CallView>

/** What came back, before its call has a key: whole, without secrets. */
export type Shaped = Readonly<{
  text: string
  isError: boolean
  state: 'done' | 'failed' | 'input_required'
  result: Json | null
  labels: readonly string[]
}>

/** Makes of what a server answered what its caller gets, without secrets. */
export const shapedAnswer = (
  sent: Sent,
  { tool, fields }: CallWish,
  { outside }: Pick<HubNeeds, 'outside'>,
): Shaped => {
  if (sent.kind === 'failure') {
    return { text: '', isError: true, state: 'failed', result: null, labels: [] }
  }
  const labels = labelsOfCall(tool.labels, true)
  const result = outside.scrub(sent.kind === 'result' ? sent.result : faultResult(sent))
  const isError = result['isError'] === true
  const asks = result['resultType'] === 'input_required'
  const state = asks ? 'input_required' : isError ? 'failed' : 'done'
  return { text: fieldsOf(result, fields), isError, state, result, labels }
}

/** The member of `_meta` under which an error of the protocol is kept in a result. */
export const FAULT_KEY = 'guildhall/fault'

/** Tells whether a text has to be read on in parts. */
export const isLong = (text: string): boolean => textBytes(text) > RESULT_TEXT_BYTES_MAX

/** Shows a call that was just made. */
export const madeAnswer = (
  record: CallRecord,
  { text, isError, state, result }: Shaped,
  tool: string,
): CallAnswer => {
  const key = callKey(record.number)
  const cut = cutResult(text, key)
  const { ms, bytes, code } = record
  return {
    ...{ key, tool, state, text: cut.text, isError, part: 1, parts: cut.parts },
    ...{ approval: null, url: null, ms, bytes, code, result },
  }
}

const fieldsOf = (result: Json, fields: readonly string[]): string => {
  const text = resultText(result)
  if (fields.length === 0) return text
  const structured = result['structuredContent']
  return pickFields({ structured, text }, readFields(fields))?.text ?? text
}

/** An error of the protocol is told like an error of the tool: its caller chose the words. */
const faultResult = ({ code, message, data }: Extract<Sent, { kind: 'fault' }>): Json => ({
  content: [{ type: 'text', text: `${message} (${code})` }],
  isError: true,
  // Clients that list tools natively get the error as it came.
  _meta: { [FAULT_KEY]: { code, message, ...(data !== undefined && { data }) } },
})

/** Answers a call that waits for somebody. */
export const waitingAnswer = (
  record: CallRecord,
  { tool, approval }: Readonly<{ tool: string; approval: string }>,
  { address, call }: HubNeeds & Pick<Words, 'call'>,
): CallAnswer => {
  const key = callKey(record.number)
  const text =
    call.actor.kind === 'person'
      ? `${key} waits for somebody else to approve ${approval}. ` +
        `What came of it: guildhall tool-call get ${key}`
      : `${key} waits for a person to approve ${approval}. Go on with other work; ` +
        `guildhall__result {"call":"${key}"} waits for it and gives the result.`
  return {
    ...{ key, tool, state: 'parked', text, isError: false, part: 1, parts: 1, approval },
    ...{ url: address(`/inbox?approval=${approval}`), ms: null, bytes: null, code: null },
    result: null,
  }
}

/** Answers from the record: a call that was made before, or one that somebody else waits for. */
export const recordedAnswer = async (
  record: CallRecord,
  { tool, part }: Readonly<{ tool: string; part: number }>,
  needs: HubNeeds & Words,
): Promise<CallAnswer> => {
  const key = callKey(record.number)
  if (record.state === 'parked') {
    const standing =
      record.approvalId === null ? null : await needs.waiting.standing(record.approvalId)
    return waitingAnswer(record, { tool, approval: standing?.key ?? '' }, needs)
  }
  const result = await needs.calls.result(record.id)
  const cut = result === null ? null : resultPart(resultText(result), key, part)
  const { state, ms, bytes, code } = record
  const text = cut?.text ?? (await stateText(record, key, needs))
  return {
    ...{ key, tool, state, text, isError: state !== 'done', part, parts: cut?.parts ?? 1 },
    ...{ approval: null, url: null, ms, bytes, code, result: cut === null ? null : result },
  }
}

const stateText = async (
  { state, code, approvalId }: CallRecord,
  key: string,
  { waiting }: HubNeeds,
): Promise<string> => {
  switch (state) {
    case 'begun':
      return `${key} is under way.`
    case 'unknown':
      return `${key} was sent, and nobody knows whether it was done. Look before you repeat it.`
    case 'refused': {
      const standing = approvalId === null ? null : await waiting.standing(approvalId)
      const reason = standing?.reason ? `: ${standing.reason}` : ''
      return `${key} was not made: ${standing?.state ?? code ?? 'refused'}${reason}.`
    }
    default:
      return `${key} is ${state}; its result is not kept${code === null ? '' : ` (${code})`}.`
  }
}
