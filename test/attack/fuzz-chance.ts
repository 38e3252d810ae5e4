import { cursorOf } from '../../src/kernel/page.ts'

/** A source of chance that repeats itself: equal seeds give equal runs. */
export type Chance = Readonly<{
  /** A whole number from 0 up to, not including, the given one. */
  below(count: number): number
  pick<T>(list: readonly [T, ...T[]]): T
  /** One of a list that may be empty. */
  some<T>(list: readonly T[]): T | undefined
  maybe(share: number): boolean
}>

/** Makes chance out of a number (xorshift, 32 bit). */
export const chanceOf = (seed: number): Chance => {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state = (state ^ (state << 5)) >>> 0
    return state / 2 ** 32
  }
  const below = (count: number) => Math.floor(next() * count)
  return {
    below,
    pick: ([first, ...rest]) => [first, ...rest][below(rest.length + 1)] ?? first,
    some: (list) => list[below(list.length)],
    maybe: (share) => next() < share,
  }
}

const packed = (text: string): string => `c_${Buffer.from(text).toString('base64url')}`
const ID = '0190a000-0000-7000-8000-00000000abcd'

const CURSORS = [
  'c_',
  'c_=',
  'c_AAAA',
  packed('null'),
  packed('[]'),
  packed('{}'),
  packed('[1e999]'),
  packed('[[1]]'),
  cursorOf([]),
  cursorOf([null]),
  cursorOf([1]),
  cursorOf([-1]),
  cursorOf([1.5]),
  cursorOf([2 ** 53]),
  cursorOf([1e308]),
  cursorOf([ID]),
  cursorOf(['x', ID]),
  cursorOf([ID, ID]),
  cursorOf([1, ID]),
  cursorOf([8.64e15, ID]),
  cursorOf([-8.64e15, ID]),
  cursorOf([9e15, 'x']),
  cursorOf([null, null, null]),
  cursorOf(['0000-00-00', ID]),
  cursorOf(['rank', 1, ID]),
]

const SHAPED = [
  'GH',
  'gh',
  'GH-1',
  'GH-0',
  'GH-999999999',
  'GH-99999999999999999999',
  'GH-1#0',
  'GH-1#1',
  'GH-1#999999999999999',
  'Q-1',
  'Q-999999999',
  'D-1',
  'D-999999999',
  'O-999999999',
  'GH/main',
  'GH/..',
  'GH/a/../../b',
  'global',
  'global/..',
  '@',
  '@dev',
  ID,
  ID.toUpperCase(),
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
]

const TIMES = [
  '0000-00-00',
  '2026-02-30',
  '9999-12-31T23:59:59.999Z',
  '-000001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '2026-01-01T00:00:00+99:99',
  '2026-06-30T23:59:60Z',
  '24:00',
  'P9999999999Y',
  'Europe/Nowhere',
  '0001-01-01T00:00:00Z',
]

const QUERIES = [
  'status:',
  'status:"',
  '-',
  '--',
  '"unterminated',
  'project:GH status:todo label:"a b" -type:bug',
  'due:<now due:>99999999999d',
  'is:ready is:is is:',
  '(((((((((((',
  'a OR OR b AND',
  '& | ! :* <->',
  "a:* & 'b' | !",
  '%',
  '_',
  '\\',
  '*'.repeat(400),
]

const HOSTILE = [
  '',
  ' ',
  '\t\n\r',
  '\u0007\u001b[31m',
  '\ufeff',
  '\uffff',
  '\u202eabc\u202c',
  '\u200b',
  'e\u0301'.repeat(200),
  'a'.repeat(64),
  'a'.repeat(257),
  'ä'.repeat(5_000),
  'x'.repeat(70_000),
  '👩‍👩‍👧‍👦'.repeat(20),
  '\u{10ffff}',
  "'; drop table work.task; --",
  "' or 1=1 --",
  '$1',
  '$$',
  '%s%n%x',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '../../../../etc/passwd',
  '..%2f..%2f',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
  '{{7*7}}',
  '${7*7}',
  '`id`',
  '\r\nset-cookie: a=b',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'true',
  'undefined',
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '9'.repeat(40),
  '{"a":1}',
  '[1]',
  'a.b.c',
  'a..b',
  '.',
  '..',
  '/',
  '//',
  'a'.repeat(30).replaceAll('a', 'a.'),
  `${'a'.repeat(3_000)}!`,
  'someone@example.org',
  'a@b',
]

const TEXTS: readonly [string, ...string[]] = [
  '',
  ...HOSTILE,
  ...SHAPED,
  ...CURSORS,
  ...TIMES,
  ...QUERIES,
]

const NUMBERS: readonly [number, ...number[]] = [
  0,
  -0,
  1,
  -1,
  2,
  0.1,
  -0.5,
  1e-7,
  5e-324,
  99,
  100,
  101,
  1_000,
  32_767,
  32_768,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  1e21,
  1e308,
  -1e308,
]

/** Gives a text that somebody should have thought of. */
export const hostileText = (chance: Chance): string => chance.pick(TEXTS)

/** Gives a number at the edge of something. */
export const hostileNumber = (chance: Chance): number => chance.pick(NUMBERS)

/** Gives any JSON value, deep ones now and then. */
export const hostileValue = (chance: Chance, depth = 0): unknown => {
  const kind = chance.below(depth > 3 ? 5 : 9)
  if (kind <= 1) return hostileText(chance)
  if (kind === 2) return hostileNumber(chance)
  if (kind === 3) return chance.maybe(0.5)
  if (kind === 4) return null
  if (kind === 5) return [hostileValue(chance, depth + 1), hostileValue(chance, depth + 1)]
  if (kind === 6) return { [hostileText(chance).slice(0, 50)]: hostileValue(chance, depth + 1) }
  if (kind === 7) return nested(chance.pick([10, 31, 32, 33, 200]))
  return Array.from({ length: chance.pick([0, 1, 101, 1_000]) }, () =>
    chance.pick(TEXTS).slice(0, 9),
  )
}

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let at = 0; at < depth; at++) value = at % 2 === 0 ? [value] : { a: value }
  return value
}
