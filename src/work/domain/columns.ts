import { refuse } from '../../kernel/refusal.ts'
import { type Category, CATEGORIES } from './words.ts'

/** A column as it is: what stands in it, and whether tasks come back to it. */
export type ColumnState = Readonly<{
  id: string
  name: string
  category: Category
  role: 'review' | null
  limit: number | null
  hard: boolean
  /** Tasks that stand in it. */
  tasks: number
  /** Claims that end in it when their task is given back. */
  leases: number
}>

/** A column as it is wanted; `was` is the name it had. */
export type ColumnWish = Readonly<{
  name: string
  was?: string | undefined
  category: Category
  role: 'review' | null
  limit: number | null
  hard: boolean
}>

/** What becomes of the columns: written in this order, removed, and what stands in for those. */
export type ColumnPlan = Readonly<{
  columns: readonly Readonly<{
    id: string
    isNew: boolean
    name: string
    category: Category
    role: 'review' | null
    limit: number | null
    hard: boolean
  }>[]
  removed: readonly Readonly<{ id: string; insteadId: string }>[]
}>

const NEEDED: readonly Category[] = ['unstarted', 'started', 'completed', 'canceled']

/** Refuses columns between which tasks could not be claimed, finished or canceled. */
export const checkColumns = (
  columns: readonly Readonly<{ name: string; category: Category; role: 'review' | null }>[],
): void => {
  const names = columns.map(({ name }) => name.toLowerCase())
  const twice = columns.find(({ name }, index) => names.indexOf(name.toLowerCase()) < index)
  if (twice) {
    const message = `Two columns are called ${twice.name}; give each its own name.`
    throw refuse('invalid', 'work.columns_not_valid', message, { name: twice.name })
  }
  const missing = NEEDED.filter((category) => columns.every((one) => one.category !== category))
  if (missing.length > 0) {
    const message = `A board needs columns for ${NEEDED.join(', ')}; add ${missing.join(' and ')}.`
    throw refuse('invalid', 'work.columns_not_valid', message, { missing, allowed: CATEGORIES })
  }
  if (columns.some(({ role, category }) => role === 'review' && category !== 'started')) {
    const message = 'The review column is one of running work: its category is started.'
    throw refuse('invalid', 'work.columns_not_valid', message)
  }
  if (columns.filter(({ role }) => role === 'review').length > 1) {
    const message = 'A board has one review column at most.'
    throw refuse('invalid', 'work.columns_not_valid', message)
  }
  if (!columns.some(({ role, category }) => role === null && category === 'started')) {
    const message = 'A board needs a started column besides the one for review.'
    throw refuse('invalid', 'work.columns_not_valid', message)
  }
}

/**
 * Plans how columns become what is wanted. A column in which tasks stand, or to which claimed ones
 * come back, is neither removed nor given another meaning: tasks keep their column.
 */
export const planColumns = (
  now: readonly ColumnState[],
  wishes: readonly ColumnWish[],
  newId: () => string,
): ColumnPlan => {
  checkColumns(wishes)
  const kept = new Set<string>()
  const columns = wishes.map(({ was, ...wish }) => {
    const old = find(now, was ?? wish.name, was !== undefined)
    if (!old) return { ...wish, id: newId(), isNew: true }
    if (kept.has(old.id)) throw usedTwice(old.name)
    kept.add(old.id)
    if (old.category !== wish.category) refuseIfUsed(old, 'mean something else')
    return { ...wish, id: old.id, isNew: false }
  })
  const removed = now
    .filter(({ id }) => !kept.has(id))
    .map((old) => {
      refuseIfUsed(old, 'go')
      const instead = columns.find(({ category }) => category === old.category) ?? columns[0]
      return { id: old.id, insteadId: instead?.id ?? old.id }
    })
  return { columns, removed }
}

const find = (now: readonly ColumnState[], name: string, must: boolean) => {
  const wanted = name.toLowerCase()
  const old = now.find((column) => column.name.toLowerCase() === wanted)
  if (old || !must) return old
  const names = now.map((column) => column.name)
  const message = `There is no column ${name}; there are ${names.join(', ')}.`
  throw refuse('invalid', 'work.column_unknown', message, { allowed: names })
}

const usedTwice = (name: string) =>
  refuse('invalid', 'work.columns_not_valid', `Two columns want to be what ${name} was.`)

const refuseIfUsed = ({ name, tasks, leases }: ColumnState, what: string): void => {
  if (tasks + leases === 0) return
  const who = tasks > 0 ? `${tasks} tasks stand in it` : `${leases} claimed tasks come back to it`
  const message = `${name} cannot ${what} while ${who}; move them out first.`
  throw refuse('conflict', 'work.column_not_empty', message, { column: name, tasks, leases })
}
