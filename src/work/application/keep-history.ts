import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import type { NumberNeeds } from './number-ports.ts'

/** Batches of the ledger that one run takes: what is left is found again a second later. */
const BATCHES_MAX = 10

/** Keeps what sealed events say of the past of tasks: numbers are computed from these rows. */
export const keepHistory = operation<NumberNeeds>()({
  name: 'work.keep_history',
  about: 'Read on in the ledger and keep what tasks were.',
  input: z.strictObject({}),
  output: z.object({ events: z.int() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run(_, { past }) {
    let events = 0
    for (let batch = 0; batch < BATCHES_MAX; batch++) {
      const taken = await past.keep()
      events += taken.events
      if (taken.isLast) break
    }
    return { events }
  },
})
