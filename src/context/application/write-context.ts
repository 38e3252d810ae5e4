import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { operation, type Words } from '../../kernel/operation.ts'
import { shorten } from '../../kernel/text.ts'
import { At, NodeWritten, Path, WrittenView } from '../contract.ts'
import { leavesOf } from '../domain/path.ts'
import { decideWrite, type Write } from '../domain/write.ts'
import { findSpot, refuseGlobalChange, refuseOutsideHands, scopeOf } from './find-spot.ts'
import type { ContextNeeds, Spot, StoredNode } from './ports.ts'

/** Changes what a place says, by a merge patch at a path. */
export const writeContext = operation<ContextNeeds>()({
  name: 'context.write_context',
  about: 'Change what a place says: a merge patch at a path.',
  input: z.strictObject({
    at: At.describe('global, GH, GH/main or GH-12'),
    path: Path.optional(),
    data: z.unknown(),
    version: z.int().min(0).optional(),
  }),
  output: WrittenView,
  access: 'context:write',
  effect: 'write',
  http: 'POST /context',
  mcp: 'context write',
  scope: scopeOf,
  say: (written) => sayWritten(written),
  async run({ at, path = '', data, version }, words) {
    return writeAt(words, at, { path, data, ...(version !== undefined && { version }) })
  },
})

/** Says in a line what was written. */
export const sayWritten = ({ at, version, changed }: z.output<typeof WrittenView>): string => {
  if (changed.length === 0) return `${at} context v${version}, nothing new`
  return shorten(`${at} context v${version}: ${changed.join(' ')}`, 120)
}

/** Writes to a place that is in the caller's hands. */
export const writeAt = async (
  words: ContextNeeds & Words,
  at: string,
  write: Omit<Write, 'by'>,
): Promise<z.output<typeof WrittenView>> => {
  const spot = await findSpot(words, at)
  await refuseOutsideHands(words, spot)
  refuseGlobalChange(spot, words.visible, 'context:write')
  const nodes = await words.nodes.lock(spot.steps)
  return writeNode(words, spot, { nodes, write: { ...write, by: words.call.actor.id } })
}

type Locked = Readonly<{ nodes: readonly StoredNode[]; write: Write }>

/**
 * Carries out a decided write on the last of the nodes and emits it; one that says nothing new
 * leaves no trace.
 */
export const writeNode = async (
  { nodes: store, call, emit }: Pick<ContextNeeds, 'nodes'> & Pick<Words, 'call' | 'emit'>,
  spot: Pick<Spot, 'at' | 'tier' | 'projectId' | 'steps'>,
  { nodes, write }: Locked,
): Promise<z.output<typeof WrittenView>> => {
  const own = nodes.at(-1)
  assert(own, 'A place has its own tier.')
  const before = { ...own, at: spot.at, id: own.id ?? call.newId() }
  const { node, changed } = decideWrite(before, nodes.slice(0, -1), write)
  if (changed.length > 0) {
    await store.save({ ...node, id: before.id, atId: before.atId }, call.now)
    const leaves = new Map(leavesOf(node.data))
    const set = changed.flatMap((path): [string, unknown][] =>
      leaves.has(path) ? [[path, leaves.get(path)]] : [],
    )
    const gone = changed.filter((path) => !leaves.has(path))
    const { at, tier, projectId } = spot
    const event = { nodeId: before.id, tier, atId: before.atId, at, projectId }
    const content = { set: Object.fromEntries(set), gone }
    emit(NodeWritten({ ...event, version: node.version }, { content }))
  }
  return { at: spot.at, version: node.version, changed: [...changed] }
}
