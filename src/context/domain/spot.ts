// While tiers are laid over each other, each place of the result is a spot: a value with its
// origin, an object under construction, or the mark that a lower tier removed something.
import type { Json } from './json.ts'
import type { Tier } from './node.ts'

/** One write that a value comes from. */
export type Origin = Readonly<{ tier: Tier; from: string; version: number; by: string }>

/** A value that is taken or replaced as a whole: a scalar or a list. */
export type Leaf = Readonly<{
  kind: 'leaf'
  value: Json
  origin: Origin
  overrides: readonly Origin[]
}>

/** The mark of a removed key. */
export type Gone = Readonly<{ kind: 'gone'; origin: Origin; overrides: readonly Origin[] }>

/** An object; its members and locks grow while tiers are laid over it. */
export type Branch = Readonly<{
  kind: 'branch'
  members: Map<string, Spot>
  /** Locked keys, each with the place that locked it first. */
  locks: Map<string, string>
  origin: Origin
  overrides: readonly Origin[]
}>

/** Any place of the result. */
export type Spot = Leaf | Gone | Branch

/** Names the place of a lock inside a spot, at any depth: then no lower tier may replace it. */
export const lockIn = (spot: Spot | undefined): string | undefined => {
  if (spot?.kind !== 'branch') return undefined
  for (const at of spot.locks.values()) return at
  for (const member of spot.members.values()) {
    const at = lockIn(member)
    if (at !== undefined) return at
  }
  return undefined
}

/** Lists the writes that end when `by` replaces a spot, nearest first, each once. */
export const originsOf = (spot: Spot | undefined, by: Origin): readonly Origin[] => {
  const found = new Map<string, Origin>()
  const add = ({ origin, overrides }: Spot) => {
    for (const one of [origin, ...overrides]) {
      if (one.from !== by.from) found.set(`${one.from} ${one.version}`, one)
    }
  }
  const visit = (here: Spot) => {
    if (here.kind !== 'branch' || here.members.size === 0) add(here)
    else for (const member of here.members.values()) visit(member)
  }
  if (spot !== undefined) visit(spot)
  return [...found.values()]
}
