import { expect, test } from 'vitest'
import { changeTurns, tasksOf } from './turns.ts'

const given = () => {
  const inTurn = changeTurns()
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const change = (name: string, things: readonly string[]) =>
    inTurn(things, async () => {
      begun.push(name)
      await new Promise<void>((resolve) => ends.set(name, resolve))
      if (name.startsWith('bad')) throw new Error('Refused.')
    })
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { change, begun, end }
}

test('changes of one task go out in their order, and those of others do not wait', async () => {
  const { change, begun, end } = given()
  const bad = change('bad', ['GH-1'])
  const rest = [
    change('next', ['GH-1']),
    change('other', ['GH-2']),
    change('both', ['GH-2', 'GH-1']),
  ]
  expect(begun).toEqual(['bad', 'other'])
  await Promise.all([end('bad'), expect(bad).rejects.toThrow('Refused.')])
  expect(begun).toEqual(['bad', 'other', 'next'])
  await end('other')
  expect(begun).toEqual(['bad', 'other', 'next'])
  await end('next')
  expect(begun).toEqual(['bad', 'other', 'next', 'both'])
  await end('both')
  await Promise.all(rest)
})

test.each([
  ['/tasks/GH-1/move', {}, ['GH-1']],
  ['/tasks/GH-1', null, ['GH-1']],
  ['/tasks', { items: [{ id: 'GH-1' }, { title: 'new' }, { id: 'GH-2' }] }, ['GH-1', 'GH-2']],
  ['/projects', { items: [{ id: 'GH-1' }] }, []],
])('a change by %s is about the tasks that it names', (path, input, tasks) => {
  expect(tasksOf(path, input)).toEqual(tasks)
})
