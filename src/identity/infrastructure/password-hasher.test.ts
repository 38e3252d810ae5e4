import { expect, test } from 'vitest'
import { Refusal } from '../../kernel/refusal.ts'
import { passwordHasher } from './password-hasher.ts'

const PASSWORD = 'rivers run under the five bridges'
const codeOf = (error: unknown) => (error instanceof Refusal ? error.code : 'a bug')

test('a password is kept as Argon2id of today and fits as it is, nothing else does', async () => {
  const hasher = passwordHasher()
  const phc = await hasher.hash(PASSWORD)
  expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await hasher.hash(PASSWORD)).not.toBe(phc)
  expect(await hasher.verify(phc, PASSWORD)).toBe(true)
  for (const other of ['', `${PASSWORD} `, PASSWORD.toUpperCase(), PASSWORD.slice(0, -1)]) {
    expect(await hasher.verify(phc, other)).toBe(false)
  }
  expect(await hasher.verify(null, PASSWORD)).toBe(false)
})

test('weaker parameters are outdated, equal and stronger ones are not', () => {
  const { isOutdated } = passwordHasher()
  const phc = (m: number, t: number, p: number) =>
    `$argon2id$v=19$m=${m},t=${t},p=${p}$c2FsdA$aGFzaA`
  expect([phc(19_455, 2, 1), phc(19_456, 1, 1), 'no hash'].map(isOutdated)).toEqual([
    true,
    true,
    true,
  ])
  expect([phc(19_456, 2, 1), phc(65_536, 3, 4)].map(isOutdated)).toEqual([false, false])
})

test('more than fit into the line are told to come back, at once', async () => {
  const hasher = passwordHasher({ atOnce: 1, waiting: 2, waitMs: 60_000 })
  const all = Array.from({ length: 6 }, () => hasher.hash(PASSWORD).then(() => 'hashed', codeOf))
  expect(await Promise.all(all)).toEqual([
    ...['hashed', 'hashed', 'hashed'],
    ...['identity.busy', 'identity.busy', 'identity.busy'],
  ])
  expect(await hasher.hash(PASSWORD)).toContain('$argon2id$')
})

test('who waits too long is told to come back, and the line goes on', async () => {
  const hasher = passwordHasher({ atOnce: 1, waiting: 32, waitMs: 1 })
  const all = Array.from({ length: 8 }, () => hasher.hash(PASSWORD).then(() => 'hashed', codeOf))
  const said = await Promise.all(all)
  expect(said[0]).toBe('hashed')
  expect(said.at(-1)).toBe('identity.busy')
  expect(await hasher.hash(PASSWORD)).toContain('$argon2id$')
})

test('a refusal for want of room says when to come back, and nothing of the password', async () => {
  const hasher = passwordHasher({ atOnce: 1, waiting: 0, waitMs: 1 })
  const first = hasher.hash(PASSWORD)
  const said = await hasher.hash(PASSWORD).catch((error: unknown) => error)
  expect(said).toMatchObject({ kind: 'unavailable', details: { retryAfterS: 3 } })
  expect(String(said)).not.toContain(PASSWORD)
  await first
})
