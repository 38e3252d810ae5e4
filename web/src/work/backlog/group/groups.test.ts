import { expect, test } from 'vitest'
import type { Card } from '../../../../../src/work/contract.ts'
import type { Project } from '../../../live/hall.ts'
import type { Sprint } from '../../../live/sprints.ts'
import { cardOf as card } from '../../../../../test/web/hub-model.ts'
import { groupsOf } from './groups.ts'
import { targetOf } from '../change/targets.ts'

const sprint = (number: number, state: Sprint['state'], more: Partial<Sprint> = {}): Sprint => ({
  project: 'GH',
  number,
  goal: '',
  state,
  startsOn: null,
  endsOn: null,
  startedAt: null,
  closedAt: null,
  tasks: 0,
  done: 0,
  points: 0,
  donePoints: 0,
  version: 1,
  ...more,
})

const groups = (cards: readonly Card[], sprints: readonly Sprint[] = [], more = {}) =>
  groupsOf({ cards, sprints, hasTriage: true, isShown: () => true, ...more })

test('what runs stands first, then what is planned, then the rest, then triage', () => {
  const sprints = [
    sprint(4, 'planned'),
    sprint(3, 'planned'),
    sprint(2, 'active'),
    sprint(1, 'closed'),
  ]
  expect(groups([], sprints).map(({ name }) => name)).toEqual([
    'Sprint 2',
    'Sprint 3',
    'Sprint 4',
    'Backlog',
    'Triage',
  ])
  expect(groups([], [], { hasTriage: false }).map(({ id }) => id)).toEqual(['backlog'])
})

test('tasks are where they belong, in the order of their ranks as bytes', () => {
  const [running, backlog, triage] = groups(
    [
      card(1, { rank: 'Vb' }),
      card(2, { rank: 'VB' }),
      card(3, { sprint: 2 }),
      card(4, { category: 'triage' }),
      card(5, { sprint: 1, rank: 'Vz' }),
      card(6, { archived: true }),
      card(7, { category: 'completed' }),
      card(8, { category: 'started' }),
    ],
    [sprint(2, 'active'), sprint(1, 'closed')],
  )
  expect(running?.ids).toEqual(['id-3'])
  expect(backlog?.ids).toEqual(['id-2', 'id-1', 'id-5'])
  expect(triage?.ids).toEqual(['id-4'])
})

test('a sprint adds up what waits, what runs and what is done', () => {
  const cards = [
    card(1, { sprint: 2, points: 0.1 }),
    card(2, { sprint: 2, points: 0.2 }),
    card(3, { sprint: 2 }),
    card(4, { sprint: 2, category: 'started', points: 5 }),
  ]
  const [running] = groups(cards, [sprint(2, 'active', { done: 2, donePoints: 8 })])
  expect(running?.waiting).toEqual({ tasks: 3, points: 0.3, open: 1 })
  expect(running?.whole).toEqual({ tasks: 6, points: 13.3, open: 1 })
})

test('a filter hides tasks and leaves the sums as they are', () => {
  const [backlog] = groups([card(1), card(2)], [], {
    isShown: ({ key }: Card) => key === 'GH-2',
  })
  expect([backlog?.ids, backlog?.waiting.tasks]).toEqual([['id-2'], 2])
})

const column = (name: string, category: Card['category']): Project['columns'][number] => ({
  ...{ name, category },
  role: null,
  limit: null,
  hard: false,
})

const project: Project = {
  key: 'GH',
  name: 'Guildhall',
  columns: [
    column('Inbox', 'triage'),
    column('Later', 'backlog'),
    column('Next', 'unstarted'),
    column('Doing', 'started'),
  ],
  branches: ['main'],
  open: 0,
  wipLimit: null,
  archived: false,
  version: 1,
}

test('what comes into the running sprint is queued; a plan leaves it where it waits', () => {
  const later = card(1, { column: 'Later', category: 'backlog' })
  const running = { kind: 'sprint', sprint: sprint(2, 'active') } as const
  const planned = { kind: 'sprint', sprint: sprint(3, 'planned') } as const
  expect(targetOf(later, running, project)).toMatchObject({ sprint: 2, column: 'Next' })
  expect(targetOf(later, planned, project)).toMatchObject({ sprint: 3, column: 'Later' })
  const raw = card(2, { column: 'Inbox', category: 'triage' })
  expect(targetOf(raw, planned, project)).toMatchObject({ sprint: 3, column: 'Later' })
  expect(targetOf(raw, { kind: 'backlog' }, project)).toMatchObject({ column: 'Later' })
})

test('what goes back to triage leaves its sprint and the queue', () => {
  const planned = card(1, { sprint: 3, column: 'Next' })
  expect(targetOf(planned, { kind: 'triage' }, project)).toEqual({
    sprint: null,
    column: 'Inbox',
    category: 'triage',
  })
  const bare = { ...project, columns: project.columns.slice(1) }
  expect(targetOf(planned, { kind: 'triage' }, bare)).toMatchObject({ column: 'Next' })
})
