import { LRUCache } from 'lru-cache'
import type { Database } from '../platform/database.ts'
import { workApi } from '../work/room.ts'

/** Ids of projects by key, kept until something happens to the projects of an organisation. */
export type ProjectDirectory = Readonly<{
  projectId(orgId: string, key: string): string | Promise<string | null>
  /** Lists the ids of all projects of an organisation. */
  projectIds(orgId: string): readonly string[] | Promise<readonly string[]>
  forget(orgId: string, names: readonly string[]): void
}>

/** Makes the directory of one process; unknown keys are asked for every time. */
export const projectDirectory = (database: Database): ProjectDirectory => {
  const generations = new Map<string, number>()
  const known = new LRUCache<string, string>({ max: 10_000 })
  const lists = new LRUCache<string, readonly string[]>({ max: 1_000 })
  const generation = (orgId: string) => generations.get(orgId) ?? 0
  return {
    projectId(orgId, key) {
      const entry = `${orgId}/${generation(orgId)}/${key}`
      const hit = known.get(entry)
      if (hit !== undefined) return hit
      const api = workApi({ sql: database.read(orgId), orgId })
      return api.projectIds([key]).then((found) => {
        const id = found.get(key)
        if (id !== undefined) known.set(entry, id)
        return id ?? null
      })
    },
    projectIds(orgId) {
      const entry = `${orgId}/${generation(orgId)}`
      const hit = lists.get(entry)
      if (hit !== undefined) return hit
      const api = workApi({ sql: database.read(orgId), orgId })
      return api.allProjectIds().then((found) => {
        lists.set(entry, found)
        return found
      })
    },
    forget(orgId, names) {
      if (names.some((name) => name.startsWith('work.project_'))) {
        generations.set(orgId, generation(orgId) + 1)
      }
    },
  }
}
