import { LRUCache } from 'lru-cache'
import { notFound } from '../../kernel/refusal.ts'
import type { Ground } from '../../platform/room.ts'
import type { Step, StoredNode } from '../application/ports.ts'
import { type Resolved, resolveContext } from '../application/resolve-context.ts'
import type { ContextApi } from '../contract.ts'
import { hintsFor } from '../domain/hints.ts'
import { renderContext } from '../domain/render.ts'
import { nodeStore } from './node-store.ts'
import { findObjective, firstObjective } from './objective-store.ts'

/** Contexts a process keeps; one is shared by all tasks of a branch that say nothing themselves. */
const BRIEFS_MAX = 2_000
/** Characters they may take together. */
const BRIEFS_CHARACTERS_MAX = 16_000_000

type Brief = Readonly<{ digest: string; whole: string; short: string }>

/**
 * Contexts of this process. The key of one is made of the nodes it came from and their versions,
 * so it needs no emptying: what is under a key can never be another context. A node's first
 * version is told from an earlier node's of the same place by its own id.
 */
export type BriefCache = Readonly<{
  get(key: string): Brief | undefined
  put(key: string, brief: Brief): void
}>

/** Makes the memory of one process. */
export const briefCache = (): BriefCache => {
  const kept = new LRUCache<string, Brief>({ max: BRIEFS_MAX, maxSize: BRIEFS_CHARACTERS_MAX })
  return {
    get: (key) => kept.get(key),
    put: (key, brief) => kept.set(key, brief, { size: key.length + brief.whole.length + 64 }),
  }
}

/** Answers other rooms; bound to one organisation and one transaction. */
export const contextApiOver = (ground: Ground, cache: BriefCache): ContextApi => ({
  async brief(place, have) {
    const steps = stepsOf(ground.orgId, place)
    const known = cache.get(keyOf(await marksOf(ground, steps)))
    const brief = known ?? (await loadBrief(ground, steps, cache))
    return have?.replace(/^@/, '').toLowerCase() === brief.digest ? brief.short : brief.whole
  },
  hints: hintsFor,
  objectiveOf({ projectId, branchId, own }) {
    const ownIds = own.filter((id) => id !== null)
    return firstObjective(ground, ownIds, [branchId, projectId])
  },
  async objective(key) {
    const number = /^O-([1-9][0-9]{0,8})$/.exec(key)?.[1]
    const found = number === undefined ? null : await findObjective(ground, Number(number))
    if (found === null) throw notFound(key)
    return found
  },
})

type Mark = Readonly<{ id: string; atId: string; version: number }>

/** The one statement of a brief that nothing has changed since. */
const marksOf = async (
  { sql, orgId }: Ground,
  steps: readonly Step[],
): Promise<readonly Mark[]> => {
  const ids = steps.map(({ id }) => id)
  const rows = await sql<Mark>`
    select id, at_id as "atId", version
      from context.node
     where org_id = ${orgId} and at_id = any(${ids}::uuid[])`
  return rows.toSorted((a, b) => ids.indexOf(a.atId) - ids.indexOf(b.atId))
}

const keyOf = (marks: readonly Mark[]): string =>
  marks.map(({ id, version }) => `${id}:${version}`).join(' ')

const loadBrief = async (
  ground: Ground,
  steps: readonly Step[],
  cache: BriefCache,
): Promise<Brief> => {
  const nodes = await nodeStore(ground).read(steps)
  const written = nodes.flatMap((node) => (node.id === null ? [] : [{ ...node, id: node.id }]))
  const brief = briefOf(resolveContext(nodes), written)
  cache.put(keyOf(written), brief)
  return brief
}

const briefOf = (resolved: Resolved, written: readonly StoredNode[]): Brief => {
  // A text that had to be cut names the innermost place that says something.
  const shown = { ...resolved, at: written.at(-1)?.at ?? 'global' }
  return {
    digest: resolved.digest,
    whole: renderContext(shown),
    short: renderContext({ ...shown, have: resolved.digest }),
  }
}

const stepsOf = (orgId: string, place: Parameters<ContextApi['brief']>[0]): readonly Step[] => [
  { tier: 'global', id: orgId },
  { tier: 'project', id: place.projectId },
  { tier: 'branch', id: place.branchId },
  ...place.taskIds.map((id): Step => ({ tier: 'task', id })),
]
