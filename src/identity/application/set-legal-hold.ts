import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Handle, HandleIn } from '../contract.ts'
import { LegalHoldSet } from '../events.ts'
import { personOf } from './find-person.ts'
import type { SubjectNeeds } from './subject-ports.ts'

const REASON_MAX = 500

/** Keeps somebody's data from being erased, or lets it be erased again. */
export const setLegalHold = operation<SubjectNeeds>()({
  name: 'identity.set_legal_hold',
  about: 'Keep the data of a person from being erased, for a reason; or end that.',
  input: z.strictObject({
    handle: HandleIn,
    hold: z.boolean().default(true).describe('False ends the hold'),
    reason: z.string().trim().min(1).max(REASON_MAX).optional(),
  }),
  output: z.object({ handle: Handle, hold: z.boolean() }),
  access: 'subject:erase',
  orgWide: true,
  effect: 'write',
  fresh: true,
  http: 'PUT /subjects/:handle/hold',
  mcp: null,
  say: ({ handle, hold }) =>
    hold ? `The data of @${handle} stays.` : `The data of @${handle} may be erased.`,
  async run({ handle, hold, reason }, { principals, subjects, call, emit }) {
    const person = await personOf(principals, handle)
    if (hold && reason === undefined) {
      const message = 'A hold needs its reason; say it, so that somebody can end it one day.'
      throw refuse('invalid', 'identity.reason_missing', message, { field: 'reason' })
    }
    const terms = hold ? { reason: reason ?? '', by: call.actor.id, at: call.now } : null
    if (await subjects.setHold(person.id, terms)) {
      const parts = reason === undefined ? {} : { personal: { reason } }
      emit(LegalHoldSet({ principalId: person.id, hold }, parts))
    }
    return { handle, hold }
  },
})
