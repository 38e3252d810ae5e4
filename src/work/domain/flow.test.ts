import { expect, test } from 'vitest'
import { pastWorld } from '../../../test/past-world.ts'
import type { Change } from './history.ts'
import { cumulativeFlow, FLOW_CATEGORIES, type FlowSpan } from './flow.ts'

const at = (text: string) => Date.parse(text)
const NOW = at('2026-04-10T12:00:00Z')

const flowOf = (changes: readonly Change[], span: Partial<FlowSpan> = {}) => {
  const whole = { zone: 'UTC', from: '2026-04-01', to: '2026-04-04', now: NOW, ...span }
  return cumulativeFlow(changes, whole).map(({ day, amounts }) => {
    const shown = FLOW_CATEGORIES.flatMap((category) => {
      const { tasks = 0, points = 0 } = amounts.get(category) ?? {}
      return tasks === 0 ? [] : [`${category} ${tasks}/${points}`]
    })
    return [day.slice(5), ...shown].join(', ')
  })
}

test('each day counts what stands in each category at its end; canceled has left', () => {
  const { task, changes } = pastWorld()
  task(1, at('2026-03-20T10:00:00Z'), { estimate: 300, category: 'backlog' })
  task(2, at('2026-04-01T10:00:00Z'), { estimate: 200 })
  task(1).at(at('2026-04-02T09:00:00Z')).category('started')
  task(2).at(at('2026-04-03T09:00:00Z')).category('canceled')
  task(1).at(at('2026-04-04T09:00:00Z')).category('completed')
  expect(flowOf(changes())).toEqual([
    '04-01, backlog 1/300, unstarted 1/200',
    '04-02, unstarted 1/200, started 1/300',
    '04-03, started 1/300',
    '04-04, completed 1/300',
  ])
})

test('what happens at midnight belongs to the day that begins', () => {
  const { task, changes } = pastWorld()
  task(1, at('2026-04-02T23:59:59.999Z'))
  task(2, at('2026-04-03T00:00:00.000Z'))
  expect(flowOf(changes())).toEqual([
    '04-01',
    '04-02, unstarted 1/0',
    '04-03, unstarted 2/0',
    '04-04, unstarted 2/0',
  ])
})

test('a day ends where the project is, also when clocks change', () => {
  const { task, changes } = pastWorld()
  task(1, at('2026-03-29T21:59:59Z'))
  task(2, at('2026-03-29T22:00:00Z'))
  const span = { zone: 'Europe/Berlin', from: '2026-03-29', to: '2026-03-30' }
  expect(flowOf(changes(), span)).toEqual(['03-29, unstarted 1/0', '03-30, unstarted 2/0'])
  const before = { ...span, from: '2026-03-28', to: '2026-03-28' }
  const winter = pastWorld()
  winter.task(1, at('2026-03-28T22:59:59Z'))
  winter.task(2, at('2026-03-28T23:00:00Z'))
  expect(flowOf(winter.changes(), before)).toEqual(['03-28, unstarted 1/0'])
})

test('a day that goes on counts until now', () => {
  const { task, changes } = pastWorld()
  task(1, at('2026-04-03T08:00:00Z'))
  task(1).at(NOW).category('started')
  const days = flowOf(changes(), { from: '2026-04-09', to: '2026-04-10' })
  expect(days).toEqual(['04-09, unstarted 1/0', '04-10, started 1/0'])
})

test('a reopened task flows again, and a parent counts without the points of its children', () => {
  const { task, changes } = pastWorld()
  task(1, at('2026-04-01T08:00:00Z'), { estimate: 800 })
  task(2, at('2026-04-02T08:00:00Z'), { estimate: 300, parent: 1 })
  task(2).at(at('2026-04-02T09:00:00Z')).category('completed')
  task(2).at(at('2026-04-03T09:00:00Z')).category('unstarted')
  expect(flowOf(changes())).toEqual([
    '04-01, unstarted 1/800',
    '04-02, unstarted 1/0, completed 1/300',
    '04-03, unstarted 2/300',
    '04-04, unstarted 2/300',
  ])
})
