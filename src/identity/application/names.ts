import { notFound, refuse } from '../../kernel/refusal.ts'
import { handleOf } from '../domain/principal.ts'
import type { ProjectsPort } from './ports.ts'

/** Makes the handle of a name that somebody gave; refuses one that leaves nothing. */
export const takeHandle = (name: string): string => {
  const handle = handleOf(name)
  if (handle !== null) return handle
  const message = `"${name}" gives no handle; use letters and digits, like dev-1.`
  throw refuse('invalid', 'identity.name_not_valid', message, { field: 'name' })
}

/** Finds the ids of projects; refuses those that do not exist, all of them by name. */
export const projectIds = async (
  projects: ProjectsPort,
  keys: readonly string[],
): Promise<readonly string[]> => {
  const ids = await Promise.all(keys.map((key) => projects.idOf(key)))
  const known = ids.filter((id) => id !== null)
  if (known.length === keys.length) return known
  const missing = keys.filter((_, index) => ids[index] === null).join(', ')
  throw notFound(missing)
}

/** Finds the keys of projects; those that are gone are left out. */
export const projectKeys = async (
  projects: ProjectsPort,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const different = [...new Set(ids)]
  const keys = await Promise.all(different.map((id) => projects.keyOf(id)))
  return new Map(
    different.flatMap((id, index): [string, string][] => {
      const key = keys[index]
      return key === null || key === undefined ? [] : [[id, key]]
    }),
  )
}

/** Writes a moment as it leaves the house. */
export const momentOf = (ms: number): string => new Date(ms).toISOString()
