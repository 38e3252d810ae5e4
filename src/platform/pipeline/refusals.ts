import type { Actor } from '../../kernel/actor.ts'
import type { Asked } from '../../kernel/hall.ts'
import { idMaker } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import type { Refusal, RefusalKind } from '../../kernel/refusal.ts'
import type { Database } from '../database.ts'
import { CallsRefused } from '../ledger/audit.ts'
import { outboxInserts } from '../ledger/outbox.ts'
import { systemRandom } from '../random.ts'

// Refusals are evidence, but whoever is refused must not be able to fill the ledger: the first of
// a kind is written at once, those of the same minute after it as one event with their number.

const KEPT_MAX = 10_000
const MINUTE_MS = 60_000
const ORG_EVENTS_MAX = 500

// A wrong field or a lost race is nobody's secret; these four tell of what somebody may not do.
const TOLD: ReadonlySet<RefusalKind> = new Set<RefusalKind>([
  'unauthenticated',
  'forbidden',
  'not_found',
  'too_many',
])

/** Remembers refusals and writes them into the ledger. */
export type Refusals = Readonly<{
  note(refusal: Refusal, of: Asked & Readonly<{ operation: string }>): void
  /** Writes what is due: first ones, and the counts of past minutes; `all`: of this one too. */
  flush(all?: boolean): Promise<void>
}>

type Counted = { readonly asked: Asked; readonly code: string; readonly operation: string } & {
  minute: number
  count: number
}

/** Makes the memory of one process. */
export const refusals = (
  options: Readonly<{ database: Database; now: () => number; woken?: () => void }>,
): Refusals => {
  const { database, now } = options
  const newId = idMaker(now, systemRandom)
  const first: Counted[] = []
  const counted = new Map<string, Counted>()
  let forgotten = 0

  const callOf = ({ actor, door, trace }: Asked): Call => ({
    ...{ actor, door, newId, random: systemRandom },
    now: now(),
    deadline: now() + 10_000,
    signal: new AbortController().signal,
    trace: trace ?? '',
    idempotencyKey: null,
  })

  const write = async (orgId: string, group: readonly Counted[]): Promise<void> => {
    const lost = forgotten
    const tails = group.flatMap(({ asked, operation, code, count }, at) => {
      const actorId = asked.actor.id
      const more = at === 0 && lost > 0 ? { forgotten: lost } : {}
      const happened = [CallsRefused({ actorId, operation, code, count, ...more })]
      return outboxInserts(happened, callOf(asked), { operation, out: 'refused' })
    })
    try {
      await database.write(orgId, async () => ({ value: undefined, tail: tails }))
      forgotten -= lost
    } catch {
      // The database is away: they wait for the next round, as far as there is room.
      for (const one of group) {
        if (first.length < KEPT_MAX) first.push(one)
        else forgotten += one.count
      }
    }
  }

  const due = (all: boolean): Counted[] => {
    const minute = Math.floor(now() / MINUTE_MS)
    const ready = first.splice(0)
    for (const [key, one] of counted) {
      if (!all && one.minute === minute) continue
      counted.delete(key)
      if (one.count > 0) ready.push(one)
    }
    return ready
  }

  return {
    note(refusal, { operation, ...asked }) {
      if (!TOLD.has(refusal.kind) || asked.actor.kind === 'system') return
      const minute = Math.floor(now() / MINUTE_MS)
      const key = keyOf(asked.actor, operation, refusal.code)
      const known = counted.get(key)
      if (known?.minute === minute) {
        known.count += 1
      } else if (counted.size >= KEPT_MAX || first.length >= KEPT_MAX) {
        forgotten += 1
      } else {
        if (known && known.count > 0) first.push(known)
        const one = { asked, operation, code: refusal.code, minute }
        first.push({ ...one, count: 1 })
        counted.set(key, { ...one, count: 0 })
        options.woken?.()
      }
    },
    async flush(all = false) {
      const byOrg = Map.groupBy(due(all), ({ asked }) => asked.actor.orgId)
      for (const [orgId, group] of byOrg) {
        for (let at = 0; at < group.length; at += ORG_EVENTS_MAX) {
          await write(orgId, group.slice(at, at + ORG_EVENTS_MAX))
        }
      }
    },
  }
}

const keyOf = ({ orgId, id }: Actor, operation: string, code: string): string =>
  `${orgId}/${id}/${operation}/${code}`
