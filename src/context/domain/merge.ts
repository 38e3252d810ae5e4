import { assert } from '../../kernel/assert.ts'
import { refuse } from '../../kernel/refusal.ts'
import {
  bytesOf,
  isList,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  union,
  without,
} from './json.ts'
import { type ContextNode, stampAt, TIERS } from './node.ts'
import { joinPath, type Word, wordOf } from './path.ts'
import { type Branch, lockIn, type Origin, originsOf, type Spot } from './spot.ts'

/** Largest resolved context, serialised. */
export const EFFECTIVE_BYTES_MAX = 64 * 1024

/** Where a leaf comes from, and which writes of outer tiers it hides (nearest first). */
export type Provenance = Origin & Readonly<{ overrides: readonly Origin[] }>

/** Something a node says that does not count, because an outer tier wins or nothing fits. */
export type Ignored = Readonly<{
  at: string
  /** As written in the node, with its instruction: `tags+`. */
  path: string
  why: 'locked' | 'not_a_list'
  /** The place whose `$lock` wins; absent for `not_a_list`. */
  lockedBy?: string
}>

/** What tiers say together; the maps are keyed by path. */
export type Effective = Readonly<{
  value: JsonObject
  /** One entry per leaf of `value` (C5). */
  provenance: ReadonlyMap<string, Provenance>
  /** Keys that a lower tier removed and nobody set again. */
  removed: ReadonlyMap<string, Provenance>
  /** Locked paths and the place that locked each. */
  locks: ReadonlyMap<string, string>
  ignored: readonly Ignored[]
  bytes: number
}>

type Here = Readonly<{
  node: ContextNode
  path: string
  /** Writes that the object around this place has just replaced. */
  replaced: readonly Origin[]
  ignored: Ignored[]
}>

/**
 * Lays nodes over each other, outermost first; an ancestor's task tier comes before its subtask's.
 * Never refuses: what an outer tier has made impossible since it was written is ignored and listed.
 */
export const mergeTiers = (nodes: readonly ContextNode[]): Effective => {
  const root: Branch = {
    kind: 'branch',
    members: new Map(),
    locks: new Map(),
    origin: { tier: 'global', from: '', version: 0, by: '' },
    overrides: [],
  }
  const ignored: Ignored[] = []
  let rank = 0
  for (const node of nodes) {
    const next = TIERS.indexOf(node.tier)
    assert(next >= rank, `Context tiers come outermost first, not ${node.at} last.`)
    rank = next
    layMembers(root, node.data, { node, path: '', replaced: [], ignored })
  }
  return gather(root, ignored)
}

/** Resolves tiers like `mergeTiers`, and refuses a result that is too large (C7). */
export const resolveTiers = (nodes: readonly ContextNode[]): Effective => {
  const effective = mergeTiers(nodes)
  if (effective.bytes > EFFECTIVE_BYTES_MAX) throw tooLarge(effective, nodes)
  return effective
}

/** Makes the refusal of a resolved context that takes more than its limit. */
export const tooLarge = ({ bytes }: Effective, nodes: readonly ContextNode[]) => {
  const places = nodes.map(({ at }) => at)
  const at = places.at(-1) ?? 'this place'
  const size = `${bytes} of ${EFFECTIVE_BYTES_MAX} bytes`
  const message = `The context of ${at} resolves to ${size}; shorten one of its tiers.`
  return refuse('invalid', 'context.too_large', message, { bytes, places })
}

type Step = Readonly<{ name: string; word: Word; value: Json }>

// Value, then removals, then additions, then locks: the order of keys in storage means nothing.
const TURN: Record<Word['kind'], number> = { key: 0, drop: 1, add: 2, lock: 3 }

const stepsOf = (data: JsonObject): readonly Step[] =>
  Object.entries(data)
    .map(([name, value]): Step => {
      const word = wordOf(name)
      assert(word !== undefined, `${name} was stored as a context key.`)
      return { name, word, value }
    })
    .toSorted((a, b) => TURN[a.word.kind] - TURN[b.word.kind])

