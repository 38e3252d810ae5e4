import type { Objective } from './objective.ts'

type Row = Pick<Objective, 'id' | 'parentId'>

/** What decides who sees an objective. */
export type Sight = Readonly<{
  /** Ids of the projects that align with an objective, by its id. */
  projectsOf: ReadonlyMap<string, readonly string[]>
  /** Ids of the projects that the reader sees. */
  visible: ReadonlySet<string>
  /** Objectives that tasks of these projects name as their own. */
  named: ReadonlySet<string>
}>

/**
 * Finds the objectives that somebody sees who does not see the whole organisation (C15): those of
 * projects they see, and those of no project. What no project aligns with belongs to whatever the
 * nearest objective above it belongs to.
 */
export const seenObjectives = (rows: readonly Row[], sight: Sight): ReadonlySet<string> => {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const { projectsOf, visible, named } = sight
  const projectsAround = (row: Row | undefined): readonly string[] => {
    if (row === undefined) return []
    const own = projectsOf.get(row.id) ?? []
    if (own.length > 0 || row.parentId === null) return own
    return projectsAround(byId.get(row.parentId))
  }
  const isSeen = (row: Row): boolean => {
    if (named.has(row.id)) return true
    const projects = projectsAround(row)
    return projects.length === 0 || projects.some((id) => visible.has(id))
  }
  return new Set(rows.filter(isSeen).map(({ id }) => id))
}

/** Finds the nearest objective above one that is seen; `null` where there is none. */
export const seenParent = (
  row: Row,
  rows: ReadonlyMap<string, Row>,
  seen: ReadonlySet<string>,
): string | null => {
  let next = row.parentId
  while (next !== null && !seen.has(next)) next = rows.get(next)?.parentId ?? null
  return next
}
