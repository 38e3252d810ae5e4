import { LRUCache } from 'lru-cache'
import type { Database } from '../database.ts'
import type { Room } from '../room.ts'

/** Organisations whose stores are kept, times rooms. */
const KEPT_MAX = 5_000

// Stores over reads hold nothing but their way to the database. Making those of a large room for
// every call would cost more than many a call does.
const kept = new WeakMap<Database, LRUCache<string, object>>()

/** Gives what a room needs to read in an organisation, outside of any transaction. */
export const readNeeds = (database: Database, room: Room, orgId: string): object => {
  const known = kept.get(database) ?? new LRUCache<string, object>({ max: KEPT_MAX })
  kept.set(database, known)
  const key = `${room.name}/${orgId}`
  const needs = known.get(key) ?? room.needs({ sql: database.read(orgId), orgId })
  known.set(key, needs)
  return needs
}
