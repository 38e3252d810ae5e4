import type { Objective } from '../views.ts'

/** One line of the tree. */
export type TreeRow = Readonly<{
  objective: Objective
  /** 1 for those at the top. */
  level: number
  place: number
  siblings: number
  hasBelow: boolean
  isOpen: boolean
}>

/** Lists the lines of a tree from the top down; what lies below a closed one is left out. */
export const treeRows = (
  objectives: readonly Objective[],
  closed: ReadonlySet<string>,
): readonly TreeRow[] => {
  const known = new Set(objectives.map(({ id }) => id))
  const below = Map.groupBy(objectives, ({ parent }) =>
    parent !== null && known.has(parent) ? parent : null,
  )
  const rows: TreeRow[] = []
  const visit = (parent: string | null, level: number): void => {
    const siblings = below.get(parent) ?? []
    for (const [index, objective] of siblings.entries()) {
      const { id } = objective
      const hasBelow = below.has(id)
      const isOpen = hasBelow && !closed.has(id)
      const place = { place: index + 1, siblings: siblings.length }
      rows.push({ objective, level, ...place, hasBelow, isOpen })
      if (isOpen) visit(id, level + 1)
    }
  }
  visit(null, 1)
  return rows
}

/** Lists the ids of an objective and of all that lies below it. */
export const withBelow = (objectives: readonly Objective[], id: string): ReadonlySet<string> => {
  const found = new Set([id])
  let before = 0
  while (found.size > before) {
    before = found.size
    for (const one of objectives)
      if (one.parent !== null && found.has(one.parent)) found.add(one.id)
  }
  return found
}

/** What a key does in the tree: goes to a line, opens or closes one. */
export type TreeStep = Readonly<{ kind: 'go' | 'open' | 'close'; id: string }>

/** Finds what a key does at a line; `null` where it does nothing. */
export const treeStep = (rows: readonly TreeRow[], here: string, key: string): TreeStep | null => {
  const at = rows.findIndex(({ objective }) => objective.id === here)
  const row = rows[at]
  if (row === undefined) return null
  const go = (to: TreeRow | undefined): TreeStep | null =>
    to === undefined ? null : { kind: 'go', id: to.objective.id }
  switch (key) {
    case 'ArrowDown':
      return go(rows[at + 1])
    case 'ArrowUp':
      return go(rows[at - 1])
    case 'Home':
      return go(rows[0])
    case 'End':
      return go(rows.at(-1))
    case 'ArrowRight':
      if (!row.hasBelow) return null
      return row.isOpen ? go(rows[at + 1]) : { kind: 'open', id: here }
    case 'ArrowLeft':
      if (row.isOpen) return { kind: 'close', id: here }
      return go(rows.find(({ objective }) => objective.id === row.objective.parent))
    default:
      return null
  }
}
