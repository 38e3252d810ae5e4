import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '../kernel/refusal.ts'
import { JSON_DEPTH_MAX, JSON_VALUES_MAX, scanJson } from './json-scan.ts'

const codeOf = (text: string): string | null => {
  try {
    scanJson(text)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

test.each([
  ['{}', null],
  ['"text"', null],
  ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', null],
  ['{"a":"__proto__"}', null],
  ['["a","a"]', null],
  ['{"a":"\\ud83d\\ude00 😀 \\\\u0000 \\" , { ["}', null],
  [nested(JSON_DEPTH_MAX), null],
  [nested(JSON_DEPTH_MAX + 1), 'platform.json_too_deep'],
  ['{"a":1,"a":2}', 'platform.json_duplicate_key'],
  ['{"a":1,"b":{"c":[]},"\\u0061":2}', 'platform.json_duplicate_key'],
  ['{"__proto__":1}', 'platform.json_proto'],
  ['[{"\\u005f_proto__":1}]', 'platform.json_proto'],
  ['"\\ud83d"', 'platform.json_lone_surrogate'],
  ['"\\ude00"', 'platform.json_lone_surrogate'],
  ['"\\ud83d\\ud83d\\ude00"', 'platform.json_lone_surrogate'],
  ['{"\\ud83d":1}', 'platform.json_lone_surrogate'],
  ['"\\ud83dx"', 'platform.json_lone_surrogate'],
  ['"a\\u0000b"', 'platform.json_nul'],
])('%s is judged %s', (text, code) => {
  expect(codeOf(text)).toBe(code)
})

test('as many values as allowed pass, one more does not', () => {
  const list = (items: number) => `[${Array.from({ length: items }, () => '0').join(',')}]`
  expect(codeOf(list(JSON_VALUES_MAX - 2))).toBeNull()
  expect(codeOf(list(JSON_VALUES_MAX + 1))).toBe('platform.json_too_many_values')
})

test('a key given twice is found in a wide object too', () => {
  const keys = Array.from({ length: 100 }, (_, index) => `"k${index}":0`)
  expect(codeOf(`{${keys.join(',')}}`)).toBeNull()
  expect(codeOf(`{${[...keys, '"k3":0'].join(',')}}`)).toBe('platform.json_duplicate_key')
})

test('what JSON.stringify wrote passes', () => {
  const shallow = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' })
  fc.assert(
    fc.property(shallow, (value) => {
      const text = JSON.stringify(value)
      const isPlain = !/\\u(0000|d[89a-f])|__proto__/.test(text)
      fc.pre(isPlain)
      expect(codeOf(text)).toBeNull()
    }),
  )
})

test('any text at all is judged without a failure of ours', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void codeOf(`{"${text}`)))
})
