import { systemActor } from '../kernel/actor.ts'
import type { Database } from './database.ts'
import type { Lease } from './ledger/lease.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { Schedule } from './room.ts'

type ScheduleOptions = Readonly<{
  database: Database
  lease: Lease
  pipeline: Pipeline
  schedules: readonly Schedule[]
  now: () => number
  /** Nothing expires while the clock is unsteady. */
  unsteady: () => boolean
  failed: (error: unknown) => void
}>

/** Runs the rooms' schedules while this process holds the scheduler's lease. */
export const startSchedules = (options: ScheduleOptions): Readonly<{ stop(): Promise<void> }> => {
  const { database, lease, pipeline, schedules, now, unsteady, failed } = options
  const due = new Map(schedules.map((schedule) => [schedule.name, 0]))
  let running: Promise<void> = Promise.resolve()
  let stopped = false

  const runOne = async (schedule: Schedule) => {
    const orgs = await database.system((sql) => schedule.due(sql, now()))
    for (const orgId of orgs) {
      if (stopped) return
      const asked = { actor: systemActor(orgId), door: 'job' } as const
      // One organisation's fault must not keep the others waiting.
      try {
        await pipeline.run(schedule.operation, {}, asked)
      } catch (error) {
        failed(error)
      }
    }
  }

  const turn = async () => {
    if (unsteady() || (await lease.hold()) === null) return
    for (const schedule of schedules) {
      // Paced by the clock that never jumps: a turned-back one would hold everything up.
      if (stopped || performance.now() < (due.get(schedule.name) ?? 0)) continue
      due.set(schedule.name, performance.now() + schedule.everyMs)
      await runOne(schedule).catch(failed)
    }
  }

  const step = Math.min(1_000, ...schedules.map((schedule) => schedule.everyMs))
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    running = turn()
      .catch(failed)
      .finally(() => {
        busy = false
      })
  }, step)
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
