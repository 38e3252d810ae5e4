import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { LeaseKey, Text } from '../contract.ts'
import { partsOfKey, partsOfLease } from '../domain/key.ts'
import { FINISH_OUTCOMES, type FinishOutcome } from '../domain/words.ts'
import { endClaim } from './end-claim.ts'
import { heldLease } from './held-lease.ts'
import type { Ending } from './claim-ports.ts'
import type { WorkNeeds } from './ports.ts'

/** Ends the caller's claim of a task. */
export const finishWork = operation<WorkNeeds>()({
  name: 'work.finish_work',
  about: 'End your claim: done, review, blocked (say why), released (hand back) or failed.',
  input: z.strictObject({
    lease: LeaseKey,
    outcome: z.enum(FINISH_OUTCOMES),
    summary: Text(8_000).optional(),
    evidence: Text(8_000).optional(),
    learned: z.array(Text(300)).max(5).optional(),
  }),
  output: z.object({
    key: z.string(),
    outcome: z.enum(FINISH_OUTCOMES),
    column: z.string(),
    frees: z.array(z.string()),
  }),
  access: 'task:claim',
  effect: 'write',
  http: 'POST /work/finish',
  mcp: 'work_finish',
  scope: ({ lease }) => [lease],
  say: ({ key, outcome, frees }) => {
    const shown = frees.slice(0, 8).join(' ')
    const more = frees.length > 8 ? ` and ${frees.length - 8} more` : ''
    return `${key} ${outcome}${frees.length > 0 ? `, frees ${shown}${more}` : ''}`
  },
  async run({ lease, outcome, summary, evidence, learned }, words) {
    const { projects, call } = words
    if (outcome === 'blocked' && !summary) {
      const message = 'Say in summary what blocks the task; people read it to help.'
      throw refuse('invalid', 'work.reason_missing', message, { field: 'summary' })
    }
    const [{ taskId, fence, key }, { review, hasReview }] = await Promise.all([
      heldLease(words, lease),
      projects.settings(partsOfKey(partsOfLease(lease).key).project),
    ])
    if (outcome === 'review' && !hasReview) {
      const message = `The board of ${key} has no review column; finish with done.`
      throw refuse('conflict', 'work.no_review_column', message, { allowed: ['done'] })
    }
    const asked = outcome === 'done' && review === 'required' && hasReview ? 'review' : outcome
    const { ended, frees } = await endClaim(
      words,
      {
        ...HOW[asked],
        taskId,
        fence,
        outcome: asked,
        flag: asked === 'blocked' ? (summary ?? null) : null,
        summary: summary ?? null,
        evidence: evidence ?? null,
        usage: null,
        now: call.now,
      },
      learned ? { learned } : {},
    )
    return { key, outcome: asked, column: ended.to, frees: [...frees] }
  },
})

type How = Pick<Ending, 'place' | 'failures' | 'rest' | 'delegate'>

/** What each outcome does to the task: where it goes, what is counted, whether it rests. */
const HOW: Record<FinishOutcome, How> = {
  done: { place: 'completed', failures: 'reset', rest: false },
  review: { place: 'review', failures: 'reset', rest: false },
  blocked: { place: 'from', failures: 'keep', rest: false },
  released: { place: 'from', failures: 'keep', rest: false, delegate: null },
  failed: { place: 'from', failures: 'raise', rest: true, delegate: null },
}
