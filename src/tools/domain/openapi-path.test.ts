import { expect, test } from 'vitest'
import { UNFIT } from './openapi-json.ts'
import { liesWithin, placeholdersOf, readBase, readPath } from './openapi-path.ts'

test.each([
  ['/', []],
  ['/pets', []],
  ['/pets/', []],
  ['/pets/{petId}/photos/{photo-id}', ['petId', 'photo-id']],
  ['/a/{b}.{c}/{b}', ['b', 'c']],
  ['/$metadata/x:y@z/(a)', []],
])('%s is a path', (path, placeholders) => {
  expect(placeholdersOf(path)).toEqual(placeholders)
})

test.each([
  'pets',
  '',
  '//evil.example/',
  '/a//b',
  '/a/../b',
  '/a/./b',
  '/a/..;x/b',
  '/a/%2e%2e/b',
  '/a%2fb',
  '/a%5cb',
  '/a%25b',
  '/a%00b',
  '/a\\b',
  '/a?b=c',
  '/a#b',
  '/a b',
  '/a\nb',
  '/{+path}',
  '/{path*}',
  '/a{?q}',
  '/{}',
  '/{a',
  '/a}',
  '/{a/b}',
  `/${'a'.repeat(2_000)}`,
])('%o is no path', (path) => {
  expect(() => readPath(path)).toThrow(expect.objectContaining({ code: UNFIT }))
})

const base = readBase('https://api.example.com/v1')

test.each([
  ['/pets/{id}', 'https://api.example.com/v1/pets/7'],
  ['/pets/', 'https://api.example.com/v1/pets/'],
  ['/p/{a}.{b}', 'https://api.example.com/v1/p/x.y.tar'],
  ['/p/v{a}', 'https://api.example.com/v1/p/v7'],
])('%s leads to %s', (path, address) => {
  expect(liesWithin(address, base, path)).toBe(true)
})

// The last wall: it holds even where everything before it has failed.
test.each([
  ['another origin', '/pets/{id}', 'https://evil.example/v1/pets/7'],
  ['another port', '/pets/{id}', 'https://api.example.com:8443/v1/pets/7'],
  ['another scheme', '/pets/{id}', 'http://api.example.com/v1/pets/7'],
  ['a user name', '/pets/{id}', 'https://a@api.example.com/v1/pets/7'],
  ['a fragment', '/pets/{id}', 'https://api.example.com/v1/pets/7#x'],
  ['outside of the base', '/pets/{id}', 'https://api.example.com/pets/7'],
  ['beside the base', '/pets/{id}', 'https://api.example.com/v10/pets/7'],
  ['a climb', '/pets/{id}', 'https://api.example.com/v1/pets/../7'],
  ['an encoded climb', '/pets/{id}', 'https://api.example.com/v1/pets/%2e%2e'],
  ['an encoded slash', '/pets/{id}', 'https://api.example.com/v1/pets/7%2Fdelete'],
  ['an encoded backslash', '/pets/{id}', 'https://api.example.com/v1/pets/7%5Cdelete'],
  ['one segment more', '/pets/{id}', 'https://api.example.com/v1/pets/7/delete'],
  ['one segment less', '/pets/{id}/x', 'https://api.example.com/v1/pets/7'],
  ['no value', '/pets/{id}', 'https://api.example.com/v1/pets/'],
  ['other fixed text', '/pets/{id}', 'https://api.example.com/v1/cats/7'],
  ['another beginning', '/p/v{a}', 'https://api.example.com/v1/p/w7'],
  ['another end', '/p/{a}.json', 'https://api.example.com/v1/p/7.xml'],
  ['what the parser repairs', '/pets/{id}', 'https://api.example.com/v1/pets/a b'],
  ['no address', '/pets/{id}', '/v1/pets/7'],
])('%s is not within', (_, path, address) => {
  expect(liesWithin(address, base, path)).toBe(false)
})
