import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { IdentityNeeds } from './ports.ts'

/** Accepts that a ledger goes on behind what was signed; what it lost is named for ever. */
export const acceptRestore = operation<IdentityNeeds>()({
  name: 'identity.accept_restore',
  about: 'Accept that the ledger was restored on purpose: it goes on, and names what it has lost.',
  input: z.strictObject({}),
  output: z.object({ epoch: z.int(), keptTo: z.int(), lostTo: z.int() }),
  access: 'backup:restore',
  effect: 'write',
  http: 'POST /ledger/restores',
  mcp: null,
  orgWide: true,
  fresh: true,
  say: ({ keptTo, lostTo }) =>
    lostTo > keptTo
      ? `The ledger goes on behind ${keptTo}; ${keptTo + 1} to ${lostTo} are lost.`
      : `The ledger goes on behind ${keptTo}.`,
  async run(_, { ledger, call, emit }) {
    const accepted = await ledger.acceptRestore(Math.trunc(call.now))
    if (!accepted) {
      const message = 'The ledger agrees with what was signed; there is nothing to accept.'
      throw refuse('conflict', 'identity.no_restore_found', message)
    }
    const { happened, ...answer } = accepted
    emit(happened)
    return answer
  },
})
