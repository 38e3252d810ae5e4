import { expect, test } from 'vitest'
import { graphOf, layoutGraph, neighbourKeys, NODES_MAX } from './graph.ts'

type Known = Parameters<typeof graphOf>[0]
type Link = Known['links'][number]

const link = (key: string, direction: Link['direction'], kind: Link['kind'] = 'blocks'): Link => ({
  ...{ key, direction, kind },
  ...{ title: `Task ${key}`, category: 'unstarted' },
})

const task = (key: string, ...links: readonly Link[]): Known => ({
  ...{ key, title: `Task ${key}`, category: 'unstarted' },
  links: [...links],
})

const columnOf = (layout: ReturnType<typeof layoutGraph>, key: string): number =>
  layout.nodes.find((node) => node.key === key)?.column ?? -1

test('a picture holds two steps on either side, and only what waits', () => {
  const center = task('A-1', link('A-2', 'out'), link('A-3', 'in'), link('A-9', 'out', 'relates'))
  const near = [
    task('A-2', link('A-4', 'out'), link('A-7', 'in')),
    task('A-3', link('A-5', 'in'), link('A-8', 'out')),
  ]
  const { nodes, edges } = graphOf(center, near)
  expect(nodes.map(({ key }) => key).sort()).toEqual(['A-1', 'A-2', 'A-3', 'A-4', 'A-5'])
  expect(edges).toContainEqual({ from: 'A-4', to: 'A-2' })
  expect(edges).toContainEqual({ from: 'A-3', to: 'A-5' })
  expect(neighbourKeys(center)).toEqual(['A-2', 'A-3'])
})

test('whatever waits stands to the right of everything that it waits for', () => {
  // A-1 waits for; A-2 waits for A-3, too.
  const center = task('A-1', link('A-2', 'out'), link('A-3', 'out'), link('A-5', 'in'))
  const layout = layoutGraph(graphOf(center, [task('A-2', link('A-3', 'out'))]))
  expect(columnOf(layout, 'A-3')).toBeLessThan(columnOf(layout, 'A-2'))
  expect(columnOf(layout, 'A-2')).toBeLessThan(columnOf(layout, 'A-1'))
  expect(columnOf(layout, 'A-1')).toBeLessThan(columnOf(layout, 'A-5'))
  expect(layout.lines).toHaveLength(4)
})

test('no two tasks lie on each other, and all lie within the picture', () => {
  const center = task(
    'A-1',
    ...Array.from({ length: 7 }, (_, at) => link(`A-${at + 10}`, at % 2 === 0 ? 'out' : 'in')),
  )
  const { nodes, width, height } = layoutGraph(graphOf(center, []))
  expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(8)
  for (const { x, y } of nodes) {
    expect(x >= 0 && x + 176 <= width && y >= 0 && y + 46 <= height).toBe(true)
  }
})

test('more tasks than there is room for are counted, the nearest stay', () => {
  const links = Array.from({ length: 80 }, (_, at) => link(`A-${at + 2}`, 'out'))
  const graph = graphOf(task('A-1', ...links), [])
  expect(graph.nodes).toHaveLength(NODES_MAX)
  expect(graph.left).toBe(21)
})

test('something that stands alone is one task', () => {
  expect(layoutGraph(graphOf(task('A-1'), [])).nodes).toHaveLength(1)
})
