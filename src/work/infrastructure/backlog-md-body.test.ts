import { expect, test } from 'vitest'
import { partBody } from './backlog-md-body.ts'

const part = (...lines: string[]) => partBody(lines.join('\n'), 'UTC')

test('checklists become items, with or without numbers, and their markers vanish', () => {
  const parts = part(
    '## Description',
    '<!-- SECTION:DESCRIPTION:BEGIN -->',
    'Text.',
    '<!-- SECTION:DESCRIPTION:END -->',
    '',
    '## Acceptance Criteria',
    '<!-- AC:BEGIN -->',
    '- [x] #1 one',
    '* [ ] two',
    '  goes on',
    '<!-- AC:END -->',
    '## Definition of Done',
    '- [X] #1 tested',
  )
  expect(parts).toEqual({
    body: '## Description\n\nText.',
    accept: [
      { text: 'one', done: true },
      { text: 'two goes on', done: false },
    ],
    done: [{ text: 'tested', done: true }],
    comments: [],
  })
})

test('what is no item stays in the text under its heading, details of items too', () => {
  const parts = part('## Acceptance criteria:', 'As seen:', '- [ ] one', '  - [ ] detail', '# End')
  expect(parts.accept).toEqual([{ text: 'one', done: false }])
  expect(parts.body).toBe('## Acceptance criteria:\n\nAs seen:\n  - [ ] detail\n\n# End')
})

test('other headings that begin alike hold no items', () => {
  const text = '## Acceptance Criteria Mapping\n\n- [x] #1 no item'
  expect(part(text)).toMatchObject({ body: text, accept: [] })
})

test('nothing inside a code fence is a heading, an item, a marker or a comment', () => {
  const code = ['~~~md', '## Acceptance Criteria', '- [ ] no', '```', '<!-- AC:BEGIN -->', '~~~']
  const parts = part('## Plan', '', ...code, '', '## Acceptance Criteria', '- [ ] yes')
  expect(parts.accept).toEqual([{ text: 'yes', done: false }])
  expect(parts.body).toBe(['## Plan', '', ...code].join('\n'))
})

test('comments keep author, time and text, with headings and rules of their own', () => {
  const parts = part(
    '## Comments',
    '<!-- COMMENTS:BEGIN -->',
    'author: @ana',
    'created: 2026-07-09 22:13',
    '---',
    '## Found',
    'a',
    '---',
    'b',
    '---',
    '',
    'created: 2026-07-10 08:00',
    '---',
    'second',
    '---',
    '<!-- COMMENTS:END -->',
    '## Final Summary',
    'End.',
  )
  expect(parts.comments).toEqual([
    { ref: '#1', author: '@ana', at: '2026-07-09T22:13:00.000Z', text: '## Found\na\n---\nb' },
    { ref: '#2', author: null, at: '2026-07-10T08:00:00.000Z', text: 'second' },
  ])
  expect(parts.body).toBe('## Final Summary\n\nEnd.')
})

test('a section named comments without any comment stays text', () => {
  expect(part('## Comments', 'None yet.')).toMatchObject({
    body: '## Comments\n\nNone yet.',
    comments: [],
  })
})

test('lines of a million blanks are read at once', () => {
  const blanks = ' '.repeat(1_000_000)
  const text = [`- [ ]${blanks}`, `##${blanks}x${blanks}y`, `author:${blanks}`].join('\n')
  const started = performance.now()
  expect(partBody(`## Acceptance Criteria\n${text}`, 'UTC').accept).toEqual([])
  // Far above the few milliseconds that it takes, far below the hours of a quadratic search.
  expect(performance.now() - started).toBeLessThan(20_000)
})
