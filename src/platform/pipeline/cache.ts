import { LRUCache } from 'lru-cache'

const ENTRIES_MAX = 20_000
const CHARACTERS_MAX = 32_000_000

/**
 * Keeps answers of reads until something happens in their organisation. Emptying raises the
 * organisation's generation: an answer computed before can no longer be found, even if it is put
 * afterwards.
 */
export type AnswerCache<T> = Readonly<{
  generation(orgId: string): number
  get(orgId: string, key: string): T | undefined
  put(
    orgId: string,
    key: string,
    entry: Readonly<{ generation: number; size: number; value: T }>,
  ): void
  empty(orgId: string): void
}>

/** Makes the cache of one process, bounded by entries and by characters. */
export const answerCache = <T extends object>(): AnswerCache<T> => {
  const generations = new Map<string, number>()
  const kept = new LRUCache<string, T>({ max: ENTRIES_MAX, maxSize: CHARACTERS_MAX })
  const generation = (orgId: string) => generations.get(orgId) ?? 0
  return {
    generation,
    get: (orgId, key) => kept.get(`${orgId}/${generation(orgId)}/${key}`),
    put(orgId, key, entry) {
      const size = Math.max(1, entry.size + key.length)
      if (size < CHARACTERS_MAX / 10)
        kept.set(`${orgId}/${entry.generation}/${key}`, entry.value, { size })
    },
    empty: (orgId) => generations.set(orgId, generation(orgId) + 1),
  }
}
