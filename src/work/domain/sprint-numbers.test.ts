import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldBoard } from './board-fold.ts'
import type { Change, HistoryKind } from './history.ts'
import { idealLine, sprintBucket, sprintNumbers, type SprintSpan } from './sprint-numbers.ts'
import { pastWorld as world } from '../../../test/past-world.ts'

const OPEN: SprintSpan = { number: 1, startedAt: 100, closedAt: null, now: 1_000 }
const CLOSED: SprintSpan = { ...OPEN, closedAt: 500 }

const numbersOf = (changes: readonly Change[], span = OPEN) => {
  const { committed, scope, completed, steps, tasks } = sprintNumbers(changes, span)
  return {
    committed: committed.points,
    scope: scope.points,
    completed: completed.points,
    counts: [committed.tasks, scope.tasks, completed.tasks],
    steps: steps.map((step) => [
      step.at,
      step.change,
      step.scope.points,
      step.completed.points,
      step.numbers.join(),
    ]),
    tasks: tasks.map(({ number, place, added, why }) =>
      [number, place, ...(added ? ['added'] : []), ...(why ? [why] : [])].join(' '),
    ),
  }
}

test('what is in the sprint at its start is committed, what comes or goes then is scope', () => {
  const { task, changes } = world()
  task(1, 10, { estimate: 300, sprint: 1 })
  task(2, 20, { estimate: 500, sprint: 1 })
  task(3, 30, { estimate: 200 })
  task(3).at(200).sprint(1)
  task(1).at(300).category('completed')
  task(2).at(400).sprint(null)
  expect(numbersOf(changes())).toEqual({
    committed: 800,
    scope: 500,
    completed: 300,
    counts: [2, 2, 1],
    steps: [
      [100, 'start', 800, 0, '1,2'],
      [200, 'scope', 1_000, 0, '3'],
      [300, 'work', 1_000, 300, '1'],
      [400, 'scope', 500, 300, '2'],
      [1_000, 'end', 500, 300, ''],
    ],
    tasks: ['1 completed', '2 removed moved', '3 open added'],
  })
})

test('a new estimate is scope, but not after completion', () => {
  const { task, changes } = world()
  task(1, 10, { estimate: 300, sprint: 1 })
  task(1).at(150).estimate(800)
  task(1).at(200).category('completed')
  task(1).at(250).estimate(100)
  const { steps, completed, scope } = numbersOf(changes())
  expect([completed, scope]).toEqual([800, 800])
  expect(steps.map(([at, change]) => `${at} ${change}`)).toEqual([
    '100 start',
    '150 scope',
    '200 work',
    '1000 end',
  ])
})

test('a reopened task lowers what is completed, and counts again by its new estimate', () => {
  const { task, changes } = world()
  task(1, 10, { estimate: 300, sprint: 1 })
  task(1).at(200).category('completed')
  task(1).at(250).estimate(500)
  task(1).at(300).category('started')
  task(1).at(400).category('completed')
  const { steps } = numbersOf(changes())
  expect(steps.slice(1, -1)).toEqual([
    [200, 'work', 300, 300, '1'],
    [300, 'both', 500, 0, '1'],
    [400, 'work', 500, 500, '1'],
  ])
})

test('canceled and archived tasks leave the scope', () => {
  const { task, changes } = world()
  task(1, 10, { estimate: 300, sprint: 1 })
  task(2, 10, { estimate: 200, sprint: 1 })
  task(3, 10, { estimate: 100, sprint: 1 })
  task(1).at(200).category('canceled')
  task(2).at(200).category('completed')
  task(2).at(300).archived(true)
  task(3).at(300).archived(true)
  task(3).at(400).archived(false)
  expect(numbersOf(changes())).toMatchObject({
    committed: 600,
    scope: 100,
    completed: 0,
    tasks: ['1 removed canceled', '2 removed archived', '3 open'],
  })
})

test('what was completed before the start is done outside, until it is reopened', () => {
  const { task, changes } = world()
  task(1, 10, { estimate: 300, sprint: 1 })
  task(1).at(50).category('completed')
  expect(numbersOf(changes())).toMatchObject({
    committed: 0,
    scope: 0,
    completed: 0,
    tasks: ['1 outside'],
  })
  task(1).at(200).category('unstarted')
  task(1).at(300).category('completed')
  expect(numbersOf(changes())).toMatchObject({
    committed: 0,
    scope: 300,
    completed: 300,
    tasks: ['1 completed added'],
  })
})

