import type { Shape } from '../live/api.ts'
import { useLive } from '../live/use-live.ts'
import type { Read } from '../live/use-read.ts'

/** Names of events after which something of contexts may be another than before. */
export const FOLLOWS = {
  nodes: /^context\.node_/,
  // What a target says decides whether a proposal is in conflict with it.
  proposals: /^context\.(node|delegation)_/,
  // The tasks say how far objectives are.
  objectives: /^(context\.objective_|work\.task_)/,
} as const

/** Reads something of contexts, and again when an event says that it may be another. */
export const useNewsRead = <T>(
  path: string | null,
  is: Shape<T>,
  follows: keyof typeof FOLLOWS,
): Read<T> => useLive(path, { is, wants: FOLLOWS[follows] })
