import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { endedEvent } from './end-leases-when-claim-ended.ts'
import type { ToolsNeeds } from './ports.ts'

/** Leases that one run lets expire; the next run takes the others. */
const EXPIRED_MAX = 200

/** Ends the leases whose time is over. A call under one is refused before that, too. */
export const expireLeases = operation<ToolsNeeds>()({
  name: 'tools.expire_leases',
  about: 'End the leases of tools whose time is over.',
  input: z.strictObject({}),
  output: z.object({ ended: z.int() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run(_input, { leases, call, emit }) {
    const ended = await leases.endOverdue(call.now, EXPIRED_MAX)
    for (const lease of ended) emit(endedEvent(lease, 'expired'))
    return { ended: ended.length }
  },
})