test('the start event counts, whatever was planned, and what happens with it is committed', () => {
  const { task, changes } = world()
  task(1, 100, { estimate: 300, sprint: 1 })
  task(2, 101, { estimate: 300, sprint: 1 })
  expect(numbersOf(changes())).toMatchObject({ committed: 300, counts: [1, 2, 0] })
})

test('who leaves with the close was in the sprint at its close, and later changes nothing', () => {
  const { task, changes } = world()
  task(1, 10, { estimate: 300, sprint: 1 })
  task(2, 10, { estimate: 500, sprint: 1 })
  task(1).at(400).category('completed')
  task(2).at(500).sprint(2)
  const closed = numbersOf(changes(), CLOSED)
  expect(closed).toMatchObject({ scope: 800, completed: 300, tasks: ['1 completed', '2 open'] })
  expect(closed.steps.at(-1)).toEqual([500, 'end', 800, 300, ''])
  task(1).at(600).category('started')
  task(1).at(700).estimate(100)
  expect(numbersOf(changes(), CLOSED)).toEqual(closed)
})

test('a parent counts nothing while an estimated child of it lives, in the sprint or not', () => {
  const { task, changes } = world()
  task(1, 10, { estimate: 800, sprint: 1 })
  task(2, 20, { estimate: 300, parent: 1 })
  task(3, 20, { parent: 1, sprint: 1 })
  expect(numbersOf(changes())).toMatchObject({ committed: 0, counts: [2, 2, 0] })
  task(2).at(200).category('canceled')
  expect(numbersOf(changes())).toMatchObject({ committed: 0, scope: 800 })
  task(3).at(300).estimate(100)
  expect(numbersOf(changes()).scope).toBe(100)
  task(3).at(400).parent(null)
  expect(numbersOf(changes()).scope).toBe(900)
})

test('the order of changes is the order of versions, also where a clock went back', () => {
  const { task, changes } = world()
  task(1, 10, { estimate: 300, sprint: 1 })
  task(1).at(300).category('started')
  task(1).at(290).category('completed')
  const { steps } = numbersOf(changes().toReversed())
  expect(steps.at(1)).toEqual([300, 'work', 300, 300, '1'])
})

test('the ideal line goes down on working days and is flat on others', () => {
  const startedAt = Date.parse('2026-03-05T15:00:00Z') // a Thursday
  const plan = { startedAt, lastDay: '2026-03-10', zone: 'UTC', daysMax: 366 }
  const line = idealLine({ points: 800, tasks: 4 }, plan)
  expect(line.map(({ at, points }) => [new Date(at).toISOString().slice(5, 13), points])).toEqual([
    ['03-05T15', 800],
    ['03-06T00', 600],
    ['03-07T00', 400],
    ['03-08T00', 400],
    ['03-09T00', 400],
    ['03-10T00', 200],
    ['03-11T00', 0],
  ])
  const weekend = { ...plan, startedAt: Date.parse('2026-03-07T09:00:00Z'), lastDay: '2026-03-08' }
  expect(idealLine({ points: 800, tasks: 4 }, weekend).map(({ points }) => points)).toEqual([
    800, 400, 0,
  ])
  expect(idealLine({ points: 1, tasks: 1 }, { ...plan, lastDay: '2026-03-01' })).toEqual([])
  expect(idealLine({ points: 1, tasks: 1 }, { ...plan, lastDay: '2028-03-01' })).toEqual([])
})

