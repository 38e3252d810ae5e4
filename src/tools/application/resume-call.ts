import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { CallKey } from '../contract.ts'
import { callNumber, type CallRecord } from '../domain/call.ts'
import type { CallWish } from './call-wish.ts'
import { mayUse } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'
import type { Claim } from './hub-records.ts'
import { accessFor, finishCall } from './make-call.ts'
import { nameOf } from './read-result.ts'

/**
 * Makes a call that was approved, as whoever wanted it: with the rights they have now. Approval
 * and beginning are one transaction, so it is made once; from then on only its end can be unknown.
 */
export const resumeCall = operation<HubNeeds>()({
  name: 'tools.resume_call',
  about: 'Make a call of a tool that was approved.',
  input: z.strictObject({ key: CallKey }),
  output: z.object({ state: z.string() }),
  access: 'tool:call',
  effect: 'outside',
  http: null,
  mcp: null,
  internal: true,
  async run({ key }, words) {
    const { calls, parked, waiting, call } = words
    const record = await calls.byNumber(callNumber(key))
    const waits = record === null ? null : await parked.of(record.id)
    if (record === null || waits?.state !== 'ready') return { state: 'elsewhere' }
    const catalogue = await words.catalogue()
    const name = await nameOf(record, words)
    const tool = catalogue.tools.get(name)
    if (tool === undefined) return waiting.refuse(waits, 'tools.quarantined', call)
    const asker = { actor: call.actor, visible: words.visible }
    if (!mayUse(tool, asker)) return waiting.refuse(waits, 'tools.not_allowed', call)
    const { args, argsSha256, fields } = waits
    const wish = { tool, args, argsSha256, claim: await claimOf(record, words), fields }
    const access = await accessOrCode(wish, words)
    if ('code' in access) return waiting.refuse(waits, access.code, call)
    const taken = await waiting.take(waits, tool, call)
    if (taken === null) return { state: 'elsewhere' }
    const { connection, leaseId } = access
    const answer = await finishCall({ wish, connection, begun: { ...taken, leaseId } }, words)
    return { state: answer.state }
  },
})

type Needs = HubNeeds & Words

/** The task that a call was asked for, where its caller still holds it. */
const claimOf = async ({ taskId }: CallRecord, { claims, call }: Needs): Promise<Claim | null> => {
  if (taskId === null) return null
  const held = await claims.held(call.actor.id, call.now)
  return held.find((one) => one.taskId === taskId) ?? null
}

/** Finds what a call goes with, before its approval is used up; or the code of why it may not. */
const accessOrCode = async (wish: CallWish, words: Needs) => {
  try {
    return await accessFor(wish, words)
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind === 'unavailable') throw error
    return { code: error.code }
  }
}
