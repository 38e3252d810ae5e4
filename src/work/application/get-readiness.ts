import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { TaskKey } from '../contract.ts'
import { READINESS_CODES, type Reason, reasonsAgainst } from '../domain/readiness.ts'
import type { SaveWords } from './load-items.ts'
import type { WorkNeeds } from './ports.ts'
import type { SaveNeeds } from './save-ports.ts'

/** Why a task cannot be claimed by the caller now. */
export const ReasonView = z.object({
  code: z.enum(READINESS_CODES),
  text: z.string(),
  keys: z.array(z.string()),
})

/** Explains to the caller why a task is not ready; nothing to say means: claim it. */
export const getReadiness = operation<WorkNeeds & SaveNeeds>()({
  name: 'work.get_readiness',
  about: 'Why the caller cannot claim a task now; empty when a claim succeeds.',
  input: z.strictObject({ key: TaskKey }),
  output: z.object({ key: z.string(), reasons: z.array(ReasonView) }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /tasks/:key/readiness',
  mcp: null,
  scope: ({ key }) => [key],
  say: ({ key, reasons }) =>
    reasons.length === 0
      ? `${key} is ready: claim it with work_next.`
      : reasons.map(({ text }) => `${key}: ${text}`).join('\n'),
  async run({ key }, words) {
    const { key: now, reasons } = await readinessOf(words, key)
    return { key: now, reasons: reasons.map((one) => ({ ...one, keys: [...one.keys] })) }
  },
})

/** Finds every reason why the caller's claim of a task would fail. */
export const readinessOf = async (
  words: SaveWords,
  key: string,
): Promise<Readonly<{ key: string; reasons: readonly Reason[] }>> => {
  const { readiness, people, call, may } = words
  const me = call.actor.id
  const [facts, worker] = await Promise.all([readiness.facts(key, me), people.worker(me)])
  const names = await people.handles([facts.holderId, facts.forId].filter((id) => id !== null))
  const reasons = reasonsAgainst(facts, {
    id: me,
    mayClaim: may('task:claim', facts.projectId),
    isPerson: call.actor.kind === 'person',
    skills: worker.skills,
    seatMax: call.actor.kind === 'agent' ? worker.seatMax : null,
    now: call.now,
    names,
  })
  return { key: facts.key, reasons }
}