const layMembers = (branch: Branch, data: JsonObject, above: Here): void => {
  for (const { name, word, value } of stepsOf(data)) {
    const here = { ...above, path: joinPath(above.path, name) }
    if (word.kind === 'lock') {
      addLocks(branch, value, here)
      continue
    }
    const lockedBy = branch.locks.get(word.key)
    const under = branch.members.get(word.key)
    if (lockedBy !== undefined) {
      ignore(here, lockedBy)
      continue
    }
    const spot =
      word.kind === 'key'
        ? layValue(under, value, here)
        : changeList(under, value, { kind: word.kind, here })
    if (spot !== undefined) branch.members.set(word.key, spot)
  }
}

const addLocks = (branch: Branch, value: Json, { node }: Here): void => {
  for (const key of isList(value) ? value : []) {
    if (typeof key === 'string' && !branch.locks.has(key)) branch.locks.set(key, node.at)
  }
}

const layValue = (under: Spot | undefined, value: Json, here: Here): Spot | undefined => {
  if (isObject(value)) return layObject(under, value, here)
  const lockedBy = lockIn(under)
  if (lockedBy !== undefined) {
    ignore(here, lockedBy)
    return under
  }
  const origin = originAt(here)
  const overrides = replacedBy(origin, under, here)
  if (value !== null) return { kind: 'leaf', value, origin, overrides }
  return under === undefined || under.kind === 'gone' ? under : { kind: 'gone', origin, overrides }
}

const layObject = (under: Spot | undefined, value: JsonObject, here: Here): Branch => {
  if (under?.kind === 'branch') {
    layMembers(under, value, { ...here, replaced: [] })
    return under
  }
  const origin = originAt(here)
  const overrides = replacedBy(origin, under, here)
  const branch: Branch = {
    kind: 'branch',
    members: new Map(),
    locks: new Map(),
    origin,
    overrides,
  }
  layMembers(branch, value, { ...here, replaced: overrides })
  return branch
}

const changeList = (
  under: Spot | undefined,
  value: Json,
  how: { kind: 'add' | 'drop'; here: Here },
): Spot | undefined => {
  const { kind, here } = how
  const elements = isList(value) ? value : []
  const before = under === undefined || under.kind === 'gone' ? undefined : under
  if (before === undefined) {
    if (kind === 'drop') return under
    return leafOf(union([], elements), under, here)
  }
  if (before.kind === 'branch' || !isList(before.value)) {
    here.ignored.push({ at: here.node.at, path: here.path, why: 'not_a_list' })
    return under
  }
  const list = before.value
  const changed = kind === 'add' ? union(list, elements) : without(list, elements)
  return changed.length === list.length ? under : leafOf(changed, under, here)
}

const leafOf = (value: Json, under: Spot | undefined, here: Here): Spot => {
  const origin = originAt(here)
  return { kind: 'leaf', value, origin, overrides: replacedBy(origin, under, here) }
}

const replacedBy = (origin: Origin, under: Spot | undefined, here: Here): readonly Origin[] =>
  under === undefined ? here.replaced : originsOf(under, origin)

const originAt = ({ node, path }: Here): Origin => {
  const { version, by } = stampAt(node, path)
  return { tier: node.tier, from: node.at, version, by }
}

const ignore = (here: Here, lockedBy: string): void => {
  here.ignored.push({ at: here.node.at, path: here.path, why: 'locked', lockedBy })
}

type Findings = {
  provenance: Map<string, Provenance>
  removed: Map<string, Provenance>
  locks: Map<string, string>
}

const gather = (root: Branch, ignored: readonly Ignored[]): Effective => {
  const found: Findings = { provenance: new Map(), removed: new Map(), locks: new Map() }
  const value = gatherBranch(root, '', found)
  return { value, ...found, ignored, bytes: bytesOf(value) }
}

const gatherBranch = (branch: Branch, path: string, found: Findings): JsonObject => {
  const entries: [string, Json][] = []
  for (const [key, at] of branch.locks) found.locks.set(joinPath(path, key), at)
  for (const [key, spot] of branch.members) {
    const here = joinPath(path, key)
    const provenance = { ...spot.origin, overrides: spot.overrides }
    if (spot.kind === 'gone') found.removed.set(here, provenance)
    else if (spot.kind === 'leaf') {
      found.provenance.set(here, provenance)
      entries.push([key, spot.value])
    } else {
      const inner = gatherBranch(spot, here, found)
      if (Object.keys(inner).length === 0) found.provenance.set(here, provenance)
      entries.push([key, inner])
    }
  }
  return objectOf(entries)
}
