import { expect, test } from 'vitest'
import { type Draft, draftOf, readDraft } from './draft.ts'
import type { Wish } from './edit.ts'

test.each<[Wish, Draft['kind']]>([
  [{ kind: 'is', value: 'two\nlines ' }, 'text'],
  [{ kind: 'is', value: '' }, 'text'],
  [{ kind: 'is', value: -0.5 }, 'number'],
  [{ kind: 'is', value: false }, 'switch'],
  [{ kind: 'is', value: ['a', 'b c'] }, 'list'],
  [{ kind: 'is', value: [] }, 'list'],
  [{ kind: 'is', value: ['a', 1] }, 'json'],
  [{ kind: 'is', value: [' a'] }, 'json'],
  [{ kind: 'is', value: { a: [1] } }, 'json'],
  [{ kind: 'list', adds: ['a'], takes: ['b'] }, 'change'],
  [{ kind: 'removes' }, 'removes'],
  [{ kind: 'nothing' }, 'nothing'],
])('%j is written in a form as a %s and read from it unchanged', (wish, kind) => {
  const draft = draftOf(wish)
  expect(draft.kind).toBe(kind)
  expect(readDraft(draft)).toEqual({ isRight: true, wish })
})

const draft: Draft = { kind: 'text', text: '', adds: '', takes: '' }

test.each<[string, Partial<Draft>]>([
  ['no number', { kind: 'number', text: 'nine' }],
  ['no number at all', { kind: 'number' }],
  ['half a JSON', { kind: 'json', text: '{' }],
  ['a change of nothing', { kind: 'change', adds: ' \n' }],
])('%s is not right', (_, some) => {
  expect(readDraft({ ...draft, ...some })).toMatchObject({ isRight: false })
})
