import { createHash } from 'node:crypto'
import { contextDigest } from '../domain/digest.ts'
import { type Effective, mergeTiers } from '../domain/merge.ts'
import type { ContextNode } from '../domain/node.ts'

/** What the tiers of a place say: without its task tiers, and together. */
export type Resolved = Readonly<{
  shared: Effective
  /** The same object as `shared` where no task tier says anything. */
  full: Effective
  digest: string
}>

/** Lays the nodes of a place over each other, outermost first. Never refuses. */
export const resolveContext = (nodes: readonly ContextNode[]): Resolved => {
  const shared = mergeTiers(nodes.filter(({ tier }) => tier !== 'task'))
  const tasksSpeak = nodes.some(({ tier, version }) => tier === 'task' && version > 0)
  return {
    shared,
    full: tasksSpeak ? mergeTiers(nodes) : shared,
    digest: contextDigest(shared.value, sha256),
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
