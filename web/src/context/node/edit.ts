import { isObject, type Json } from '../../tools/json.ts'
import type { LeafChange } from './diff.ts'
import { isSame, namesOf, split, valueAt } from './paths.ts'

/** What a tier is to say about a key; `nothing` lets the outer tiers speak. */
export type Wish =
  | Readonly<{ kind: 'nothing' | 'removes' }>
  | Readonly<{ kind: 'is'; value: unknown }>
  | Readonly<{ kind: 'list'; adds: readonly unknown[]; takes: readonly unknown[] }>

/** A change of one key of a tier. */
export type Edit = Readonly<{
  path: string
  wish: Wish
  /** Whether inner tiers may not change it. */
  locks: boolean
}>

/** Gives what a tier says once a key is changed; objects that this leaves empty go with it. */
export const edited = (own: Json, { path, wish, locks }: Edit): Json => {
  const [above, name] = split(path)
  return changedAt(own, namesOf(above), (object) => relocked(said(object, name, wish), name, locks))
}

const said = (object: Json, name: string, wish: Wish): Json => {
  const { [name]: _is, [`${name}+`]: _adds, [`${name}-`]: _takes, ...rest } = object
  switch (wish.kind) {
    case 'nothing':
      return rest
    case 'removes':
      return { ...rest, [name]: null }
    case 'is':
      return { ...rest, [name]: wish.value }
    default:
      return {
        ...rest,
        ...(wish.adds.length > 0 && { [`${name}+`]: wish.adds }),
        ...(wish.takes.length > 0 && { [`${name}-`]: wish.takes }),
      }
  }
}

const relocked = (object: Json, name: string, isLocked: boolean): Json => {
  const { $lock, ...rest } = object
  const before: readonly unknown[] = Array.isArray($lock) ? $lock : []
  const others = before.filter((key) => key !== name)
  const after = isLocked ? [...others, name] : others
  if (before.includes(name) === isLocked) return object
  return after.length === 0 ? rest : { ...rest, $lock: after }
}

const changedAt = (
  object: Json,
  names: readonly string[],
  change: (object: Json) => Json,
): Json => {
  const [name, ...rest] = names
  if (name === undefined) return change(object)
  const inner = object[name]
  const before = isObject(inner) ? inner : {}
  const after = changedAt(before, rest, change)
  // What says nothing new stays as it is: a scalar does not become an object for nothing.
  if (isSame(before, after)) return object
  if (Object.keys(after).length > 0) return { ...object, [name]: after }
  const { [name]: _gone, ...others } = object
  return others
}

/** Gives what a tier says once some leaves are changed, and all others are as they are. */
export const patched = (own: Json, changes: readonly LeafChange[]): Json =>
  changes.reduce((data, { path, after }) => {
    const [above, name] = split(path)
    return changedAt(data, namesOf(above), ({ [name]: _before, ...rest }) =>
      after === undefined ? rest : { ...rest, [name]: after },
    )
  }, own)

/** Gives what a tier wishes of a key now. */
export const wishOf = (own: Json, path: string): Wish => {
  const [above, name] = split(path)
  const object = valueAt(own, above)
  if (!isObject(object)) return { kind: 'nothing' }
  if (Object.hasOwn(object, name)) {
    const value = object[name]
    return value === null ? { kind: 'removes' } : { kind: 'is', value }
  }
  const [adds, takes] = [listAt(object, `${name}+`), listAt(object, `${name}-`)]
  return adds.length + takes.length > 0 ? { kind: 'list', adds, takes } : { kind: 'nothing' }
}

/** Tells whether a tier locks a key. */
export const isLocking = (own: Json, path: string): boolean => {
  const [above, name] = split(path)
  const object = valueAt(own, above)
  return isObject(object) && listAt(object, '$lock').includes(name)
}

const listAt = (object: Json, name: string): readonly unknown[] => {
  const list = object[name]
  return Array.isArray(list) ? list : []
}

/** Gives what is written when a proposal says it at a place: a path with its value. */
export const proposalOf = (
  path: string,
  wish: Wish,
): Readonly<{ path: string; data: unknown }> | null => {
  switch (wish.kind) {
    case 'nothing':
      return null
    case 'removes':
      return { path, data: null }
    case 'is':
      return { path, data: wish.value }
    default:
      return wish.adds.length > 0
        ? { path: `${path}+`, data: wish.adds }
        : { path: `${path}-`, data: wish.takes }
  }
}
