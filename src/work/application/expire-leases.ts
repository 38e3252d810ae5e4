import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { endClaim } from './end-claim.ts'
import type { WorkNeeds } from './ports.ts'

/** Leases that one sweep of an organisation takes. */
export const SWEEP_MAX = 100

/** Takes back tasks whose workers fell silent: the only reader of a lease's clock. */
export const expireLeases = operation<WorkNeeds>()({
  name: 'work.expire_leases',
  about: 'Return tasks whose lease has run out.',
  input: z.strictObject({}),
  output: z.object({ expired: z.int() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run(_, words) {
    const { leases, call } = words
    const gone = await leases.expired(call.now, SWEEP_MAX)
    for (const { taskId, fence } of gone) {
      await endClaim(words, {
        taskId,
        fence,
        outcome: 'expired',
        place: 'from',
        failures: 'raise',
        flag: null,
        delegate: null,
        summary: null,
        evidence: null,
        usage: null,
        rest: false,
        now: call.now,
      })
    }
    return { expired: gone.length }
  },
})
