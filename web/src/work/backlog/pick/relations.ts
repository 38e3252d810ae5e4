import type { Task } from '../../../../../src/work/contract.ts'

/** A way in which one task is tied to another, seen from the one. */
export type Relation = Readonly<{
  id: string
  name: string
  kind: Task['links'][number]['kind']
  /** The tie leads from the other task to this one. */
  isIn: boolean
}>

/** Every way in which tasks can be tied; the first keeps a task waiting. */
export const RELATIONS = [
  { id: 'waits', name: 'Waits for', kind: 'blocks', isIn: false },
  { id: 'blocks', name: 'Blocks', kind: 'blocks', isIn: true },
  { id: 'relates', name: 'Relates to', kind: 'relates', isIn: false },
  { id: 'duplicates', name: 'Duplicates', kind: 'duplicates', isIn: false },
  { id: 'duplicated', name: 'Is duplicated by', kind: 'duplicates', isIn: true },
  { id: 'supersedes', name: 'Supersedes', kind: 'supersedes', isIn: false },
  { id: 'superseded', name: 'Is superseded by', kind: 'supersedes', isIn: true },
  { id: 'found', name: 'Was found while working on', kind: 'discovered_from', isIn: false },
  { id: 'led', name: 'Led to', kind: 'discovered_from', isIn: true },
] as const satisfies readonly Relation[]

/** Finds a way by its id. */
export const relationOf = (id: string): Relation =>
  RELATIONS.find((relation) => relation.id === id) ?? RELATIONS[0]

type Tie = Pick<Task['links'][number], 'key' | 'kind' | 'direction'>

/** Gives the address of a tie of a task, as the hub keeps it: by the task that it leads from. */
export const tiePath = (own: string, { key, kind, direction }: Tie): string => {
  const [from, to] = direction === 'in' ? [key, own] : [own, key]
  return `/tasks/${from}/dependencies/${to}?kind=${kind}`
}
