import type { Words } from '../../kernel/operation.ts'
import { assert } from '../../kernel/assert.ts'
import type { Ended, Ending, Shift } from './claim-ports.ts'
import type { AroundList, WorkNeeds } from './ports.ts'
import { TaskEnded } from '../events.ts'
import { isClosed } from '../domain/words.ts'

/** What an end of a claim did to its surroundings. */
export type EndedClaim = Readonly<{ ended: Ended; frees: readonly string[] }>

type Said = Readonly<{ reason?: string; learned?: readonly string[] }>

/**
 * Ends an attempt in one transaction: lease, attempt, seat, limits, task, dependents, parents,
 * held subtrees, and the event that tells of all of it. Refuses nothing: the caller holds the lock.
 */
export const endClaim = async (
  { leases, counters, emit }: Pick<WorkNeeds, 'leases' | 'counters'> & Words,
  ending: Ending,
  said: Said = {},
): Promise<EndedClaim> => {
  // On one connection statements run in the order in which they were sent: the dependents are read
  // after the end has locked the task, and nobody waits for two answers.
  const [ended, dependents] = await Promise.all([
    leases.end(ending),
    counters.dependents(ending.taskId),
  ])
  assert(ended, 'the lease of an ending claim is locked by its caller')
  const { taskId, key, projectId, version, from, to, category } = ended
  const closing = isClosed(category)
  const shifts = closing
    ? await counters.closedOrOpened({ dependents, parentId: ended.parentId }, -1)
    : []
  const down = await counters.held([taskId], ended.holds)
  const around = aroundOf([...shifts, ...down])
  const frees = shifts.filter((shift) => shift.ready).map((shift) => shift.key)
  const { summary, evidence, outcome } = ending
  emit(
    TaskEnded(
      {
        taskId,
        key,
        projectId,
        version,
        from,
        to,
        category,
        outcome,
        holder: ended.holderId,
        attempt: ended.attempt,
        fence: ended.fence,
        frees,
        failures: ended.failures,
        holdUntil: ended.holdUntil,
        blocked: ended.blocked !== null,
        delegate: ended.delegateId,
        readied: frees.length + (ended.ready ? 1 : 0),
        ...(around.length > 0 && { around }),
      },
      {
        content: {
          ...(summary !== null && { summary }),
          ...(evidence !== null && { evidence }),
          ...(said.reason !== undefined && { reason: said.reason }),
          ...(said.learned !== undefined && { learned: [...said.learned] }),
        },
      },
    ),
  )
  return { ended, frees }
}

/** Turns shifts of counters into the form that events carry. */
export const aroundOf = (shifts: readonly Shift[]): AroundList =>
  shifts.map(({ id, key, blockers, above, children }) => ({
    id,
    key,
    ...(blockers !== undefined && { blockers }),
    ...(above !== undefined && { above }),
    ...(children !== undefined && { children }),
  }))
