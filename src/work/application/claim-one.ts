import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Card } from '../contract.ts'
import { partsOfKey } from '../domain/key.ts'
import { LEASE_DEFAULT_S } from '../domain/words.ts'
import { claimedEvent } from './next-task.ts'
import type { Claimed, ClaimResult, WorkNeeds } from './ports.ts'

/** Claims one task by its key for the caller, or refuses and says what stands in the way. */
export const claimOne = async (
  words: WorkNeeds & Words,
  wanted: Readonly<{ key: string; leaseS?: number | undefined }>,
): Promise<Readonly<{ claimed: Claimed; key: string; leaseS: number }>> => {
  const { claims, people, reads, call, emit } = words
  const { key, projectId } = await reads.ids(wanted.key)
  const me = call.actor.id
  const worker = await people.worker(me)
  const leaseS = wanted.leaseS ?? LEASE_DEFAULT_S
  const forever = call.actor.kind === 'person'
  const result = await claims.claim(
    {
      me,
      skills: worker.skills,
      projectIds: [projectId],
      branch: null,
      number: partsOfKey(key).number,
      seatMax: call.actor.kind === 'agent' ? worker.seatMax : null,
      leaseS,
      forever,
      now: call.now,
    },
    projectId,
  )
  if (result.kind !== 'claimed') throw notClaimed(await reads.card(key), result)
  const { claimed } = result
  emit(claimedEvent(claimed, { key, me, leaseS: forever ? null : leaseS }))
  return { claimed, key, leaseS }
}

const notClaimed = (card: Card, result: ClaimResult) => {
  if (result.kind === 'full') {
    const where = result.seat
      ? 'You hold as many tasks as you may'
      : result.column
        ? 'The column of running work is full'
        : 'The project runs as much as it may'
    return refuse('conflict', 'work.full', `${where}; finish or hand back first.`)
  }
  if (card.holder !== null) {
    const message = `${card.key} is held by @${card.holder}; take it over, or choose another.`
    return refuse('conflict', 'work.claimed', message, { key: card.key, holder: card.holder })
  }
  const message = `${card.key} cannot be claimed: ${obstacle(card)}.`
  return refuse('conflict', 'work.not_ready', message, { key: card.key })
}

/** Says the first thing that keeps a task from being claimed. */
const obstacle = (card: Card): string => {
  if (card.archived) return 'it is archived'
  if (card.category !== 'unstarted') return `it is in ${card.column}, not in the queue`
  if (card.blocked !== null) return `it is blocked: ${card.blocked}`
  if (card.openBlockers > 0) return `it waits for ${card.openBlockers} other tasks`
  if (card.heldAbove > 0) return 'a task above it is blocked'
  if (card.openChildren > 0) return `${card.openChildren} of its subtasks are open`
  const whose = card.delegate ?? card.assignee
  if (whose !== null) return `it is for @${whose}, or its time or skills do not fit`
  return 'its time has not come, or it needs skills you do not have'
}
