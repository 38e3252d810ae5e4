import { expect, test } from 'vitest'
import { closing } from './closing.ts'

const tasks = ['GH-1', 'GH-2', 'GH-3'].map((key) => ({ key }))

test('the way of most is the rule, and the others are named', () => {
  expect(closing(tasks, (key) => (key === 'GH-2' ? 'backlog' : 'next'))).toEqual({
    move: 'next',
    except: ['GH-2'],
  })
  expect(closing(tasks, (key) => (key === 'GH-2' ? 'next' : 'backlog'))).toEqual({
    move: 'backlog',
    except: ['GH-2'],
  })
})

test('where all go one way, or none is open, nobody is named', () => {
  expect(closing(tasks, () => 'next')).toEqual({ move: 'next' })
  expect(closing(tasks, () => 'backlog')).toEqual({ move: 'backlog' })
  expect(closing([], () => 'next')).toEqual({ move: 'backlog' })
})
