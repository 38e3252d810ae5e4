import type pg from 'pg'
import type { Checkpoints } from '../platform/evidence/checkpoints.ts'
import { leaseOf } from '../platform/ledger/lease.ts'
import { allSealed, dropOlderThan } from '../platform/ledger/retention.ts'
import type { Log } from '../platform/log.ts'
import { systemRandom } from '../platform/random.ts'
import type { HubGround } from './ground.ts'

const LOOK_MS = 6 * 3_600_000

type RetentionParts = Readonly<{
  ground: HubGround
  /** The owner of the schema. */
  owner: pg.ClientConfig
  checkpoints: Checkpoints
  /** Where the files go that the months leave behind. */
  folder: string
  /** Whole months that stay besides the present one; 0: all of them. */
  months: number
  alone: boolean
  holder: string
  log: Log
}>

/**
 * Starts to take old months out of the ledger, where a setting says so; by one hub of a database at
 * a time. Gives the stop.
 */
export const startRetention = (parts: RetentionParts): (() => Promise<void>) => {
  const { ground, months, alone, holder, log } = parts
  if (months === 0) return async () => {}
  const lease = leaseOf(ground.database, { name: 'retention', holder, alone })
  let running: Promise<void> = Promise.resolve()
  const round = async () => {
    if ((await lease.hold()) === null) return
    const dropped = await dropMonths(parts)
    for (const month of dropped) log.info('A month of the ledger was put away.', { month })
  }
  const turn = () => {
    running = running.then(round).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : '?'
      log.error('Old months of the ledger stay.', { error: message })
    })
  }
  turn()
  const timer = setInterval(turn, LOOK_MS)
  return async () => {
    clearInterval(timer)
    await running
  }
}

const dropMonths = ({ ground, owner, checkpoints, folder, months }: RetentionParts) => {
  const { database, clock, newId } = ground
  const settled = () => allSealed(database)
  const options = {
    database,
    owner,
    checkpoints,
    folder,
    newId,
    random: systemRandom,
    settled,
    now: clock.now,
  }
  return dropOlderThan(options, monthsBack(clock.now(), months))
}

/** Gives the first moment of the month that lies so many months back. */
export const monthsBack = (now: number, months: number): number => {
  const today = new Date(now)
  return Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - months, 1)
}
