import { systemActor } from '../kernel/actor.ts'
import { Refusal } from '../kernel/refusal.ts'
import type { Database } from './database.ts'
import type { Lease } from './ledger/lease.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { DueRun, Schedule } from './room.ts'

/** Runs that act outside at the same time. */
const OUTSIDE_MAX = 16

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

  const outside = new Set<Promise<void>>()

  /** Runs one that is due; one organisation's fault must not keep the others waiting. */
  const runDue = async ({ operation }: Schedule, one: string | DueRun): Promise<void> => {
    const { actor, input } = typeof one === 'string' ? { actor: systemActor(one), input: {} } : one
    try {
      await pipeline.run(operation, input, { actor, door: 'job' })
    } catch (error) {
      // Somebody who has lost a right since is refused like anybody else; that is no fault.
      if (typeof one === 'string' || !(error instanceof Refusal)) failed(error)
    }
  }
  const runOne = async (schedule: Schedule) => {
    const due = await database.system((sql) => schedule.due(sql, now()))
    for (const one of due) {
      if (stopped) return
      const running = runDue(schedule, one)
      if (schedule.operation.effect !== 'outside') await running
      else {
        outside.add(running)
        running.finally(() => outside.delete(running)).catch(failed)
        // What is due now is found again by the next look.
        if (outside.size >= OUTSIDE_MAX) return
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
      await Promise.all(outside)
    },
  }
}
