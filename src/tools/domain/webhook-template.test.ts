import { expect, test } from 'vitest'
import { badPaths, fillBody, fillTitle, fits, valueAt } from './webhook-template.ts'

const received = {
  headers: { 'x-github-event': 'issues' },
  body: {
    action: 'opened',
    issue: { number: 7, title: 'Broken\nlink', labels: [{ name: 'bug' }], draft: false },
    __proto__x: 1,
  },
}

test('a path leads to what a body has of its own, and to kept headers', () => {
  expect(valueAt(received, 'issue.labels.0.name')).toBe('bug')
  expect(valueAt(received, '$headers.x-github-event')).toBe('issues')
  for (const path of ['issue.nothing', 'constructor', 'issue.toString', 'issue.labels.length.x']) {
    expect(valueAt(received, path)).toBeUndefined()
  }
  expect(valueAt({ body: 'text', headers: {} }, 'length')).toBeUndefined()
  expect(valueAt({ body: undefined, headers: {} }, 'a')).toBeUndefined()
})

test('a title is one line without control characters, and has an end', () => {
  expect(fillTitle('{{issue.title}} #{{ issue.number }}', received, 100)).toBe('Broken link #7')
  const evil = { body: { t: `a\u0000b\u202e${'x'.repeat(500)}` }, headers: {} }
  const filled = fillTitle('{{t}}', evil, 100)
  expect(filled.startsWith('abx')).toBe(true)
  expect([...filled]).toHaveLength(100)
})

test('a value within a line is one line of plain characters', () => {
  const body = { t: '# Do\n<img src=x> [a](javascript:b) `x` @ana **b**' }
  expect(fillBody('It says {{t}}.', { body, headers: {} }, 1000)).toBe(
    'It says \\# Do \\<img src=x\\> \\[a\\](javascript:b) \\`x\\` \\@ana \\*\\*b\\*\\*.',
  )
})

test('a value alone in its line is a quotation of all its lines', () => {
  const body = { t: 'first\n# second\n\n- [ ] third' }
  expect(fillBody('Said:\n  {{t}}\nEnd', { body, headers: {} }, 1000)).toBe(
    'Said:\n> first\n> \\# second\n> \n> - \\[ \\] third\nEnd',
  )
})

test('what a value holds is not filled in again', () => {
  const body = { a: '{{b}}', b: 'secret' }
  expect(fillBody('x {{a}}', { body, headers: {} }, 100)).toBe('x {{b}}')
})

test('values and texts are cut', () => {
  const body = { t: 'y'.repeat(10_000) }
  expect([...fillBody('a {{t}}', { body, headers: {} }, 100_000)]).toHaveLength(302)
  expect([...fillBody('{{t}}', { body, headers: {} }, 100_000)]).toHaveLength(4_002)
  expect([...fillBody('{{t}}\n{{t}}', { body, headers: {} }, 5_000)]).toHaveLength(5_000)
})

test('objects are written as JSON', () => {
  const filled = fillBody('{{issue.labels}}', received, 100)
  expect(filled).toBe('> \\[{"name":"bug"}\\]')
})

test('every condition has to hold, by value and by kind', () => {
  const when = (path: string, ...allowed: (string | number | boolean | null)[]) => [
    { path, in: allowed },
  ]
  expect(fits([], received)).toBe(true)
  expect(fits(when('action', 'closed', 'opened'), received)).toBe(true)
  expect(fits(when('issue.number', 7), received)).toBe(true)
  expect(fits(when('issue.number', '7'), received)).toBe(false)
  expect(fits(when('issue.draft', false), received)).toBe(true)
  expect(fits(when('issue.gone', null), received)).toBe(false)
  expect(fits([...when('action', 'opened'), ...when('issue.number', 8)], received)).toBe(false)
})

test('placeholders that are no paths are told', () => {
  expect(badPaths('{{a.b}} {{$headers.x-y}} {{a..b}} {{a[0]}}')).toEqual(['a..b', 'a[0]'])
})
