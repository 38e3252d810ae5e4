import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findClosingEdges, type GateEdge } from './import-cycles.ts'

const blocks = (from: number, to: number): GateEdge => ({ kind: 'blocks', from, to })
const parent = (from: number, to: number): GateEdge => ({ kind: 'parent', from, to })
const closing = (count: number, edges: GateEdge[]) =>
  findClosingEdges(count, edges).map(({ index }) => index)

/** Decides by plain search, one edge after another, on the graph as the rule describes it. */
function closingByHand(count: number, edges: readonly GateEdge[]): number[] {
  const arcs = Array.from({ length: count }, (_, task) => [`s${task}`, `e${task}`])
  const leads = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true
    if (seen.has(from)) return false
    seen.add(from)
    return arcs.some(([a = '', b = '']) => a === from && leads(b, to, seen))
  }
  const found: number[] = []
  for (const [index, { kind, from, to }] of edges.entries()) {
    const wanted =
      kind === 'blocks'
        ? [[`e${to}`, `s${from}`]]
        : [
            [`s${to}`, `s${from}`],
            [`e${from}`, `e${to}`],
          ]
    const isCircle = wanted.some(([a = '', b = '']) => leads(b, a, new Set()))
    if (isCircle || from === to) found.push(index)
    else arcs.push(...wanted)
  }
  return found
}

test('of two tasks that wait for each other the second edge closes the circle', () => {
  expect(findClosingEdges(2, [blocks(0, 1), blocks(1, 0)])).toEqual([{ index: 1, path: [1, 0, 1] }])
})

test('a task can neither wait for itself nor be its own parent', () => {
  expect(closing(1, [blocks(0, 0), parent(0, 0)])).toEqual([0, 1])
})

test('a child cannot wait for its parent, nor a parent for its child or grandchild', () => {
  expect(closing(3, [parent(1, 0), parent(2, 1), blocks(2, 0), blocks(0, 2)])).toEqual([2, 3])
})

test('children of one parent may wait for each other in a row', () => {
  expect(
    closing(4, [parent(1, 0), parent(2, 0), parent(3, 0), blocks(2, 1), blocks(3, 2)]),
  ).toEqual([])
})

test('two parents whose children wait crosswise close a circle', () => {
  const families = [parent(2, 0), parent(3, 1)]
  expect(closing(4, [...families, blocks(2, 1), blocks(3, 0)])).toEqual([3])
  expect(closing(4, [...families, blocks(0, 1), blocks(3, 2)])).toEqual([3])
})

test('a parent edge that is left out leaves no half of itself behind', () => {
  expect(closing(3, [blocks(1, 0), parent(1, 0), parent(1, 2), blocks(2, 0)])).toEqual([1])
})

test('any list of edges is judged as by plain search', () => {
  const edge = fc.record({
    kind: fc.constantFrom('blocks' as const, 'parent' as const),
    from: fc.nat(7),
    to: fc.nat(7),
  })
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 24 }), (edges) => {
      expect(closing(8, edges)).toEqual(closingByHand(8, edges))
    }),
    { numRuns: 400 },
  )
})

test('a ring of 20,000 tasks is opened at its last edge', () => {
  const count = 20_000
  const ring = Array.from({ length: count }, (_, task) => blocks(task, (task + 1) % count))
  expect(closing(count, ring)).toEqual([count - 1])
})
