import type { Json } from '../../tools/json.ts'
import { isSame, leavesOf } from './paths.ts'

/** A leaf that differs; `undefined` stands where one side says nothing. */
export type LeafChange = Readonly<{ path: string; before: unknown; after: unknown }>

/** Lists the leaves in which two versions differ, in the order of their paths. */
export const leafDiff = (before: Json, after: Json): readonly LeafChange[] => {
  const [old, now] = [new Map(leavesOf(before)), new Map(leavesOf(after))]
  return [...new Set([...old.keys(), ...now.keys()])]
    .toSorted()
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((one) => !isSame(one.before, one.after) || old.has(one.path) !== now.has(one.path))
}

/** A line of two texts: in both, or in one of them only. */
export type Line = Readonly<{ kind: 'same' | 'gone' | 'new'; text: string }>

// The table of a comparison has so many cells at most; longer texts are shown as replaced.
const CELLS_MAX = 250_000

/** Lists the lines of two texts, each once where it is in both. */
export const lineDiff = (before: string, after: string): readonly Line[] => {
  const [old, now] = [before.split('\n'), after.split('\n')]
  if (old.length * now.length > CELLS_MAX) {
    return [...old.map((text) => lineOf('gone', text)), ...now.map((text) => lineOf('new', text))]
  }
  const lengths = commonLengths(old, now)
  const lines: Line[] = []
  let [at, to] = [0, 0]
  while (at < old.length || to < now.length) {
    const [left, right] = [old[at], now[to]]
    if (left !== undefined && left === right) {
      lines.push(lineOf('same', left))
      at++
      to++
    } else if (right === undefined || (left !== undefined && isGoneFirst(lengths, at, to))) {
      lines.push(lineOf('gone', left ?? ''))
      at++
    } else {
      lines.push(lineOf('new', right))
      to++
    }
  }
  return lines
}

const lineOf = (kind: Line['kind'], text: string): Line => ({ kind, text })

type Lengths = readonly (readonly number[])[]

const isGoneFirst = (lengths: Lengths, at: number, to: number): boolean =>
  (lengths[at + 1]?.[to] ?? 0) >= (lengths[at]?.[to + 1] ?? 0)

/** Counts, from each pair of lines on, how many lines the rests have in common. */
const commonLengths = (old: readonly string[], now: readonly string[]): Lengths => {
  const rows: number[][] = [Array.from({ length: now.length + 1 }, () => 0)]
  for (const left of old.toReversed()) {
    const below = rows.at(-1) ?? []
    const row: number[] = [0]
    for (let to = now.length - 1; to >= 0; to--) {
      const isEqual = left === now[to]
      row.push(isEqual ? (below[to + 1] ?? 0) + 1 : Math.max(below[to] ?? 0, row.at(-1) ?? 0))
    }
    rows.push(row.toReversed())
  }
  return rows.toReversed()
}
