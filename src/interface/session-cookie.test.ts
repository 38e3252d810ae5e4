import { expect, test } from 'vitest'
import { type CookiePlace, sessionHeader, shownBy } from './session-cookie.ts'

const LOCAL: CookiePlace = { name: 'guildhall-3fa9c1', own: { port: 7420, publicUrl: undefined } }
const PUBLIC: CookiePlace = {
  name: 'guildhall-3fa9c1',
  own: { port: 7420, publicUrl: 'https://hall.example.org' },
}
const plain = { host: 'localhost:7420', cookie: 'other=1; guildhall-3fa9c1=tag.id.secret' }
const secure = { host: 'hall.example.org', cookie: '__Host-guildhall-3fa9c1=tag.id.secret' }
const get = (headers: Record<string, string>, place = LOCAL) =>
  shownBy({ headers, url: '/v1/me', method: 'GET' }, place, undefined)
const post = (headers: Record<string, string>, place = LOCAL) =>
  shownBy({ headers, url: '/v1/tasks', method: 'POST' }, place, undefined)

test('a session is read from the cookie of this hub', () => {
  expect(get(plain)).toMatchObject({ credential: 'tag.id.secret', presented: { cookie: true } })
  expect(get(secure, PUBLIC)).toMatchObject({ credential: 'tag.id.secret' })
})

test.each([
  ['another hub of this machine', { ...plain, cookie: 'guildhall-000000=tag.id.secret' }, LOCAL],
  ['a cookie without its prefix', { ...secure, cookie: 'guildhall-3fa9c1=tag.id.secret' }, PUBLIC],
  ['an empty cookie', { ...plain, cookie: 'guildhall-3fa9c1=' }, LOCAL],
  ['no cookie', { host: 'localhost:7420' }, LOCAL],
])('no session comes from %s', (_, headers, place) => {
  expect(get(headers, place).credential).toBeUndefined()
})

test('a key in the headers stands above the cookie', () => {
  const shown = post({ ...plain, authorization: 'Bearer guild_p_key' })
  expect(shown).toMatchObject({ credential: 'guild_p_key', presented: { audience: 'v1' } })
  expect(shown.presented.cookie).toBeUndefined()
})

test('two cookies of one name are refused', () => {
  const cookie = 'guildhall-3fa9c1=mine; guildhall-3fa9c1=theirs'
  expect(() => get({ ...plain, cookie })).toThrow(
    expect.objectContaining({ code: 'platform.two_credentials' }),
  )
})

test.each([
  ['the same origin', { 'sec-fetch-site': 'same-origin' }],
  ['an old browser on our page', { origin: 'http://localhost:7420' }],
])('a change with a cookie goes through from %s', (_, more) => {
  expect(post({ ...plain, ...more }).credential).toBe('tag.id.secret')
})

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ['an address typed in', { 'sec-fetch-site': 'none' }],
  [
    'another site that claims our origin',
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:7420' },
  ],
  ['an old browser elsewhere', { origin: 'http://localhost:9999' }],
  ['a hidden page', { origin: 'null' }],
  ['nobody knows where', {}],
])('a change with a cookie is refused from %s', (_, more) => {
  expect(() => post({ ...plain, ...more })).toThrow(
    expect.objectContaining({ code: 'platform.origin_refused' }),
  )
})

test('a session is kept where no script sees it, and only on its own host', () => {
  const [, local] = sessionHeader('tag.id.secret', LOCAL, { host: '127.0.0.1:7420' })
  expect(local).toBe(
    'guildhall-3fa9c1=tag.id.secret; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax',
  )
  const [, far] = sessionHeader('tag.id.secret', PUBLIC, { host: 'hall.example.org' })
  expect(far).toBe(
    '__Host-guildhall-3fa9c1=tag.id.secret; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; ' +
      'Secure',
  )
  const [, ended] = sessionHeader(null, PUBLIC, { host: 'hall.example.org' })
  expect(ended).toContain('Max-Age=0')
})

test('no session crosses an unencrypted network', () => {
  const open = { name: 'guildhall', own: { port: 80, publicUrl: 'http://hall.example.org' } }
  expect(() => sessionHeader('x', open, { host: 'hall.example.org' })).toThrow(
    'Guildhall needs HTTPS on this address',
  )
})
