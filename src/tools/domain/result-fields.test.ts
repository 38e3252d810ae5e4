import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FIELD_VALUES_MAX, pickFields, readFields } from './result-fields.ts'

const ISSUES = {
  total: 2,
  items: [
    { id: 1, title: 'One', user: { name: 'Ada', mail: 'a@x' }, tags: ['x', 'y'] },
    { id: 2, title: 'Two', user: null, tags: [] },
  ],
  by: { ada: { open: 1, done: 5 }, bob: { open: 2, done: 0 } },
  'a.b': { '*': 'star', '\\': 'slash' },
}

const pick = (fields: readonly string[], structured: unknown = ISSUES) =>
  pickFields({ structured, text: '' }, readFields(fields))

test.each([
  [['total'], { total: 2 }],
  [['items.0.title'], { items: [{ title: 'One' }] }],
  [['items.1.user'], { items: [{ user: null }] }],
  [['items.*.title'], { items: [{ title: 'One' }, { title: 'Two' }] }],
  [
    ['items.*.id', 'items.*.user.name', 'total'],
    { total: 2, items: [{ id: 1, user: { name: 'Ada' } }, { id: 2 }] },
  ],
  [['items.*.id', 'items.0.title'], { items: [{ id: 1, title: 'One' }, { id: 2 }] }],
  [['items.*.tags.0'], { items: [{ tags: ['x'] }] }],
  [['by.*.open'], { by: { ada: { open: 1 }, bob: { open: 2 } } }],
  [['by.ada', 'by.ada.open'], { by: { ada: { open: 1, done: 5 } } }],
  [['a\\.b.\\*'], { 'a.b': { '*': 'star' } }],
  [['a\\.b.\\\\'], { 'a.b': { '\\': 'slash' } }],
  [['a\\.b.*'], { 'a.b': { '*': 'star', '\\': 'slash' } }],
])('%j keeps the shape and nothing else', (fields, value) => {
  const picked = pick(fields)
  expect(picked).toEqual({ value, text: JSON.stringify(value), missing: [] })
})

test('a list at the top is picked from by place or each', () => {
  const list = [{ a: 1, b: 2 }, { a: 3 }]
  expect(pick(['*.a'], list)?.value).toEqual([{ a: 1 }, { a: 3 }])
  expect(pick(['1.a'], list)?.value).toEqual([{ a: 3 }])
})

test('each of none is found: there is just nothing in it', () => {
  expect(pick(['rows.*.name'], { rows: [] })).toMatchObject({ value: { rows: [] }, missing: [] })
})

test('what is not there is named, with what there is', () => {
  const picked = pick(['total', 'itmes.*.id', 'items.7'])
  expect(picked).toMatchObject({ value: { total: 2 }, missing: ['itmes.*.id', 'items.7'] })
  const note = 'Not found: itmes.*.id, items.7. At the top there are: total, items, by, a.b.'
  expect(picked?.text).toBe(`{"total":2}\n[${note}]`)
  const none = pick(['name'], [1, 2])
  expect(none).toMatchObject({ value: null, missing: ['name'] })
  expect(none?.text).toBe('[Not found: name. The result is a list of 2: begin with * or a number.]')
})

test('the note stays short, however many and long the names are', () => {
  const names = Array.from({ length: 500 }, (_, at) => [`${'n'.repeat(200)}${at}`, at])
  const picked = pick(['x'], Object.fromEntries(names))
  expect(picked?.text).toMatch(/, and 480 more\.\]$/)
  expect(picked?.text.length).toBeLessThan(1_200)
})

test('text that is JSON is picked from; other text is not ours to cut', () => {
  const fields = readFields(['a'])
  expect(pickFields({ text: ' {"a":1,"b":2}' }, fields)).toMatchObject({ text: '{"a":1}' })
  expect(pickFields({ structured: { a: 5 }, text: '{"a":1}' }, fields)?.text).toBe('{"a":5}')
  for (const text of ['plain', '{"a":', '7', '"a"', '', 'null']) {
    expect(pickFields({ text }, fields)).toBeNull()
  }
})

test.each([
  ['', 'empty'],
  ['.a', 'no first step'],
  ['a.', 'no last step'],
  ['a..b', 'an empty step'],
  ['a\\', 'an escape of nothing'],
  ['a\\n', 'an escape of something else'],
  ['a.b.c.d.e.f.g.h.i.j.k', 'eleven steps'],
  ['a'.repeat(201), 'too long'],
])('"%s" is refused: %s', (path) => {
  expect(() => readFields([path])).toThrow(
    expect.objectContaining({ kind: 'invalid', code: 'tools.field_malformed' }),
  )
})

test('no path and too many paths are refused', () => {
  const many = Array.from({ length: 21 }, (_, at) => `a${at}`)
  for (const fields of [[], many]) {
    expect(() => readFields(fields)).toThrow(
      expect.objectContaining({ code: 'tools.fields_too_many' }),
    )
  }
})

test('names of every object are names like others, and inherited ones are not there', () => {
  const value: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}')
  const picked = pick(['__proto__.polluted', 'constructor', 'toString'], value)
  expect(picked?.text).toMatch(/^\{"__proto__":\{"polluted":1\},"constructor":2\}\n/)
  expect(picked?.missing).toEqual(['toString'])
  expect(Object.keys(Object.prototype)).toEqual([])
})

test('what would take too long, or be too deep to write down, is refused', () => {
  const wide = Array.from({ length: FIELD_VALUES_MAX }, (_, at) => at)
  expect(() => pick(['*'], wide)).toThrow(
    expect.objectContaining({ code: 'tools.fields_too_wide' }),
  )
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  expect(() => pickFields({ text: deep }, readFields(['a']))).toThrow(
    expect.objectContaining({ code: 'tools.fields_too_deep' }),
  )
})

test('whatever is picked was in the result, and picking it again gives the same', () => {
  const name = fc.constantFrom('a', 'b', '0', '1')
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.integer(), fc.constant(null), fc.boolean()),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    ),
  }))
  const path = fc.array(fc.constantFrom('a', 'b', '0', '*'), { minLength: 1, maxLength: 4 })
  const fields = fc.array(path, { minLength: 1, maxLength: 4 })
  const leaves = (of: unknown): string[] =>
    typeof of === 'object' && of !== null
      ? Object.values(of).flatMap(leaves)
      : [JSON.stringify(of) ?? '']
  fc.assert(
    fc.property(value, fields, (structured, steps) => {
      const paths = steps.map((one) => one.join('.'))
      const picked = pick(paths, structured)
      expect(picked === null).toBe(typeof structured !== 'object' || structured === null)
      if (!picked) return
      const all = leaves(structured)
      for (const leaf of leaves(picked.value)) {
        if (picked.value !== null) expect(all).toContain(leaf)
      }
      const stars = paths.every((one) => !one.includes('0'))
      if (stars && picked.missing.length === 0) {
        expect(pick(paths, picked.value)?.value).toEqual(picked.value)
      }
    }),
  )
})
