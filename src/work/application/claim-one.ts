import { refuse } from '../../kernel/refusal.ts'
import { partsOfKey } from '../domain/key.ts'
import { LEASE_DEFAULT_S } from '../domain/words.ts'
import { readinessOf } from './get-readiness.ts'
import type { SaveWords } from './load-items.ts'
import { claimedEvent } from './next-task.ts'
import type { Claimed } from './claim-ports.ts'

/** Claims one task by its key for the caller, or refuses and says what stands in the way. */
export const claimOne = async (
  words: SaveWords,
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
  if (result.kind !== 'claimed') throw await notClaimed(words, key)
  const { claimed } = result
  emit(claimedEvent(claimed, { key, me, leaseS: forever ? null : leaseS }))
  return { claimed, key, leaseS }
}

/** Makes the refusal of a claim: every reason there is, as readiness gives them. */
const notClaimed = async (words: SaveWords, key: string) => {
  const { reasons } = await readinessOf(words, key)
  const [first] = reasons
  if (first === undefined) {
    const message = `Somebody was faster with ${key}; read it again, then decide.`
    return refuse('conflict', 'work.not_ready', message, { key })
  }
  const held = reasons.find(({ code }) => code === 'claimed')
  if (held) {
    const next = words.call.actor.kind === 'agent' ? 'Choose' : 'Take it over, or choose'
    const message = `${key}: ${held.text} ${next} another.`
    return refuse('conflict', 'work.claimed', message, { key, reasons })
  }
  const message = `${key} cannot be claimed. ${reasons.map(({ text }) => text).join(' ')}`
  return refuse('conflict', 'work.not_ready', message, { key, reasons })
}
