import { assert } from '../../kernel/assert.ts'
import type { Words } from '../../kernel/operation.ts'
import { aroundOf } from './end-claim.ts'
import type { Ended, Ending } from './claim-ports.ts'
import type { AroundList, WorkNeeds } from './ports.ts'

/** What a claim that was left leaves behind. */
type Left = Readonly<{ ended: Ended; readied: number; around: AroundList }>

type Leaving = Pick<Ending, 'taskId' | 'fence' | 'outcome' | 'failures' | 'flag' | 'delegate'>

/**
 * Ends a claim whose task goes back to where it came from, for events of their own to tell: the
 * caller holds the lock and emits.
 */
export const leaveClaim = async (
  { leases, counters, call }: Pick<WorkNeeds, 'leases' | 'counters'> & Words,
  leaving: Leaving,
): Promise<Left> => {
  const ended = await leases.end({
    ...leaving,
    place: 'from',
    summary: null,
    evidence: null,
    usage: null,
    rest: false,
    now: call.now,
  })
  assert(ended, 'the lease of a claim that is left is locked by its caller')
  const down = await counters.held([leaving.taskId], ended.holds)
  const readied = down.filter((shift) => shift.ready).length + (ended.ready ? 1 : 0)
  return { ended, readied, around: aroundOf(down) }
}
