import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { CallKey } from '../contract.ts'
import { callNumber } from '../domain/call.ts'
import { connectionFor } from './catalogue.ts'
import type { HubNeeds } from './hub-ports.ts'
import { finishCall } from './make-call.ts'
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
    const begun = await waiting.take(waits, tool, call)
    if (begun === null) return { state: 'elsewhere' }
    const connection = connectionFor(catalogue, tool.upstream, call.actor)
    const { args, argsSha256, fields } = waits
    const wish = { tool, args, argsSha256, claim: null, fields }
    const answer = await finishCall({ wish, connection, begun }, words)
    return { state: answer.state }
  },
})
