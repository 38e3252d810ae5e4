import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findCycle, type Graph, headsOf, type Membership, type Wait } from './dependency-graph.ts'

const wait = (waiter: string, blocker: string): Wait => ({ waiter, blocker })
const member = (child: string, parent: string): Membership => ({ child, parent })
const search = (graph: Graph) => findCycle(graph, headsOf(graph))

test.each<[string, Graph, 'none' | 'cycle']>([
  ['a chain', { waits: [wait('a', 'b'), wait('b', 'c')], members: [] }, 'none'],
  [
    'two that wait for each other',
    { waits: [wait('a', 'b'), wait('b', 'a')], members: [] },
    'cycle',
  ],
  [
    'a child that waits for its sibling',
    { waits: [wait('b', 'c')], members: [member('b', 'a'), member('c', 'a')] },
    'none',
  ],
  [
    'a child that waits for its parent',
    { waits: [wait('b', 'a')], members: [member('b', 'a')] },
    'cycle',
  ],
  [
    'a parent that waits for its child',
    { waits: [wait('a', 'b')], members: [member('b', 'a')] },
    'cycle',
  ],
  [
    'a child that waits for what waits for its parent',
    { waits: [wait('b', 'c'), wait('c', 'a')], members: [member('b', 'a')] },
    'cycle',
  ],
  [
    'a child that is waited for by what its parent waits for',
    { waits: [wait('a', 'c'), wait('c', 'b')], members: [member('b', 'a')] },
    'cycle',
  ],
  ['parents in a circle', { waits: [], members: [member('a', 'b'), member('b', 'a')] }, 'cycle'],
  [
    'a diamond',
    { waits: [wait('d', 'b'), wait('d', 'c'), wait('b', 'a'), wait('c', 'a')], members: [] },
    'none',
  ],
])('%s', (_, graph, kind) => {
  expect(search(graph).kind).toBe(kind)
})

test('the circle is named task by task', () => {
  const found = search({ waits: [wait('a', 'b'), wait('b', 'c'), wait('c', 'a')], members: [] })
  expect(found).toMatchObject({ kind: 'cycle' })
  expect(found.kind === 'cycle' ? [...found.taskIds].sort() : []).toEqual(['a', 'b', 'c'])
})

test('a graph is refused exactly when no order of starts and ends fits it', () => {
  const task = fc.integer({ min: 0, max: 6 }).map(String)
  const pair = fc.tuple(task, task).filter(([a, b]) => a !== b)
  const graphs = fc.record({
    waits: fc.array(pair, { maxLength: 8 }),
    parents: fc.array(pair, { maxLength: 5 }),
  })
  fc.assert(
    fc.property(graphs, ({ waits, parents }) => {
      const members = [...new Map(parents).entries()].map(([child, parent]) =>
        member(child, parent),
      )
      const graph = { waits: waits.map(([a, b]) => wait(a, b)), members }
      expect(search(graph).kind === 'none').toBe(canBeWorkedOff(graph))
    }),
    { numRuns: 2_000 },
  )
})

test('a search that visits too much says so', () => {
  const waits = Array.from({ length: 30_000 }, (_, i) => wait(`t${i + 1}`, `t${i}`))
  expect(findCycle({ waits, members: [] }, [{ taskId: 't0', side: 'start' }]).kind).toBe(
    'too_large',
  )
})

/** Takes away what nothing comes before, again and again: the naive model. */
const canBeWorkedOff = ({ waits, members }: Graph): boolean => {
  const ids = Array.from({ length: 7 }, (_, i) => String(i))
  const before: [string, string][] = [
    ...ids.map((id): [string, string] => [`s${id}`, `e${id}`]),
    ...waits.map(({ waiter, blocker }): [string, string] => [`e${blocker}`, `s${waiter}`]),
    ...members.flatMap(({ child, parent }): [string, string][] => [
      [`s${parent}`, `s${child}`],
      [`e${child}`, `e${parent}`],
    ]),
  ]
  const left = new Set(ids.flatMap((id) => [`s${id}`, `e${id}`]))
  for (;;) {
    const free = [...left].find((name) => !before.some(([a, b]) => b === name && left.has(a)))
    if (free === undefined) return left.size === 0
    left.delete(free)
  }
}
