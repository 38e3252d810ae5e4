// The versions of a node are told by its events: each says which leaves it changed. Texts of an
// erased person are gone from their events, and months of the ledger may be put away; what can no
// longer be told is left out, and the version says that it is not whole.
import { isObject, type Json, type JsonObject } from './json.ts'
import { leavesOf, patchAt } from './path.ts'

/** One write as its event tells it; `set` is `null` where what it said was erased. */
export type Change = Readonly<{
  version: number
  set: Readonly<Record<string, Json>> | null
  gone: readonly string[]
}>

/** What a node said in one of its versions; not whole where the ledger cannot tell all of it. */
export type Told = Readonly<{ data: JsonObject; whole: boolean }>

type Now = Readonly<{ version: number; data: JsonObject }>

/** Tells what a node said in a version, from its writes (oldest first) and what it says now. */
export const versionOf = (changes: readonly Change[], version: number, now: Now): Told => {
  if (version === now.version) return { data: now.data, whole: true }
  const upTo = changes.filter((change) => change.version <= version)
  const cut = upTo.findLastIndex(({ set }) => set === null)
  const known = upTo.slice(cut + 1)
  if (cut === -1 && isSeamless(upTo, { from: 1, to: version })) {
    return { data: dataOf(applied(new Map(), known)), whole: true }
  }
  const since = changes.filter((change) => change.version > version)
  const isTold =
    isSeamless(since, { from: version + 1, to: now.version }) &&
    since.every(({ set }) => set !== null)
  if (!isTold) return { data: dataOf(applied(new Map(), known)), whole: false }
  // What nobody has touched since stands there still; what was touched must have been said before.
  const touched = new Set(since.flatMap(pathsOf))
  const kept = leavesOf(now.data).filter(([path]) => !touched.has(path))
  const said = new Set(known.flatMap(pathsOf))
  const whole = [...touched].every((path) => said.has(path))
  return { data: dataOf(applied(new Map(kept), known)), whole }
}

/** Lists the leaf paths that a write touched. */
export const pathsOf = ({ set, gone }: Change): readonly string[] => [
  ...Object.keys(set ?? {}),
  ...gone,
]

const isSeamless = (
  changes: readonly Change[],
  { from, to }: Readonly<{ from: number; to: number }>,
): boolean =>
  changes.length === to - from + 1 && changes.every((one, index) => one.version === from + index)

type Leaves = ReadonlyMap<string, Json>

const applied = (start: Leaves, changes: readonly Change[]): Leaves => {
  const leaves = new Map(start)
  for (const { set, gone } of changes) {
    for (const path of gone) leaves.delete(path)
    for (const [path, value] of Object.entries(set ?? {})) leaves.set(path, value)
  }
  return leaves
}

const dataOf = (leaves: Leaves): JsonObject => {
  let data: Json = {}
  for (const [path, value] of leaves) data = patchAt(data, path.split('.'), value)
  return isObject(data) ? data : {}
}
