import { systemActor } from '../../kernel/actor.ts'
import type { Happened } from '../../kernel/event.ts'
import { idMaker, type Random } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import type { Database } from '../../platform/database.ts'
import { outboxInserts } from '../../platform/ledger/outbox.ts'
import { withRetries } from '../../platform/pipeline/retry.ts'
import type { Sql } from '../../platform/sql.ts'

/** Milliseconds that the hub takes for something of its own. */
const OWN_MS = 30_000

/** What writing beside the pipeline stands on. */
export type WriteGround = Readonly<{
  database: Database
  now: () => number
  /** Hears of each commit, so that it is sealed at once. */
  committed: (orgId: string, happened: readonly Happened[]) => void
}>

/** What is done, in whose call. */
export type Doing = Readonly<{ call: Call; act: string }>

/** Writes something in a transaction of its own; its events go with the commit. */
export const writing = async <T>(
  { database, now, committed }: WriteGround,
  { call, act }: Doing,
  body: (sql: Sql, emit: (one: Happened) => void) => Promise<T>,
): Promise<T> => {
  const { orgId } = call.actor
  const happened: Happened[] = []
  const value = await withRetries(call, now, () =>
    database.write(orgId, async (sql) => {
      happened.length = 0
      const result = await body(sql, (one) => happened.push(one))
      return { value: result, tail: outboxInserts(happened, call, act) }
    }),
  )
  if (happened.length > 0) committed(orgId, happened)
  return value
}

/** Makes the calls of the hub itself: it renews and gives back tokens in nobody's name. */
export const hubCalls = ({ now, random }: Readonly<{ now: () => number; random: Random }>) => {
  const newId = idMaker(now, random)
  return (orgId: string): Call => ({
    actor: systemActor(orgId),
    door: 'job',
    ...{ now: now(), newId, random, idempotencyKey: null },
    deadline: now() + OWN_MS,
    signal: AbortSignal.timeout(OWN_MS),
    trace: Buffer.from(random(new Uint8Array(16))).toString('hex'),
  })
}
