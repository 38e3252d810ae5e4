import { expect, test } from 'vitest'
import { noticeBoard } from '../notices.ts'
import { topicBoard } from '../topics.ts'
import { undoList } from './undo.ts'

/** Refuses as the hub does. */
class Stale extends Error {
  readonly code = 'work.stale_version'
}

/** A row with a version, as the hub has it: a change on another version is refused. */
const row = () => {
  const state = { version: 1, column: 'Todo' }
  const move = async (to: string, version?: number): Promise<number> => {
    if (version !== undefined && version !== state.version) {
      throw new Stale('GH-1 has changed since.')
    }
    state.column = to
    state.version++
    return state.version
  }
  return { state, move }
}

const given = () => {
  const notices = noticeBoard(topicBoard(() => {}))
  const undo = undoList({ notices, whoChanged: async () => '@ada' })
  const { state, move } = row()
  const act = async (to: string): Promise<void> => {
    const before = state.column
    const made = await move(to)
    undo.did({
      subject: 'GH-1',
      made,
      said: `GH-1 moved to ${to}`,
      back: (version) => move(before, version),
      again: (version) => move(to, version),
    })
  }
  const shown = () => notices.list().map(({ text }) => text)
  return { undo, state, move, act, shown, notices }
}

test('several steps on one thing go back and forth in a row', async () => {
  const { undo, state, act } = given()
  await act('Doing')
  await act('Done')
  await undo.undo()
  expect(state.column).toBe('Doing')
  await undo.undo()
  expect(state.column).toBe('Todo')
  await undo.redo()
  await undo.redo()
  expect(state.column).toBe('Done')
  await undo.undo()
  await undo.undo()
  expect(state).toEqual({ column: 'Todo', version: 9 })
})

test('what somebody else changed since is left alone, and it is said who it was', async () => {
  const { undo, state, act, move, shown } = given()
  await act('Doing')
  await move('Blocked')
  await undo.undo()
  expect(state.column).toBe('Blocked')
  expect(shown()).toEqual(['Cannot undo: @ada changed it since.'])
})

test('a change is offered to be taken back, and a new one forgets the redo', async () => {
  const { undo, act, shown, notices, state } = given()
  await act('Doing')
  await act('Done')
  expect(shown()).toEqual(['GH-1 moved to Done'])
  await undo.undo()
  expect(notices.list()[0]).toMatchObject({ action: { label: 'Redo' } })
  await act('Review')
  await undo.redo()
  expect(state.column).toBe('Review')
  expect(notices.said()).toBe('There is nothing to redo')
})
