import { expect, test } from 'vitest'
import type { Happening } from '../../live/details.ts'
import { attemptsOf } from './attempts.ts'

const at = (pos: number, name: string, data: object = {}): Happening => ({
  pos,
  name: `work.task_${name}`,
  at: `2026-01-0${pos}T00:00:00.000Z`,
  actor: 'ada',
  data: { ...data },
})

test('a take-over ends one attempt and begins the next', () => {
  const events = [
    at(1, 'created'),
    at(2, 'claimed', { attempt: 1, holder: 'dev-1' }),
    at(3, 'ended', { outcome: 'failed', summary: 'The build is red.' }),
    at(4, 'claimed', { attempt: 2, holder: 'dev-2' }),
    at(5, 'taken_over', { attempt: 3, holder: 'ada', before: 'dev-2' }),
    at(6, 'moved', { from: 'Doing', to: 'Review' }),
  ]
  const told = attemptsOf(events.toReversed()).map(({ number, holder, outcome, summary }) =>
    [number, holder, outcome, summary].join(' '),
  )
  expect(told).toEqual(['3 ada  ', '2 dev-2 taken_over ', '1 dev-1 failed The build is red.'])
})

test('an attempt whose begin is too old to be listed is left out', () => {
  expect(attemptsOf([at(2, 'ended', { outcome: 'done' })])).toEqual([])
})
