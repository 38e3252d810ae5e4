import { LRUCache } from 'lru-cache'
import type { Actor } from '../../kernel/actor.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Database } from '../../platform/database.ts'
import { allowListStore } from '../../platform/limits/allow-list-store.ts'
import {
  allowedFrom,
  type CompiledLists,
  compileLists,
  type ListKind,
  listOf,
} from '../domain/allow-list.ts'

const ORGS_MAX = 10_000

/** Holds calls against the allow-lists of their organisations; at once where those are known. */
export type AddressGate = Readonly<{
  /**
   * Refuses an actor whose address is not on the list of its way in; `admin`: nor on that of
   * acts that only people may do. Gives the actor back.
   */
  check(actor: Actor, from: string | undefined, admin?: boolean): Actor | Promise<Actor>
  /** Drops what an organisation's events may have changed. */
  forget(orgId: string): void
}>

/** Makes the gate of one process; `fresh` tells whether events can be relied on. */
export const addressGate = ({
  database,
  fresh,
}: Readonly<{ database: Database; fresh: () => boolean }>): AddressGate => {
  const generations = new LRUCache<string, number>({ max: ORGS_MAX })
  const known = new LRUCache<string, CompiledLists>({ max: ORGS_MAX })
  let turn = 0
  const load = async (orgId: string): Promise<CompiledLists> => {
    const generation = generations.get(orgId)
    const lists = compileLists(await allowListStore({ sql: database.read(orgId), orgId }).read())
    // Read before a change and kept after it, it would outlive the change.
    if (generation === generations.get(orgId)) known.set(orgId, lists)
    return lists
  }
  return {
    check(actor, from, admin = false) {
      const own = listOf(actor)
      if (own === null) return actor
      const asked: readonly ListKind[] = admin ? [own, 'admin'] : [own]
      const hit = fresh() ? known.get(actor.orgId) : undefined
      if (hit) return pass(actor, hit, { asked, from })
      return load(actor.orgId).then((lists) => pass(actor, lists, { asked, from }))
    },
    forget(orgId) {
      turn += 1
      generations.set(orgId, turn)
      known.delete(orgId)
    },
  }
}

const pass = (
  actor: Actor,
  lists: CompiledLists,
  { asked, from }: Readonly<{ asked: readonly ListKind[]; from: string | undefined }>,
): Actor => {
  if (asked.every((kind) => allowedFrom(lists, kind, from))) return actor
  const message = 'Your organisation does not allow this from your address; ask an owner about it.'
  throw refuse('forbidden', 'identity.address_not_allowed', message)
}
