import type { ActorKind } from '../../kernel/actor.ts'
import { refuse } from '../../kernel/refusal.ts'
import { same } from './json.ts'
import { EFFECTIVE_BYTES_MAX, type Ignored, mergeTiers, tooLarge } from './merge.ts'
import { checkNode, type ContextNode, readJson, type Stamp, type Tier } from './node.ts'
import { isWithin, leavesOf, parsePath, patchAt } from './path.ts'

/** A wish to change a node: a merge patch at a path, by somebody who read a version. */
export type Write = Readonly<{
  path: string
  data: unknown
  /** Set where `data` is all that the node says from now on; the path is empty then. */
  whole?: boolean
  /** The version that the writer has read; absent: any. */
  version?: number
  by: string
}>

/** A decided write; `changed` lists leaf paths and is empty when nothing was new. */
export type Written = Readonly<{ node: ContextNode; changed: readonly string[] }>

/**
 * Decides a write: gives back the node as it becomes, or refuses.
 * `uppers` are the nodes above it, outermost first; their locks and lists bind it (C3, C4).
 */
export const decideWrite = (
  node: ContextNode,
  uppers: readonly ContextNode[],
  write: Write,
): Written => {
  if (write.version !== undefined && write.version !== node.version) {
    const message = `The context of ${node.at} is at version ${node.version}; read it, then write.`
    throw refuse('conflict', 'context.node_changed', message, { current: node.version })
  }
  const given = readJson(write.data, write.path)
  const path = parsePath(write.path)
  const data = checkNode(write.whole === true ? given : patchAt(node.data, path, given))
  const next = restamp({ ...node, data, version: node.version + 1, by: write.by }, node)
  const changed = changedLeaves(node, next)
  if (changed.length === 0) return { node, changed }
  const effective = mergeTiers([...uppers, next])
  for (const one of effective.ignored) {
    const mine = one.at === node.at && changed.some((leaf) => isWithin(leaf, one.path))
    if (mine) throw ineffective(one)
  }
  // What is too large already may be written smaller, one step at a time.
  const grows = () => effective.bytes >= mergeTiers([...uppers, node]).bytes
  if (effective.bytes > EFFECTIVE_BYTES_MAX && grows()) throw tooLarge(effective, [...uppers, next])
  return { node: next, changed }
}

/** Carries over the stamps of untouched leaves and signs the others with the new write. */
const restamp = (next: ContextNode, before: ContextNode): ContextNode => {
  const old = new Map(leavesOf(before.data))
  const stamps = leavesOf(next.data).map(([path, value]): [string, Stamp] => {
    const kept = same(old.get(path), value) && Object.hasOwn(before.stamps, path)
    const stamp = kept ? before.stamps[path] : undefined
    return [path, stamp ?? { version: next.version, by: next.by }]
  })
  return { ...next, stamps: Object.fromEntries(stamps) }
}

const changedLeaves = (before: ContextNode, after: ContextNode): readonly string[] => {
  const old = new Map(leavesOf(before.data))
  const now = new Map(leavesOf(after.data))
  const paths = new Set([...old.keys(), ...now.keys()])
  return Array.from(paths).filter((path) => !same(old.get(path), now.get(path)))
}

const ineffective = ({ path, why, lockedBy }: Ignored) =>
  why === 'locked'
    ? refuse(
        'conflict',
        'context.locked',
        `${path} is locked by ${lockedBy}; propose the change there with context share.`,
        { path, lockedBy },
      )
    : refuse(
        'invalid',
        'context.not_a_list',
        `${path} adds to or removes from a list, but what is inherited is none; write the value.`,
        { path },
      )

/** What a writer may be allowed by: its kind, and the work that is in its hands. */
export type Writer = Readonly<{
  kind: ActorKind
  /** Keys of the tasks it holds a lease on. */
  holds: ReadonlySet<string>
  /** Branches it is assigned to, as `GH/main`. */
  assigned: ReadonlySet<string>
}>

/** Refuses an agent's write outside the tasks it holds and the branches assigned to it (C8). */
export const refuseForeignWrite = (writer: Writer, target: { tier: Tier; at: string }): void => {
  if (writer.kind !== 'agent') return
  if (target.tier === 'task' && writer.holds.has(target.at)) return
  if (target.tier === 'branch' && writer.assigned.has(target.at)) return
  const message = `${target.at} is not in your hands; propose the change with context share.`
  throw refuse('forbidden', 'context.not_yours', message, { at: target.at })
}
