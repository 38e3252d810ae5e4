import type { Database } from '../database.ts'
import { type LedgerEvent, readLedger } from './ledger.ts'

/** Sealed events of one organisation, in order and without a hole. */
export type Batch = Readonly<{ orgId: string; events: readonly LedgerEvent[]; pos: number }>

/** The one reader of the ledger in this process; everything live hangs on it. */
export type Feed = Readonly<{
  /** Takes what this process has sealed itself: the fast way. */
  sealed(events: readonly LedgerEvent[]): void
  /** Looks for what others have sealed; called once a second and on every hint. */
  look(): Promise<void>
  /** Hears of every batch; returns the stop. */
  listen(listener: (batch: Batch) => void): () => void
  /** The last position heard of in an organisation. */
  pos(orgId: string): number
}>

/** Starts at the ledger's present end: what was sealed before is read by those who want it. */
export const ledgerFeed = (database: Database, failed: (error: unknown) => void): Feed => {
  const known = new Map<string, number>()
  const listeners = new Set<(batch: Batch) => void>()
  const tasks = new Map<string, Promise<void>>()
  let primed = false

  const tell = (orgId: string, events: readonly LedgerEvent[]) => {
    const before = known.get(orgId) ?? 0
    const fresh = events.filter((event) => event.pos > before)
    const last = fresh.at(-1)
    if (!last) return
    known.set(orgId, last.pos)
    for (const listener of listeners) {
      try {
        listener({ orgId, events: fresh, pos: last.pos })
      } catch (error) {
        failed(error) // One listener's fault must not take the batch from the others.
      }
    }
  }

  const catchUp = async (orgId: string, upTo: number) => {
    for (;;) {
      const before = known.get(orgId) ?? 0
      if (before >= upTo) return
      const events = await readLedger(database.read(orgId), orgId, { pos: before, since: 0 })
      if (events.length === 0) return
      tell(orgId, events)
    }
  }

  /** Runs catch-ups of one organisation one after the other. */
  const queueUp = (orgId: string, upTo: number): Promise<void> => {
    const before = tasks.get(orgId) ?? Promise.resolve()
    const task = before.then(() => catchUp(orgId, upTo)).catch(failed)
    tasks.set(orgId, task)
    return task
  }

  return {
    sealed(events) {
      const perOrg = Map.groupBy(events, (event) => event.orgId)
      for (const [orgId, batch] of perOrg) {
        const first = batch[0]?.pos ?? 0
        const before = known.get(orgId) ?? (primed ? 0 : first - 1)
        // A rival may have sealed in between: then the ledger itself fills the gap.
        if (before === first - 1) {
          known.set(orgId, before)
          tell(orgId, batch)
        } else queueUp(orgId, batch.at(-1)?.pos ?? 0).catch(failed)
      }
    },
    async look() {
      const heads = await database.system(
        (sql) => sql<{ orgId: string; pos: number }>`
          select org_id as "orgId", pos from platform.ledger_head`,
      )
      for (const { orgId, pos } of heads) {
        if (!primed && !known.has(orgId)) known.set(orgId, pos)
        else if (pos > (known.get(orgId) ?? 0)) await queueUp(orgId, pos)
      }
      primed = true
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    pos: (orgId) => known.get(orgId) ?? 0,
  }
}
