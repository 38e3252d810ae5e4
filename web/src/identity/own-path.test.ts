import { expect, test } from 'vitest'
import { ownPath } from './own-path.ts'

const HERE = 'https://hall.example.org'

test.each(['/p/GH/board', '/t/GH-12?tab=log#end', '/oauth/interaction/abc'])(
  '%s is followed',
  (path) => {
    expect(ownPath(path, HERE)).toBe(path)
  },
)

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/..//evil.example',
  '/.//evil.example',
  'javascript:alert(1)',
  'p/GH/board',
  '',
  null,
  ['/p/GH/board'],
  '/sign-in?next=/sign-in',
  '/reset',
  '/v1/sessions',
])('%j leads to the start page', (path) => {
  expect(ownPath(path, HERE)).toBe('/')
})

test('a path that is made shorter by its dots is followed as the shorter one', () => {
  expect(ownPath('/p/../t/GH-1', HERE)).toBe('/t/GH-1')
})
