import { seenObjectives } from '../domain/sight.ts'
import type { Aligned, ObjectiveStore, StoredObjective, WorkTask } from './ports.ts'

type Known = Readonly<{
  rows: readonly StoredObjective[]
  aligned: Awaited<ReturnType<ObjectiveStore['alignments']>>
  /** Tasks among which some name an objective as their own. */
  tasks: readonly WorkTask[]
}>

/** Finds the objectives that a reader sees, and the places of theirs; `visible` is the call's. */
export const seeObjectives = (
  { rows, aligned, tasks }: Known,
  visible: readonly string[] | null,
): Readonly<{ seen: ReadonlySet<string>; places: readonly Aligned[] }> => {
  if (visible === null) return { seen: new Set(rows.map(({ id }) => id)), places: aligned }
  const mine = new Set(visible)
  const projectsOf = new Map<string, string[]>()
  for (const { objectiveId, projectId } of aligned) {
    projectsOf.set(objectiveId, [...(projectsOf.get(objectiveId) ?? []), projectId])
  }
  const own = tasks.filter(({ projectId }) => mine.has(projectId))
  const seen = seenObjectives(
    // What was archived aligns with nothing any more: nobody can tell whose it was.
    rows.filter(({ archivedAt }) => archivedAt === null),
    {
      projectsOf,
      visible: mine,
      named: new Set(own.flatMap(({ objectiveId }) => (objectiveId === null ? [] : [objectiveId]))),
    },
  )
  return { seen, places: aligned.filter(({ projectId }) => mine.has(projectId)) }
}
