import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import type { HubNeeds } from './hub-ports.ts'

/** Calls that one run closes. */
const LOST_MAX = 100

/** Ends calls whose hub is gone, and forgets what was kept for long enough. */
export const sweepCalls = operation<HubNeeds>()({
  name: 'tools.sweep_calls',
  about: 'Tell of calls whose hub is gone that their end is unknown, and forget old results.',
  input: z.strictObject({}),
  output: z.object({ lost: z.int(), forgotten: z.int() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run(_input, words) {
    const lost = await words.waiting.closeLost(LOST_MAX, words)
    return { lost, forgotten: await words.calls.forget(words.call.now) }
  },
})
