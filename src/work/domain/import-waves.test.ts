import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findClosingEdges, type GateEdge } from './import-cycles.ts'
import { playWaves, type WaveTask } from './import-waves.ts'

const task = (change: Partial<WaveTask> = {}): WaveTask => ({
  category: 'unstarted',
  flagged: false,
  archived: false,
  parent: null,
  blockers: [],
  ...change,
})

/** Plays by looking at everything again before each wave, straight from the rule. */
function sizesByHand(tasks: readonly WaveTask[]): number[] {
  const done = new Set(
    tasks.flatMap(({ category }, index) =>
      category === 'completed' || category === 'canceled' ? [index] : [],
    ),
  )
  const isBlocked = (index: number) => tasks[index]?.blockers.some((one) => !done.has(one)) === true
  const isHeld = (index: number): boolean => {
    const up = tasks[index]?.parent ?? null
    if (up === null) return false
    return (!done.has(up) && (tasks[up]?.flagged === true || isBlocked(up))) || isHeld(up)
  }
  const sizes: number[] = []
  for (;;) {
    const ready = tasks.flatMap((one, index) => {
      const isQueued = one.category === 'unstarted' && !one.flagged && !one.archived
      const hasChild = tasks.some(({ parent }, child) => parent === index && !done.has(child))
      const isFree = !done.has(index) && !isBlocked(index) && !isHeld(index) && !hasChild
      return isQueued && isFree ? [index] : []
    })
    if (ready.length === 0) return sizes
    sizes.push(ready.length)
    for (const index of ready) done.add(index)
  }
}

test('a chain is finished one task a wave', () => {
  const played = playWaves([task(), task({ blockers: [0] }), task({ blockers: [1] })])
  expect(played).toMatchObject({ open: 3, queued: 3, ready: 1, finished: 3, sizes: [1, 1, 1] })
})

test('a parent comes after its children, and its blockers hold them', () => {
  const tasks = [task(), task({ blockers: [0] }), task({ parent: 1 }), task({ parent: 2 })]
  expect(playWaves(tasks).sizes).toEqual([1, 1, 1, 1])
})

test('a flag holds the whole subtree, and what waits is counted to it', () => {
  const tasks = [task({ flagged: true }), task({ parent: 0 }), task({ parent: 1 }), task()]
  const played = playWaves(tasks)
  expect(played).toMatchObject({ queued: 3, ready: 1, finished: 1 })
  expect(played.waiting).toEqual([{ task: 0, count: 2 }])
})

test('completed and canceled blockers hold nobody; triage and backlog do', () => {
  const blocker = (category: WaveTask['category']) => [task({ category }), task({ blockers: [0] })]
  expect(playWaves(blocker('completed')).ready).toBe(1)
  expect(playWaves(blocker('canceled')).ready).toBe(1)
  expect(playWaves(blocker('triage'))).toMatchObject({ ready: 0, waiting: [{ task: 0, count: 1 }] })
  expect(playWaves(blocker('backlog')).ready).toBe(0)
})

test('any plan without circles is played as by looking at everything before each wave', () => {
  const categories = ['unstarted', 'unstarted', 'unstarted', 'completed', 'triage'] as const
  const seed = fc.record({ category: fc.constantFrom(...categories), flag: fc.nat(9) })
  const edge = fc.record({ from: fc.nat(11), to: fc.nat(11), isParent: fc.boolean() })
  const plans = fc.tuple(
    fc.array(seed, { minLength: 12, maxLength: 12 }),
    fc.array(edge, { maxLength: 20 }),
  )
  fc.assert(
    fc.property(plans, ([seeds, found]) => {
      const isFirst = new Set<number>()
      const edges = found.flatMap(({ from, to, isParent }): GateEdge[] => {
        if (isParent && isFirst.has(from)) return []
        if (isParent) isFirst.add(from)
        return [{ kind: isParent ? 'parent' : 'blocks', from, to }]
      })
      const closing = new Set(findClosingEdges(12, edges).map(({ index }) => index))
      const held = edges.filter((_, index) => !closing.has(index))
      const ends = (kind: GateEdge['kind'], of: number) =>
        held.filter((one) => one.kind === kind && one.from === of).map(({ to }) => to)
      const tasks = seeds.map(({ category, flag }, index) =>
        task({
          category,
          flagged: flag === 0,
          parent: ends('parent', index)[0] ?? null,
          blockers: [...new Set(ends('blocks', index))],
        }),
      )
      const played = playWaves(tasks)
      expect(played.sizes).toEqual(sizesByHand(tasks))
      const waiting = played.waiting.reduce((sum, { count }) => sum + count, 0)
      expect(played.finished + waiting).toBe(played.queued)
    }),
    { numRuns: 500 },
  )
})

test('a chain of 20,000 tasks is played through', () => {
  const tasks = Array.from({ length: 20_000 }, (_, index) =>
    task({ blockers: index === 0 ? [] : [index - 1] }),
  )
  expect(playWaves(tasks)).toMatchObject({ ready: 1, finished: 20_000 })
})
