import { expect, test } from 'vitest'
import type { Command } from './commands.ts'
import { fitOf, sectionsFor } from './ranking.ts'

const command = (id: string, label: string, more: Partial<Command> = {}): Command => ({
  ...{ id, label, run: () => {} },
  ...more,
})

test('the beginning of a text fits better than the beginning of its words, then any part', () => {
  expect(fitOf('Go to Board', 'go to board')).toBe(4)
  expect(fitOf('Go to Board', 'go t')).toBe(3)
  expect(fitOf('Go to Board', 'bo go')).toBe(2)
  expect(fitOf('Go to Board', 'oar')).toBe(1)
  expect(fitOf('Go to Board', 'boat')).toBeNull()
  expect(fitOf('Dark theme', 'night', 'night black')).toBe(2)
  expect(fitOf('Fix', 'GH-12', 'GH-12')).toBe(2)
})

test('with nothing written, what was used lately comes first, under its own heading', () => {
  const commands = [command('a', 'A', { group: 'Go' }), command('b', 'B', { group: 'Look' })]
  const sections = sectionsFor(commands, ' ', ['b', 'gone'])
  expect(sections.map(({ name, commands: lines }) => [name, lines.map(({ id }) => id)])).toEqual([
    ['Recent', ['b']],
    ['Go', ['a']],
    ['Look', ['b']],
  ])
})

test('the heading with the best line comes first, and no heading has too many lines', () => {
  const many = Array.from({ length: 20 }, (_, at) => command(`t${at}`, `Paint wall ${at}`))
  const commands = [...many, command('theme', 'Wall colours', { group: 'Look' })]
  const sections = sectionsFor(commands, 'wall', [])
  expect(sections.map(({ name, commands: lines }) => [name, lines.length])).toEqual([
    ['Look', 1],
    ['Commands', 8],
  ])
})
