import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { DelegationDecided, DelegationKey, DelegationStateName } from '../contract.ts'
import { decideDelegation as decide } from '../domain/delegation.ts'
import { refuseGlobalChange } from './find-spot.ts'
import type { ContextNeeds, StoredDelegation } from './ports.ts'
import { keyOf } from './share-context.ts'
import { writeNode } from './write-context.ts'

/** Accepts, edits or rejects a proposal; what is accepted is written in the same transaction. */
export const decideDelegation = operation<ContextNeeds>()({
  name: 'context.decide_delegation',
  about: 'Accept, edit or reject a proposal. Where its target has changed, name the version seen.',
  input: z.strictObject({
    id: DelegationKey,
    decision: z.enum(['accept', 'edit', 'reject']),
    data: z.unknown().optional(),
    note: z.string().max(1_000).optional(),
    version: z.int().min(0).optional().describe('Version of the target, after a conflict'),
  }),
  output: z.object({
    id: DelegationKey,
    state: DelegationStateName,
    to: z.string(),
    /** Version of the target after the decision. */
    targetVersion: z.int(),
    version: z.int(),
  }),
  access: 'context:accept',
  effect: 'write',
  http: 'POST /delegations/:id/decide',
  mcp: null,
  say: ({ id, state, to, targetVersion }) => `${id} ${state}, ${to} at version ${targetVersion}`,
  async run({ id, decision: event, data, note, version }, words) {
    const { delegations, nodes, visible, call } = words
    const found = await delegations.lock(Number(id.slice(2)))
    if (found === null) throw notFound(id)
    const tier = found.toSteps.at(-1)?.tier ?? 'global'
    refuseHidden(found, visible)
    refuseGlobalChange({ tier }, visible, 'context:accept')
    const locked = await nodes.lock(found.toSteps)
    const spot = { at: found.to, tier, steps: found.toSteps }
    const target = locked.at(-1)
    if (target === undefined) throw notFound(found.to)
    const { delegation, write } = decide(
      found,
      { ...target, at: found.to },
      {
        ...{ event, by: call.actor, now: call.now },
        ...(data !== undefined && { data }),
        ...(version !== undefined && { version }),
      },
    )
    const decided = { ...found, ...delegation, note: note ?? null, version: found.version + 1 }
    await delegations.save(decided)
    const projectId = tier === 'global' ? null : found.projectId
    const written =
      write === null
        ? { version: target.version }
        : await writeNode(words, { ...spot, projectId }, { nodes: locked, write })
    words.emit(decidedEvent(decided, found))
    const { state } = delegation
    const targetVersion = written.version
    return { id, state, to: found.to, targetVersion, version: decided.version }
  },
})

/** Makes the event of a decision, or of a time that is over. */
export const decidedEvent = (decided: StoredDelegation, before: StoredDelegation) => {
  const { id, projectId, state, decidedBy, version, note } = decided
  const event = { delegationId: id, key: keyOf(decided), projectId, state, decidedBy, version }
  const edited = state === 'edited' ? { data: decided.data } : {}
  const content = { ...edited, ...(note !== null && before.note === null && { note }) }
  return DelegationDecided(event, Object.keys(content).length > 0 ? { content } : {})
}

const refuseHidden = (
  { projectId, number }: StoredDelegation,
  visible: readonly string[] | null,
): void => {
  if (visible !== null && !visible.includes(projectId)) throw notFound(keyOf({ number }))
}
