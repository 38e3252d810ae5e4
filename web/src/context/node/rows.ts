import { isObject } from '../../tools/json.ts'
import type { Context, Tier } from '../views.ts'
import { isWithin, joined, leavesOf, split, valueAt, type Word, wordOf } from './paths.ts'

/** How far something that a tier says counts: it stands, an inner tier hides it, or a lock does. */
export type Stand = 'counts' | 'overridden' | 'ignored'

/** Something that a tier says about a key; `null` under `is` removes what is inherited. */
export type Said = Readonly<{
  kind: 'is' | 'adds' | 'takes'
  /** As it is written in the node: `tags+`. */
  path: string
  value: unknown
  stand: Stand
  /** The place whose lock makes it count for nothing. */
  lockedBy: string | null
}>

/** What one tier says about a key. */
export type Cell = Readonly<{ said: readonly Said[]; locks: boolean }>

/** Where an effective value comes from. */
export type Origin = Context['provenance'][string]

/** One key: what each tier says about it, and what holds in the end. */
export type Row = Readonly<{
  path: string
  cells: readonly Cell[]
  /** `undefined` where nothing holds. */
  value: unknown
  from: Origin | null
  /** Who removed it, where it is removed. */
  removed: Origin | null
  lockedBy: string | null
}>

type Shown = Readonly<{ tiers: readonly Tier[]; context: Context }>

/** Lays tiers side by side, one row per key, in the order of the keys. */
export const rowsOf = (shown: Shown): readonly Row[] => {
  const { tiers, context } = shown
  const written = tiers.map(wordsIn)
  const paths = new Set([
    ...written.flatMap(({ said, locks }) => [...said.map(({ target }) => target), ...locks]),
    ...Object.keys(context.provenance),
    ...Object.keys(context.removed),
  ])
  return [...paths]
    .toSorted(byPath)
    .map((path) => ({ path, cells: cellsOf(path, written, shown), ...endOf(path, context) }))
}

const byPath = (a: string, b: string): number => {
  const [left, right] = [a.split('.'), b.split('.')]
  const at = left.findIndex((name, index) => name !== right[index])
  if (at < 0) return left.length - right.length
  return (left[at] ?? '') < (right[at] ?? '') ? -1 : 1
}

const endOf = (path: string, { value, provenance, removed, locks }: Context) => {
  const found = valueAt(value, path)
  const lock = Object.entries(locks).find(([locked]) => isWithin(path, locked))
  return {
    // An object that only holds a lock has no value of its own to show.
    value: path in provenance || !isObject(found) ? found : undefined,
    from: provenance[path] ?? null,
    removed: removed[path] ?? null,
    lockedBy: lock?.[1] ?? null,
  }
}

type Leaf = Readonly<{ kind: Said['kind']; target: string; path: string; value: unknown }>
type Words = Readonly<{ at: string; said: readonly Leaf[]; locks: readonly string[] }>

const wordsIn = ({ at, data }: Tier): Words => {
  const said: Leaf[] = []
  const locks: string[] = []
  for (const [path, value] of leavesOf(data)) {
    const [above, name] = split(path)
    const word: Word = wordOf(name)
    if (word.kind !== 'locks') {
      said.push({ kind: word.kind, target: joined(above, word.key), path, value })
    } else if (Array.isArray(value)) {
      locks.push(...value.map((key) => joined(above, String(key))))
    }
  }
  return { at, said, locks }
}

const cellsOf = (path: string, written: readonly Words[], { context }: Shown): readonly Cell[] =>
  written.map(({ at, said, locks }, index) => ({
    locks: locks.includes(path),
    said: said
      .filter(({ target }) => target === path)
      .map((leaf) => {
        const lock = ignoredOf(context, at, leaf.path)
        const isHidden = written.slice(index + 1).some((inner) => hides(inner, leaf, context))
        const stand = lock !== undefined ? 'ignored' : isHidden ? 'overridden' : 'counts'
        const { kind, value } = leaf
        return { kind, path: leaf.path, value, stand, lockedBy: lock?.lockedBy ?? null }
      }),
  }))

const ignoredOf = ({ ignored }: Context, at: string, path: string) =>
  ignored.find((one) => one.at === at && isWithin(path, one.path))

/** Tells whether an inner tier says something in whose presence an outer value counts no more. */
const hides = (inner: Words, { target, value }: Leaf, context: Context): boolean =>
  inner.said.some((leaf) => {
    if (ignoredOf(context, inner.at, leaf.path) !== undefined) return false
    if (leaf.kind === 'is' && isWithin(target, leaf.target)) {
      // An empty object is laid over an object without taking anything from it.
      return !(isObject(leaf.value) && (leaf.target !== target || isObject(value)))
    }
    return isWithin(leaf.target, target) && leaf.target !== target && !isObject(value)
  })
