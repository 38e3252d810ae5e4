import { z } from 'zod'
import { event } from '../../kernel/event.ts'
import type { Call } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Database } from '../database.ts'
import { outboxInserts } from './outbox.ts'

// What the ledger knows beyond changes: reads of sensitive things, and what was refused. Both are
// events like any other, sealed in the same chain; streams do not show them.

/** Somebody was about to see something sensitive: written before the answer leaves. */
export const SensitiveRead = event(
  'platform.sensitive_read',
  'actorId',
  z.object({ actorId: z.uuid(), operation: z.string() }),
)

/** Calls of one actor were refused in the same way, within a minute. */
export const CallsRefused = event(
  'platform.calls_refused',
  'actorId',
  z.object({
    actorId: z.uuid(),
    operation: z.string(),
    code: z.string(),
    count: z.int(),
    /** Refusals that were forgotten since, because too many came at once. */
    forgotten: z.int().optional(),
  }),
)

/** Writes down that a sensitive read is about to be answered; refuses the read where it cannot. */
export const recordRead = async (
  database: Database,
  call: Call,
  operation: string,
): Promise<void> => {
  const { orgId, id } = call.actor
  const happened = [SensitiveRead({ actorId: id, operation })]
  try {
    await database.write(orgId, async () => ({
      value: undefined,
      tail: outboxInserts(happened, call, operation),
    }))
  } catch {
    const message = 'This cannot be recorded now, so it is not shown; try again in a moment.'
    throw refuse('unavailable', 'platform.not_recorded', message, { retryAfterS: 2 })
  }
}
