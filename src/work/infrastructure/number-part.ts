import type { Ground, Schedule } from '../../platform/room.ts'
import { getCycleTimes } from '../application/get-cycle-times.ts'
import { getFlow } from '../application/get-flow.ts'
import { getSprintReport } from '../application/get-sprint-report.ts'
import { getVelocity } from '../application/get-velocity.ts'
import { keepHistory } from '../application/keep-history.ts'
import type { NumberNeeds } from '../application/number-ports.ts'
import { orgsWithoutHistory, pastStore } from './past-store.ts'

const KEEP_EVERY_MS = 1_000

const schedules: readonly Schedule[] = [
  {
    name: 'work.keep_history',
    everyMs: KEEP_EVERY_MS,
    operation: keepHistory,
    due: orgsWithoutHistory,
  },
]

/** Joins what belongs to the agile numbers: the history they come from, and who reads it. */
export const NUMBERS = {
  needs: (ground: Ground): NumberNeeds => ({ past: pastStore(ground) }),
  operations: [getSprintReport, getVelocity, getFlow, getCycleTimes, keepHistory],
  schedules,
} as const
