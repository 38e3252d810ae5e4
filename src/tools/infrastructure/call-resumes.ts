import type { DueRun } from '../../platform/room.ts'
import type { Sql } from '../../platform/sql.ts'
import { callKey } from '../domain/call.ts'
import { actorOfFacts } from './call-actor.ts'
import { readyCalls } from './parked-store.ts'

/** Finds calls that may go by now, each as whoever wanted it. */
export const resumes = async (sql: Sql, now: number): Promise<readonly DueRun[]> => {
  const rows = await readyCalls(sql, now)
  return rows.map(({ actor, number }) => ({
    actor: actorOfFacts(actor),
    input: { key: callKey(number) },
  }))
}
