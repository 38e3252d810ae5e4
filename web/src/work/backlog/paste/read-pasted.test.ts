import { expect, test } from 'vitest'
import { PASTED_MAX, readPasted } from './read-pasted.ts'

const titles = (text: string) => readPasted(text).tasks.map(({ title }) => title)
const first = (text: string) => readPasted(text).tasks[0]

test('bullets, numbers, headings, quotes and boxes are no part of a title', () => {
  const text =
    '- one\n* two\n+ three\n• four\n5. five\n6) six\n## seven\n> eight\n[ ] nine\n- [x] ten'
  expect(titles(text)).toEqual('one two three four five six seven eight nine ten'.split(' '))
})

test('a ticked box is done work, an empty one is not', () => {
  const { tasks } = readPasted('- [x] one\n- [ ] two\n- [X] three\n- four')
  expect(tasks.map(({ isDone }) => isDone)).toEqual([true, false, true, false])
})

test('a deeper line is a subtask of the nearest line above that is less deep', () => {
  const text = '- a\n  - b\n    - c\n  - d\n- e\n\t- f\n  - g'
  const { tasks } = readPasted(text)
  expect(tasks.map(({ parent }) => parent)).toEqual([null, 0, 1, 0, null, 4, 4])
  expect(tasks.map(({ depth }) => depth)).toEqual([0, 1, 2, 1, 0, 1, 1])
})

test('a list that is indented as a whole has no parents out of nothing', () => {
  expect(readPasted('    - a\n    - b').tasks.map(({ parent }) => parent)).toEqual([null, null])
})

test('nothing lies deeper than a project allows', () => {
  const text = Array.from({ length: 12 }, (_, depth) => `${' '.repeat(depth)}- task ${depth}`)
  const { tasks } = readPasted(text.join('\n'))
  expect(Math.max(...tasks.map(({ depth }) => depth))).toBe(7)
  expect(tasks.at(-1)?.parent).toBe(6)
})

test('marks at either end of a line are taken off and understood', () => {
  expect(first('- !high Fix the door #Hall #wood 3p @Ana')).toMatchObject({
    title: 'Fix the door',
    priority: 'high',
    labels: ['Hall', 'wood'],
    points: 3,
    assignee: 'ana',
  })
  expect(first('Half a point 0.5p')).toMatchObject({ title: 'Half a point', points: 0.5 })
})

test('what looks like a mark within a sentence, or speaks of something else, stays text', () => {
  expect(titles('Answer @ana about #door today')).toEqual(['Answer @ana about #door today'])
  expect(titles('Follow #12')).toEqual(['Follow #12'])
  expect(titles('Stop!')).toEqual(['Stop!'])
  expect(titles('Watch it in 1080p')).toEqual(['Watch it in 1080p'])
})

test('the same label in two spellings is one label', () => {
  expect(first('Door #Wood #wood')?.labels).toEqual(['wood'])
})

test('lines without a word, and lines of marks only, are no tasks', () => {
  expect(titles('---\n\n  \n***\n#label @ana\nreal')).toEqual(['real'])
})

test('a long title is cut between letters', () => {
  const title = first(`${'ab'.repeat(148)}👩‍💻👩‍💻👩‍💻`)?.title ?? ''
  expect(title.length).toBeLessThanOrEqual(300)
  expect(title.endsWith('b…')).toBe(true)
})

test('what is too much for one batch is counted and left out', () => {
  const text = Array.from({ length: PASTED_MAX + 7 }, (_, index) => `- task ${index}`).join('\r\n')
  const { tasks, leftOut } = readPasted(text)
  expect([tasks.length, leftOut]).toEqual([PASTED_MAX, 7])
})
