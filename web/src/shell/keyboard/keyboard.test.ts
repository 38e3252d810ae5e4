import { expect, test } from 'vitest'
import { keyFaults } from '../../../../test/web/key-faults.ts'
import { PLACES } from '../places.ts'
import { ariaKeys, capsOf, saidKeys } from './caps.ts'
import { type Bound, SEQUENCE_MS, sequencer } from './sequence.ts'
import { isSingle, type Press, strokeOf, strokesOf } from './stroke.ts'
import { KNOWN, rankOf } from './table.ts'

const press = (key: string, more: Partial<Press> = {}): Press => ({
  ...{ key, code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
  ...{ isThirdSign: false },
  ...more,
})

test('a press and the name in a table come out as the same stroke', () => {
  const pairs: readonly (readonly [Press, string])[] = [
    [press('j'), 'j'],
    [press('J', { shiftKey: true }), 'J'],
    [press('J', { shiftKey: true }), 'Shift+j'],
    [press('?', { shiftKey: true }), '?'],
    [press('/', { shiftKey: true }), '/'],
    [press('k', { ctrlKey: true }), 'Mod+k'],
    [press('Z', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+z'],
    [press('ArrowDown', { shiftKey: true }), 'Shift+ArrowDown'],
    [press(' '), 'Space'],
    [press('Escape'), 'Escape'],
  ]
  for (const [pressed, name] of pairs) {
    expect(strokeOf(pressed, false)).toBe(strokesOf(name).join(' '))
  }
})

test('capitals by Caps Lock are no Shift', () => {
  expect(strokeOf(press('J'), false)).toBe('j')
})

test('on a layout of another alphabet the place of a key counts', () => {
  expect(strokeOf(press('о', { code: 'KeyJ' }), false)).toBe('j')
  expect(strokeOf(press('О', { code: 'KeyJ', shiftKey: true }), false)).toBe('Shift+j')
  expect(strokeOf(press(',', { code: 'Slash', shiftKey: true }), false)).toBe(',')
  expect(strokeOf(press('é', { code: 'Digit2' }), false)).toBe('2')
})

test('the command key of the other system, Alt, and modifiers alone are no strokes', () => {
  expect(strokeOf(press('k', { metaKey: true }), false)).toBeNull()
  expect(strokeOf(press('k', { metaKey: true }), true)).toBe('Mod+k')
  expect(strokeOf(press('k', { ctrlKey: true }), true)).toBeNull()
  expect(strokeOf(press('f', { altKey: true }), false)).toBeNull()
  expect(strokeOf(press('Shift', { shiftKey: true }), false)).toBeNull()
  expect(strokeOf(press('ą', { code: 'KeyA', altKey: true, isThirdSign: true }), false)).toBeNull()
  expect(strokeOf(press('/', { altKey: true, ctrlKey: true, isThirdSign: true }), false)).toBe('/')
})

test('the table of all keys has no fault', () => {
  const ways = PLACES.flatMap(({ name, keys }) =>
    keys === undefined ? [] : [{ keys: [keys], scope: 'Everywhere', label: `Go to ${name}` }],
  )
  const all = [...Object.values(KNOWN), ...ways]
  expect(all.length).toBeGreaterThan(8)
  expect(keyFaults(all)).toEqual([])
})

test('equal keys in one scope, no label, and keys of the browser are faults', () => {
  const key = (keys: readonly string[], label: string, scope = 'Board') => ({ keys, label, scope })
  const table = [
    key(['J'], 'Down'),
    key(['Shift+j'], 'Also down'),
    key(['g'], 'Group'),
    key(['g h'], 'Go home'),
    key(['Mod+t'], 'New tab'),
    key(['z'], ' '),
    key(['J'], 'Another scope', 'Inbox'),
  ]
  expect(keyFaults(table)).toEqual([
    'z has no label.',
    'Mod+t (New tab) belongs to the browser.',
    'Down and Also down are both on Shift+j.',
    'Group and Go home are both on g.',
  ])
})

test('scopes: a dialog wins over a board, a board over a list, a list over everywhere', () => {
  const order = ['Everywhere', 'Tools', 'Board', 'Dialog'].map(rankOf)
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect(new Set(order).size).toBe(4)
})

type Named = Bound & Readonly<{ name: string }>

const bound = (name: string, keys: readonly string[], when?: () => boolean): Named => ({
  name,
  keys,
  ...(when && { when }),
})

/** Presses strokes with so many milliseconds between them; gives what was done. */
const pressed = (
  scopes: readonly (readonly Named[])[],
  strokes: readonly string[],
  { pauseMs = 100, singles = true } = {},
): readonly (string | null)[] => {
  const machine = sequencer<Named>()
  return strokes.map(
    (stroke, turn) =>
      machine.press(stroke, { at: turn * pauseMs, scopes, singles }).binding?.name ?? null,
  )
}

test('a sequence is two strokes within its time, and the second alone means itself', () => {
  const scopes = [[bound('home', ['g h']), bound('left', ['h'])]]
  expect(pressed(scopes, ['g', 'h', 'h'])).toEqual([null, 'home', 'left'])
  expect(pressed(scopes, ['g', 'h'], { pauseMs: SEQUENCE_MS })).toEqual([null, 'home'])
  expect(pressed(scopes, ['g', 'h'], { pauseMs: SEQUENCE_MS + 1 })).toEqual([null, 'left'])
  expect(pressed(scopes, ['g', 'x', 'h'])).toEqual([null, null, 'left'])
  expect(pressed(scopes, ['g', 'g', 'h'])).toEqual([null, null, 'home'])
})

test('the nearest scope wins, if its key works now', () => {
  const everywhere = [bound('create', ['c'])]
  expect(pressed([[bound('near', ['c'])], everywhere], ['c'])).toEqual(['near'])
  expect(pressed([[bound('near', ['c'], () => false)], everywhere], ['c'])).toEqual(['create'])
})

test('with single keys off, only keys with a command key and named keys are left', () => {
  const scopes = [
    [bound('create', ['c', 'Insert']), bound('home', ['g h']), bound('undo', ['Mod+z'])],
  ]
  const strokes = ['c', 'g', 'h', 'Mod+z', 'Insert']
  expect(pressed(scopes, strokes, { singles: false })).toEqual([null, null, null, 'undo', 'create'])
  expect(['j', 'Shift+j', '?'].every(isSingle)).toBe(true)
  expect(['Mod+j', 'Space', 'ArrowDown', 'F2'].some(isSingle)).toBe(false)
})

test('keys are written as each system writes them', () => {
  expect(capsOf('Mod+Shift+z', true)).toEqual([['⌘', 'Shift', 'Z']])
  expect(capsOf('J', false)).toEqual([['Shift', 'J']])
  expect(capsOf('g h', false)).toEqual([['G'], ['H']])
  expect(saidKeys('g h')).toBe('G then H')
  expect(ariaKeys('g h')).toBeUndefined()
  expect(ariaKeys('Mod+k')).toBe('Control+k')
})
