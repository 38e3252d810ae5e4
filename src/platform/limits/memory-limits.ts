import { LRUCache } from 'lru-cache'
import { gcra, type Verdict } from './gcra.ts'
import type { LimitStore } from './limit-store.ts'

/** The number of one key, to be changed in place. */
export type Cell = { tat: number }

/** Numbers in the memory of one process: bounded, and at once. */
export type MemoryLimits = LimitStore<Verdict> &
  Readonly<{
    /** Gives the number of a key; keys that were not asked for longest are forgotten first. */
    cell(key: string): Cell
    /** Reads the number of a key, and does not remember that it was asked; 0 where none is kept. */
    tat(key: string): number
    readonly size: number
  }>

/** Makes a store of at most `max` keys; a forgotten key has its whole burst again. */
export const memoryLimits = (max: number): MemoryLimits => {
  const cells = new LRUCache<string, Cell>({ max })
  const cell = (key: string): Cell => {
    const known = cells.get(key)
    if (known !== undefined) return known
    const fresh: Cell = { tat: 0 }
    cells.set(key, fresh)
    return fresh
  }
  return {
    cell,
    tat: (key) => cells.peek(key)?.tat ?? 0,
    get size() {
      return cells.size
    },
    take(key, rate, { cost, now }) {
      const one = cell(key)
      const verdict = gcra(one.tat, now, { ...rate, cost })
      one.tat = verdict.tat
      return verdict
    },
    giveBack(key, { periodMs }, cost) {
      cell(key).tat -= cost * periodMs
    },
  }
}
