import type { Call } from '../../kernel/operation.ts'
import { databaseAway, retryOf } from '../database-errors.ts'

const TRIES = 4
const RERUN_MS = 10
const RECONNECT_MS = 100

/**
 * Runs a transaction again after a serialization failure, a deadlock or a lost connection, within
 * the call's deadline. When the database stays away the caller is told so.
 */
export const withRetries = async <T>(
  call: Call,
  now: () => number,
  attempt: () => Promise<T>,
): Promise<T> => {
  for (let turn = 1; ; turn++) {
    try {
      return await attempt()
    } catch (error) {
      const retry = retryOf(error)
      if (retry === 'no') throw error
      if (turn >= TRIES || now() >= call.deadline) {
        throw retry === 'reconnect' ? databaseAway() : error
      }
      await pause((retry === 'rerun' ? RERUN_MS : RECONNECT_MS) * 2 ** turn, call)
    }
  }
}

/** Rests for a random part of the span, so that rivals do not meet again. */
const pause = (maxMs: number, call: Call): Promise<void> => {
  const [chance = 0] = call.random(new Uint8Array(1))
  return new Promise((resolve) => setTimeout(resolve, (maxMs * (chance + 1)) / 256))
}
