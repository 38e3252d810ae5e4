import type { Words } from '../../kernel/operation.ts'
import { TaskEnded, TaskHandedBack, TaskParked, TaskTakenOver } from '../../work/events.ts'
import { type LEASE_ENDS, LeaseEnded } from '../events.ts'
import type { EndedLease, ToolsNeeds } from './ports.ts'

type Sealed = Readonly<{ name: string; data: Readonly<Record<string, unknown>> }>

/** Ends the leases of a claim that was finished, released, lost, parked or taken over. */
export const endLeasesWhenClaimEnded = {
  name: 'tools.end_leases',
  events: [TaskEnded, TaskTakenOver, TaskHandedBack, TaskParked],
  async run({ name, data }: Sealed, words: ToolsNeeds & Words): Promise<void> {
    const { taskId, fence } = TaskEnded.shape.pick({ taskId: true, fence: true }).parse(data)
    // Who takes a task over gets the fence that the event names; those before it are over.
    const last = name === TaskTakenOver.event ? fence - 1 : fence
    const ended = await words.leases.endOfClaim(taskId, last, words.call.now)
    for (const lease of ended) words.emit(endedEvent(lease, 'claim_ended'))
  },
}

/** Makes the event of a lease that is over. */
export const endedEvent = ({ id, taskId, calls }: EndedLease, why: (typeof LEASE_ENDS)[number]) =>
  LeaseEnded({ leaseId: id, taskId, why, calls })
