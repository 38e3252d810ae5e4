import { z } from 'zod'
import type { Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { callNumber, CALL_KEY, type CallRecord } from '../domain/call.ts'
import { type CallAnswer, recordedAnswer } from './call-answer.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { Json } from './hub-records.ts'

/** The tool that every profile has: reads a result on, or waits for it. */
export const RESULT_TOOL = 'guildhall__result'

/** Milliseconds for which a call that waits or is under way is waited for. */
const WAIT_MS = 45_000
/** Milliseconds between looks: what another hub ends is not heard of here. */
const LOOK_MS = 2_000

const Args = z.strictObject({
  call: z.string().regex(CALL_KEY, 'is a call such as TC-81'),
  part: z.int().min(1).max(1_000).default(1),
})

/** The tool as clients list it. */
export const RESULT_DEFINITION = {
  name: RESULT_TOOL,
  description:
    'Read on in a large result, or wait for a call that needs an approval: its key, and the part.',
  inputSchema: {
    type: 'object',
    properties: {
      call: { type: 'string', description: 'TC-81' },
      part: { type: 'integer', minimum: 1 },
    },
    required: ['call'],
  },
  annotations: { readOnlyHint: true },
} as const

/** Answers a call of the reading tool: one's own calls only. */
export const readResult = async (args: Json, needs: HubNeeds & Words): Promise<CallAnswer> => {
  const parsed = Args.safeParse(args)
  if (!parsed.success) throw badArguments()
  const { call, part } = parsed.data
  return endOfCall(call, part, needs)
}

/** Waits for the end of a call as long as a client waits, then tells how it stands. */
export const endOfCall = async (
  key: string,
  part: number,
  needs: HubNeeds & Words,
): Promise<CallAnswer> => {
  const { call, outside } = needs
  let record = await ownCall(key, needs)
  let left = WAIT_MS
  while (isOpen(record) && left > 0 && !call.signal.aborted) {
    await outside.ended(record.id, Math.min(left, LOOK_MS), call.signal)
    left -= LOOK_MS
    record = await ownCall(key, needs)
  }
  const tool = await nameOf(record, needs)
  return recordedAnswer(record, { tool, part }, needs)
}

const isOpen = ({ state }: CallRecord): boolean => state === 'parked' || state === 'begun'

/** Finds a call of the caller, or of whoever acts for them; others' are unknown. */
export const ownCall = async (key: string, needs: HubNeeds & Words): Promise<CallRecord> => {
  const { actor } = needs.call
  const record = await needs.calls.byNumber(callNumber(key))
  const isOwn = record?.principalId === actor.id || record?.onBehalfOf === actor.id
  if (record === null || !isOwn) throw notFound(key)
  return record
}

/** Finds the name of a call's tool as callers know it. */
export const nameOf = async (record: CallRecord, needs: HubNeeds): Promise<string> => {
  const { tools, blocked, upstreamsById } = await needs.catalogue()
  const isIt = (one: { upstream: { id: string }; definition: { name: string } }) =>
    one.upstream.id === record.upstreamId && one.definition.name === record.tool
  const known = [...tools.values(), ...blocked.values()].find(isIt)
  const slug = upstreamsById.get(record.upstreamId)?.slug ?? 'gone'
  return known?.name ?? `${slug}__${record.tool}`
}

const badArguments = () => {
  const message = `${RESULT_TOOL} takes {"call":"TC-81","part":1}; part may be left out.`
  return refuse('invalid', 'tools.arguments_do_not_fit', message)
}
