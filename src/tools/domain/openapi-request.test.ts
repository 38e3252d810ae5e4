import { expect, test } from 'vitest'
import type { Json } from './json.ts'
import { readOpenApiDocument } from './openapi-document.ts'
import { buildRequest } from './openapi-request.ts'

const BASE = 'https://api.example.com'

const built = (operation: Json, args: Json, path = '/x') => {
  const method = operation['requestBody'] === undefined ? 'get' : 'post'
  const { operations, left } = readOpenApiDocument({
    ...{ openapi: '3.0.3', paths: { [path]: { [method]: operation } } },
  })
  const [found] = operations
  if (found === undefined) throw new Error(JSON.stringify(left))
  return buildRequest(found, args, BASE)
}
const parameter = (place: string, more: object) => ({
  parameters: [{ name: 'v', in: place, required: place === 'path', schema: {}, ...more }],
})

const LIST = ['a b', 'c,d']
const OBJECT = { x: 'a b', y: 1 }

// The table of styles in the specification, with values that have to be encoded.
test.each([
  ['query', {}, 'a b', '/x?v=a%20b'],
  ['query', {}, true, '/x?v=true'],
  ['query', {}, LIST, '/x?v=a%20b&v=c%2Cd'],
  ['query', {}, OBJECT, '/x?x=a%20b&y=1'],
  ['query', {}, [], '/x'],
  ['query', { explode: false }, LIST, '/x?v=a%20b,c%2Cd'],
  ['query', { explode: false }, OBJECT, '/x?v=x,a%20b,y,1'],
  ['query', { style: 'spaceDelimited' }, LIST, '/x?v=a%20b%20c%2Cd'],
  ['query', { style: 'pipeDelimited' }, LIST, '/x?v=a%20b%7Cc%2Cd'],
  ['query', { style: 'pipeDelimited', explode: true }, LIST, '/x?v=a%20b&v=c%2Cd'],
  ['query', { style: 'deepObject', explode: true }, OBJECT, '/x?v%5Bx%5D=a%20b&v%5By%5D=1'],
  [
    'query',
    { style: 'deepObject' },
    { a: { b: [1, 2] } },
    '/x?v%5Ba%5D%5Bb%5D=1&v%5Ba%5D%5Bb%5D=2',
  ],
  ['query', { content: { 'application/json': {} } }, { a: [1] }, '/x?v=%7B%22a%22%3A%5B1%5D%7D'],
  ['path', {}, 'a b', '/x/a%20b'],
  ['path', {}, 7, '/x/7'],
  ['path', {}, LIST, '/x/a%20b,c%2Cd'],
  ['path', {}, OBJECT, '/x/x,a%20b,y,1'],
  ['path', { explode: true }, OBJECT, '/x/x=a%20b,y=1'],
])('a value in the %s with %j: %j is %s', (place, more, value, url) => {
  const path = place === 'path' ? '/x/{v}' : '/x'
  expect(built(parameter(place, more), { v: value }, path).url).toBe(`${BASE}${url}`)
})

test.each([
  [{}, 'a b', 'a b'],
  [{}, ['a', 'b'], 'a,b'],
  [{}, { x: 1, y: 2 }, 'x,1,y,2'],
  [{ explode: true }, { x: 1, y: 2 }, 'x=1,y=2'],
])('a header with %j: %j is %s', (more, value, text) => {
  expect(
    built(parameter('header', { ...more, name: 'X-V' }), { 'X-V': value }).headers,
  ).toMatchObject({
    'x-v': text,
  })
})

test.each([
  ['a b', 'v=a%20b'],
  [['a', 'b'], 'v=a,b'],
])('a cookie %j is %s', (value, cookie) => {
  expect(built(parameter('cookie', {}), { v: value }).headers).toMatchObject({ cookie })
})

test('what is not given is not sent', () => {
  expect(built(parameter('query', {}), {})).toEqual({
    url: `${BASE}/x`,
    method: 'GET',
    headers: { accept: expect.any(String) },
    body: null,
  })
})

const body = (mediaType: string, schema: unknown, more: object = {}) => ({
  requestBody: { content: { [mediaType]: { schema, ...more } } },
})
const properties = { a: { type: 'string' }, b: { type: 'array' }, c: { type: 'object' } }
const ARGS = { a: 'x & y', b: [1, 'z'], c: { k: true } }

test('a JSON body is made of its members', () => {
  const request = built(body('application/merge-patch+json', { type: 'object', properties }), ARGS)
  expect(request).toMatchObject({
    method: 'POST',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify(ARGS),
  })
})

test('a JSON body that stays one field is that field', () => {
  expect(built(body('application/json', { type: 'array' }), { body: [1, null] }).body).toBe(
    '[1,null]',
  )
})

test('members keep the names of the service', () => {
  const schema = { type: 'object', properties: { 'first name': {}, $ref: {} } }
  const request = built(body('application/json', schema), { first_name: 'Ada', ref: 1 })
  expect(request.body).toBe('{"first name":"Ada","$ref":1}')
})

test.each([
  [{}, 'a=x%20%26%20y&b=1&b=z&c=%7B%22k%22%3Atrue%7D'],
  [
    { encoding: { b: { explode: false }, c: { style: 'deepObject' } } },
    'a=x%20%26%20y&b=1,z&c%5Bk%5D=true',
  ],
  [
    { encoding: { b: { contentType: 'application/json' } } },
    'a=x%20%26%20y&b=%5B1%2C%22z%22%5D&c=%7B%22k%22%3Atrue%7D',
  ],
])('a form with %j is written so', (more, text) => {
  const form = 'application/x-www-form-urlencoded'
  const request = built(body(form, { type: 'object', properties }, more), ARGS)
  expect(request).toMatchObject({ headers: { 'content-type': form }, body: text })
  const whole = { oneOf: [{ type: 'object', properties }] }
  expect(built(body(form, whole, more), { body: { a: 'x & y' } }).body).toBe('a=x%20%26%20y')
})

test('plain text is sent as it is', () => {
  expect(
    built(body('text/plain; charset=utf-8', { type: 'string' }), { body: 'a\nb' }),
  ).toMatchObject({
    headers: { 'content-type': 'text/plain' },
    body: 'a\nb',
  })
})

test('JSON is preferred to a form, and a form to text', () => {
  const content = {
    'text/plain': {},
    'application/x-www-form-urlencoded': {},
    'application/json': {},
  }
  expect(built({ requestBody: { content } }, { body: 1 }).headers).toMatchObject({
    'content-type': 'application/json',
  })
})

test('a body of which nothing is given stays away, unless it is needed', () => {
  const schema = { type: 'object', properties }
  expect(built(body('application/json', schema), {})).toMatchObject({ body: null })
  const needed = { requestBody: { required: true, content: { 'application/json': { schema } } } }
  expect(built(needed, {}).body).toBe('{}')
  const whole = { requestBody: { required: true, content: { 'application/json': {} } } }
  expect(() => built(whole, {})).toThrow('The argument body is missing; the service needs it.')
})

test('a body that is too large, and a text that is none, are refused', () => {
  const long = { body: 'a'.repeat(1_000_001) }
  expect(() => built(body('text/plain', {}), long)).toThrow('larger than 1000000 characters')
  expect(() => built(body('text/plain', {}), { body: 7 })).toThrow('has to be a text')
})
