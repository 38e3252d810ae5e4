import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { TaskKey } from '../contract.ts'
import { LEASE_MAX_S, LEASE_MIN_S } from '../domain/words.ts'
import { BriefView, briefOf, sayBrief } from './brief.ts'
import { claimOne } from './claim-one.ts'
import type { WorkNeeds } from './ports.ts'
import type { SaveNeeds } from './save-ports.ts'

/** Claims one task by name; a person's claim does not run out. */
export const claimTask = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.claim_task',
  about: 'Claim one task by its key and get its brief.',
  input: z.strictObject({
    key: TaskKey,
    lease_s: z.int().min(LEASE_MIN_S).max(LEASE_MAX_S).optional(),
    have: z.string().max(20).optional(),
  }),
  output: BriefView,
  access: 'task:claim',
  effect: 'write',
  http: 'POST /tasks/:key/claim',
  mcp: null, // agents name a task in work_next
  scope: ({ key }) => [key],
  say: (brief, { now }) => sayBrief(brief, now),
  async run({ key, lease_s, have }, words) {
    const taken = await claimOne(words, { key, leaseS: lease_s })
    return briefOf(words, { ...taken, have: have ?? null })
  },
})
