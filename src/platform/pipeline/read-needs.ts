import { LRUCache } from 'lru-cache'
import type { Database } from '../database.ts'
import type { Room } from '../room.ts'

/** Organisations whose stores are kept, for each room. */
const KEPT_MAX = 1_000

// Stores over reads hold nothing but their way to the database. Making those of a large room for
// every call would cost more than many a call does.
const kept = new WeakMap<Room, WeakMap<Database, LRUCache<string, object>>>()

/** Gives what a room needs to read in an organisation, outside of any transaction. */
export const readNeeds = (database: Database, room: Room, orgId: string): object => {
  const byDatabase = kept.get(room) ?? new WeakMap()
  kept.set(room, byDatabase)
  const byOrg = byDatabase.get(database) ?? new LRUCache<string, object>({ max: KEPT_MAX })
  byDatabase.set(database, byOrg)
  const needs = byOrg.get(orgId) ?? room.needs({ sql: database.read(orgId), orgId })
  byOrg.set(orgId, needs)
  return needs
}
