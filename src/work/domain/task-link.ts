import { DEPENDENCY_KINDS, type DependencyKind } from './words.ts'

/** An entry of `depends_on`: a kind, and the key or ref it leads to. */
export type LinkText = Readonly<{ kind: DependencyKind; to: string }>

const isKind = (word: string): word is DependencyKind =>
  DEPENDENCY_KINDS.some((kind) => kind === word)

/** Reads an entry such as `GH-3` or `discovered_from:GH-4`; `null` where the kind is unknown. */
export const readLink = (entry: string): LinkText | null => {
  const colon = entry.indexOf(':')
  if (colon < 0) return { kind: 'blocks', to: entry }
  const kind = entry.slice(0, colon)
  return isKind(kind) ? { kind, to: entry.slice(colon + 1) } : null
}

/** Writes an entry as `readLink` reads it. */
export const writeLink = ({ kind, to }: LinkText): string =>
  kind === 'blocks' ? to : `${kind}:${to}`

/** A stored edge: `taskId` depends on `toId`. */
export type Edge = Readonly<{ taskId: string; kind: DependencyKind; toId: string }>

/** Turns an edge round where its kind has no direction: the lower id stands first. */
export const storedEdge = (edge: Edge): Edge =>
  edge.kind === 'relates' && edge.toId < edge.taskId
    ? { ...edge, taskId: edge.toId, toId: edge.taskId }
    : edge

/** Names an edge, for sets. */
export const edgeName = ({ taskId, kind, toId }: Edge): string => `${taskId}/${kind}/${toId}`
