import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  alignmentOf,
  checkObjective,
  checkObjectivePlace,
  METRIC_MAX,
  type Objective,
} from './objective.ts'
import { objectiveProgress, type TaskFacts, taskProgress } from './progress.ts'

const task = (id: string, more: Partial<TaskFacts> = {}): TaskFacts => ({
  id,
  parentId: null,
  state: 'open',
  progress: 0,
  estimate: null,
  objectiveId: null,
  ...more,
})
const objective = (id: string, more: Partial<Objective> = {}): Objective => ({
  id,
  parentId: null,
  title: id,
  weight: 1,
  metric: null,
  due: null,
  owner: null,
  ...more,
})
const refusal = (code: string) => expect.objectContaining({ code })
const metric = (start: number, target: number, current: number) => ({
  unit: 'ms',
  start,
  target,
  current,
})

test('a parent is the mean of its children by estimate, without canceled ones', () => {
  const progress = taskProgress([
    task('p'),
    task('a', { parentId: 'p', state: 'completed', estimate: 300 }),
    task('b', { parentId: 'p', progress: 50 }),
    task('c', { parentId: 'p', state: 'canceled', progress: 90, estimate: 800 }),
    task('d', { parentId: 'b', progress: 33 }),
  ])
  expect(Object.fromEntries(progress)).toMatchObject({ a: 100, b: 33, p: 83 })
})

test('an open leaf never reads 100, a completed parent always does', () => {
  const rows = [
    task('leaf', { progress: 100 }),
    task('p', { state: 'completed' }),
    task('c', { parentId: 'p' }),
  ]
  expect(Object.fromEntries(taskProgress(rows))).toEqual({ leaf: 99, p: 100, c: 0 })
})

test('children that all weigh nothing count the same', () => {
  const child = (id: string, progress: number) => task(id, { parentId: 'p', progress, estimate: 0 })
  expect(taskProgress([task('p'), child('a', 40), child('b', 60)]).get('p')).toBe(50)
})

test('an objective follows its metric, also downward, else its children and top tasks', () => {
  const progress = objectiveProgress(
    [
      objective('fast', { metric: metric(400, 100, 250), parentId: 'root' }),
      objective('done', { parentId: 'root', weight: 2 }),
      objective('root'),
      objective('empty'),
    ],
    [
      task('t', { objectiveId: 'done', state: 'completed' }),
      task('sub', { objectiveId: 'done', parentId: 't' }),
      task('direct', { objectiveId: 'root', progress: 10 }),
    ],
  )
  expect(Object.fromEntries(progress)).toEqual({ fast: 50, done: 100, root: 65, empty: 0 })
})

test('weights that do not add up exactly still reach 100', () => {
  const parts = [0.1, 0.2, 0.7].map((weight, n) =>
    objective(`c${n}`, { parentId: 'root', weight, metric: metric(0, 3, 3) }),
  )
  expect(objectiveProgress([objective('root'), ...parts], []).get('root')).toBe(100)
})

test('C13: progress stays within 0 and 100, in whole per cent', () => {
  const row = fc.record({
    parent: fc.nat({ max: 20 }),
    state: fc.constantFrom('open' as const, 'completed' as const, 'canceled' as const),
    progress: fc.integer({ min: -50, max: 300 }),
    estimate: fc.option(fc.nat({ max: 10_000 })),
  })
  const number = fc.double({ min: -METRIC_MAX, max: METRIC_MAX, noNaN: true })
  const goal = fc.record({
    parent: fc.nat({ max: 9 }),
    weight: fc.double({ min: 1e-6, max: 1000, noNaN: true }),
    metric: fc.option(
      fc.tuple(number, number, number).filter(([start, target]) => start !== target),
    ),
  })
  fc.assert(
    fc.property(fc.array(row), fc.array(goal, { minLength: 1 }), (rows, goals) => {
      // A parent always comes earlier in the list, so that both are trees.
      const above = (parent: number, index: number) => (parent < index ? String(parent) : null)
      const tasks = rows.map(({ parent, ...rest }, n) =>
        task(String(n), {
          ...rest,
          parentId: above(parent, n),
          objectiveId: `${n % goals.length}`,
        }),
      )
      const objectives = goals.map((one, n) =>
        objective(String(n), {
          weight: one.weight,
          parentId: above(one.parent, n),
          metric: one.metric === null ? null : metric(...one.metric),
        }),
      )
      for (const value of [
        ...taskProgress(tasks).values(),
        ...objectiveProgress(objectives, tasks).values(),
      ]) {
        expect(Number.isInteger(value) && value >= 0 && value <= 100).toBe(true)
      }
    }),
  )
})

test('C12: an objective is never placed below itself, and the refusal names the circle', () => {
  const tree = [
    { id: 'a', parentId: null },
    { id: 'b', parentId: 'a' },
    { id: 'c', parentId: 'b' },
  ]
  expect(checkObjectivePlace({ id: 'c', parentId: 'b' }, tree)).toEqual(['b', 'a'])
  expect(() => checkObjectivePlace({ id: 'a', parentId: 'c' }, tree)).toThrow(
    expect.objectContaining({
      code: 'context.objective_cycle',
      details: { path: ['a', 'c', 'b', 'a'] },
    }),
  )
  expect(() => checkObjectivePlace({ id: 'a', parentId: 'a' }, tree)).toThrow(
    refusal('context.objective_cycle'),
  )
  expect(() => checkObjectivePlace({ id: 'a', parentId: 'z' }, tree)).toThrow(
    refusal('context.objective_unknown'),
  )
})

test('objectives nest eight levels, counted with what hangs below', () => {
  const chain = Array.from({ length: 8 }, (_, n) => ({
    id: `o${n}`,
    parentId: n === 0 ? null : `o${n - 1}`,
  }))
  expect(checkObjectivePlace({ id: 'new', parentId: 'o6' }, chain)).toHaveLength(7)
  expect(() => checkObjectivePlace({ id: 'new', parentId: 'o7' }, chain)).toThrow(
    refusal('context.objective_too_deep'),
  )
  const tall = [...chain, { id: 'top', parentId: null }]
  expect(() => checkObjectivePlace({ id: 'o0', parentId: 'top' }, tall)).toThrow(
    refusal('context.objective_too_deep'),
  )
})

test.each([
  ['title', { title: 'two\nlines' }],
  ['weight', { weight: 0 }],
  ['weight', { weight: Number.NaN }],
  ['metric', { metric: metric(5, 5, 5) }],
  ['metric', { metric: metric(0, Number.POSITIVE_INFINITY, 0) }],
])('an objective with a wrong %s is refused', (field, wrong) => {
  checkObjective(objective('fine', { metric: metric(0, 10, 5) }))
  expect(() => checkObjective(objective('o', wrong))).toThrow(refusal(`context.objective_${field}`))
})

test('a task aligns by itself, else by ancestor, branch, project', () => {
  const places = { task: 't', ancestors: [null, 'a', 'far'], branch: 'b', project: 'p' }
  expect(alignmentOf(places)).toEqual({ objectiveId: 't', by: 'task' })
  const untold = { ...places, task: null }
  expect(alignmentOf(untold)).toEqual({ objectiveId: 'a', by: 'ancestor' })
  const alone = { ...untold, ancestors: [null] }
  expect(alignmentOf(alone)).toEqual({ objectiveId: 'b', by: 'branch' })
  expect(alignmentOf({ ...alone, branch: null })).toEqual({ objectiveId: 'p', by: 'project' })
  expect(alignmentOf({ ...alone, branch: null, project: null })).toBeNull()
})
