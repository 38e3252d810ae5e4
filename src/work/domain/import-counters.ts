// Counts what readiness rests on for tasks that are about to exist, before any of them is written.

/** What the counters look at: others are named by index, a parent stands before its children. */
export type CountedTask = Readonly<{
  closed: boolean
  flagged: boolean
  parent: number | null
  blockers: readonly number[]
}>

/** The three counters of a task. */
export type Counters = Readonly<{ openBlockers: number; heldAbove: number; openChildren: number }>

/** Counts open blockers, open ancestors that hold their subtree, and open children. */
export function countTasks(tasks: readonly CountedTask[]): readonly Counters[] {
  const isOpen = (index: number) => tasks[index]?.closed === false
  const openChildren = tasks.map(() => 0)
  for (const { closed, parent } of tasks) {
    if (!closed && parent !== null) openChildren[parent] = (openChildren[parent] ?? 0) + 1
  }
  const openBlockers = tasks.map(({ blockers }) => blockers.filter(isOpen).length)
  const heldAbove: number[] = []
  for (const { parent } of tasks) {
    const holds =
      parent !== null &&
      isOpen(parent) &&
      (tasks[parent]?.flagged === true || (openBlockers[parent] ?? 0) > 0)
    const above = parent === null ? 0 : (heldAbove[parent] ?? 0)
    heldAbove.push(above + (holds ? 1 : 0))
  }
  return tasks.map((_, index) => ({
    openBlockers: openBlockers[index] ?? 0,
    heldAbove: heldAbove[index] ?? 0,
    openChildren: openChildren[index] ?? 0,
  }))
}