/** The definitions, read word by word: all tasks from scratch at one moment. */
const fresh = (changes: readonly Change[], span: SprintSpan, t: number) => {
  const numbers = [...new Set(changes.map(({ number }) => number))]
  const past = (number: number, upTo: number) =>
    changes
      .filter((one) => one.number === number && one.at <= upTo)
      .toSorted((a, b) => a.version - b.version || a.step - b.step)
  const value = (number: number, kind: HistoryKind, upTo: number) =>
    past(number, upTo).findLast((one) => one.kind === kind)?.value ?? null
  const doneAt = (number: number, upTo: number) => {
    let at: number | null = null
    for (const one of past(number, upTo)) {
      if (one.kind === 'category') at = one.value === 'completed' ? (at ?? one.at) : null
    }
    return at
  }
  const isAlive = (number: number, upTo: number) =>
    past(number, upTo).length > 0 &&
    value(number, 'category', upTo) !== 'canceled' &&
    value(number, 'archived', upTo) === null
  const worth = (number: number, upTo: number): number => {
    const done = doneAt(number, upTo)
    const when = done ?? upTo
    const isSplit = numbers.some(
      (child) =>
        value(child, 'parent', when) === String(number) &&
        isAlive(child, when) &&
        value(child, 'estimate', when) !== null,
    )
    return isSplit ? 0 : Number(value(number, 'estimate', when) ?? 0)
  }
  const inScope = numbers.filter((number) => {
    const done = doneAt(number, t)
    const isIn = value(number, 'sprint', t) === String(span.number) && isAlive(number, t)
    return isIn && (done === null || done >= span.startedAt)
  })
  const sum = (some: readonly number[]) => ({
    points: some.reduce((all, number) => all + worth(number, t), 0),
    tasks: some.length,
  })
  return {
    scope: sum(inScope),
    completed: sum(inScope.filter((number) => doneAt(number, t) !== null)),
  }
}

const anyChange = fc.record({
  number: fc.integer({ min: 1, max: 5 }),
  gap: fc.integer({ min: 1, max: 60 }),
  what: fc.oneof(
    fc
      .constantFrom('unstarted', 'started', 'completed', 'completed', 'canceled')
      .map((value): [HistoryKind, string | null] => ['category', value]),
    fc
      .constantFrom('0', '100', '300', null)
      .map((value): [HistoryKind, string | null] => ['estimate', value]),
    fc
      .constantFrom('1', '1', '2', null)
      .map((value): [HistoryKind, string | null] => ['sprint', value]),
    fc.constantFrom('1', '2', null).map((value): [HistoryKind, string | null] => ['parent', value]),
    fc.constantFrom('yes', null).map((value): [HistoryKind, string | null] => ['archived', value]),
  ),
})

/** Long pasts: in short ones, hardly a task is completed and then estimated anew. */
const anyPast = fc
  .array(anyChange, { minLength: 10, maxLength: 80, size: 'max' })
  .map((wishes): readonly Change[] => {
    let at = 0
    return wishes.map(({ number, gap, what: [kind, value] }, version) => {
      at += gap
      return { taskId: `t${number}`, number, version, step: 0, at, kind, value }
    })
  })

const LONG: SprintSpan = { number: 1, startedAt: 400, closedAt: null, now: 100_000 }

test('step by step gives what a fresh look at every moment gives', () => {
  fc.assert(
    fc.property(anyPast, (changes) => {
      const { committed, added, removed, scope, completed, steps } = sprintNumbers(changes, LONG)
      expect(committed).toEqual(fresh(changes, LONG, LONG.startedAt).scope)
      expect(committed.tasks + added.tasks - removed.tasks).toBe(scope.tasks)
      expect({ scope, completed }).toEqual(fresh(changes, LONG, LONG.now))
      for (const step of steps) {
        expect({ scope: step.scope, completed: step.completed }).toEqual(
          fresh(changes, LONG, step.at),
        )
      }
      for (const turn of foldBoard(changes, sprintBucket(LONG))) {
        const done = turn.sums.get('done') ?? { points: 0, tasks: 0 }
        expect(done).toEqual(fresh(changes, LONG, turn.at).completed)
      }
    }),
    { numRuns: 300 },
  )
})

test('every moment at which a number changed has a step', () => {
  fc.assert(
    fc.property(anyPast, (changes) => {
      const { steps } = sprintNumbers(changes, LONG)
      for (const change of changes.filter((one) => one.at > LONG.startedAt)) {
        const { scope, completed } = fresh(changes, LONG, change.at)
        const step = steps.findLast((one) => one.at <= change.at)
        expect({ scope: step?.scope, completed: step?.completed }).toEqual({ scope, completed })
      }
    }),
    { numRuns: 200 },
  )
})
