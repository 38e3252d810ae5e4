import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scrubber } from './scrubber.ts'

const MINUTE = 60_000
const CANARY = 'Kanarie/7+"x\\é√ Wert'

const remembering = (...secrets: readonly string[]) => {
  const made = scrubber(() => 0)
  for (const secret of secrets) made.remember(secret, MINUTE)
  return made
}

const through = async (
  made: ReturnType<typeof scrubber>,
  chunks: readonly (string | Buffer)[],
): Promise<Buffer> => {
  const stream = made.stream()
  const out: Buffer[] = []
  stream.on('data', (chunk: Buffer) => out.push(chunk))
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  for (let look = 0; look < 1_000 && !stream.readableEnded; look += 1) await turn()
  expect(stream.readableEnded).toBe(true)
  return Buffer.concat(out)
}

const base64 = (before: string, after: string) =>
  Buffer.from(`${before}${CANARY}${after}`).toString('base64')

test.each<[string, string]>([
  ['as it is', `login with ${CANARY} failed`],
  ['as base64 alone', base64('', '')],
  ['as base64 one byte into a text', base64('u', ':p')],
  ['as base64 two bytes into a text', base64('us', 'p')],
  ['as base64 after a long user name', base64('somebody-else:', '\n')],
  ['as base64url', Buffer.from(`a:${CANARY}`).toString('base64url')],
  ['percent-encoded', `?q=${encodeURIComponent(CANARY)}&x=1`],
  ['percent-encoded in small letters', `?q=${encodeURIComponent(CANARY).toLowerCase()}`],
  ['in a form', `q=${new URLSearchParams({ q: CANARY }).toString().slice(2)}`],
  ['in JSON', JSON.stringify({ a: CANARY })],
  ['in JSON inside JSON', JSON.stringify({ a: JSON.stringify({ b: CANARY }) })],
  ['in hex', Buffer.from(CANARY).toString('hex')],
  ['in large hex', Buffer.from(CANARY).toString('hex').toUpperCase()],
])('a remembered secret is taken out %s', (_how, line) => {
  const told = remembering(CANARY.toLowerCase(), CANARY).scrub(line)
  expect(told).toContain('[secret]')
  // At most what a border of base64 leaves open stays of it.
  const left = told.split('[secret]').join('')
  expect(Buffer.from(left, 'base64').toString()).not.toContain('Kanarie')
  expect(decodeURIComponent(left.replaceAll('%', '%25'))).not.toMatch(/Kanarie|4b616e61/i)
})

test('no spelling of any secret survives, wherever it stands', () => {
  const secret = fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' })
  const around = fc.string({ maxLength: 20 })
  fc.assert(
    fc.property(secret, around, around, (value, before, after) => {
      const made = remembering(value)
      for (const written of [value, JSON.stringify(value).slice(1, -1)]) {
        expect(made.scrub(before + written + after).includes(written)).toBe(
          '[secret]'.includes(written),
        )
      }
      const encoded = Buffer.from(before + value + after).toString('base64')
      expect(made.scrub(encoded)).toContain('[secret]')
    }),
    { numRuns: 300 },
  )
})

test('short secrets are not looked for, they would be found everywhere', () => {
  expect(remembering('secret7').scrub('secret7 is short')).toBe('secret7 is short')
})

test('a secret is forgotten when its time is over', () => {
  let now = 0
  const made = scrubber(() => now)
  made.remember('hunter2-hunter2', 1_000)
  expect(made.scrub('hunter2-hunter2')).toBe('[secret]')
  now = 1_001
  expect(made.scrub('hunter2-hunter2')).toBe('hunter2-hunter2')
})

test('each line of a secret of several lines is taken out', () => {
  const made = remembering('first line of the key\nsecond line of the key\nend')
  expect(made.scrub('saw "second line of the key"')).toBe('saw "[secret]"')
})

const KEY = `guild_p_abcd1234_${'A1'.repeat(11)}_${'b2'.repeat(21)}cCrc123`
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0aaaa.c2lnbmF0dXJlLXNpZ25hdHVyZQ'
const PEM = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIabc\nabc=\n-----END EC PRIVATE KEY-----'

test.each<[string, string, string]>([
  ['our keys', KEY, '[secret]'],
  ['signed tokens', JWT, '[secret]'],
  ['private keys', PEM, '[secret]'],
  ['private keys in JSON', JSON.stringify(PEM).slice(1, -1), '[secret]'],
  ['private keys that are cut off', PEM.slice(0, 45), '[secret]'],
  ['keys of GitHub', `ghp_${'a'.repeat(36)}`, '[secret]'],
  ['fine keys of GitHub', `github_pat_${'a1_'.repeat(20)}`, '[secret]'],
  ['keys of Slack', 'xoxb-123456789012-abcdef', '[secret]'],
  ['keys of model providers', `sk-proj-${'a1'.repeat(20)}`, '[secret]'],
  ['keys of AWS', 'AKIAIOSFODNN7EXAMPLE', '[secret]'],
  ['bearer headers', 'Bearer abcdefghijklmnop123', 'Bearer [secret]'],
  ['other authorization', 'authorization: Basic dXNlcjpwYXNz', 'authorization: Basic [secret]'],
  ['passwords in addresses', 'postgres://me:pa55@host/db', 'postgres://me:[secret]@host/db'],
  ['session cookies', '__Host-guildhall-ab12cd=tag.id.secret', '__Host-guildhall-ab12cd=[secret]'],
])('%s are known by their look', (_what, text, told) => {
  expect(remembering().scrub(`x ${text} y`)).toBe(
    text === PEM.slice(0, 45) ? 'x [secret]' : `x ${told} y`,
  )
})

test.each([
  'Sign in first, or send a key: "Authorization: Bearer guild_...".',
  'task-management of https://example.org:8080/a@b is done',
  'guild_p_abcd1234 is the beginning of a key',
  'The token expires in 10 minutes; ask-me-anything',
])('what only looks like a secret stays: %s', (line) => {
  expect(remembering('some other secret').scrub(line)).toBe(line)
})

test('fields are scrubbed wherever they stand, and an object without any stays the same', () => {
  const made = remembering(CANARY, '1234567890')
  const clean = { a: 1, b: { c: ['x', new Date(0)] }, d: new Error('plain') }
  expect(made.scrubFields(clean)).toBe(clean)
  const circle: Record<string, unknown> = { name: CANARY }
  circle['self'] = circle
  const told = made.scrubFields({
    deep: { list: [{ [CANARY]: 1 }] },
    number: 1_234_567_890,
    bytes: Buffer.from(CANARY),
    map: new Map([['k', CANARY]]),
    error: new Error(`no ${CANARY}`, { cause: new Error(CANARY) }),
    circle,
  })
  const text = JSON.stringify(told)
  expect(text).not.toContain('Kanarie')
  expect(text).not.toContain('1234567890')
  expect(text.match(/\[secret\]/g)?.length).toBeGreaterThan(6)
})

test('a stream takes a secret out wherever it is cut, and passes every other byte', async () => {
  const made = remembering(CANARY)
  const noise = Buffer.from([0, 255, 254, 10, 128, 13])
  const parts = [noise, Buffer.from(` got ${CANARY}, `), Buffer.from(`${JWT} `), noise]
  const whole = Buffer.concat(parts)
  const expected = Buffer.concat([noise, Buffer.from(' got [secret], [secret] '), noise])
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const out = await through(made, [whole.subarray(0, cut), whole.subarray(cut)])
    expect(out.equals(expected), `cut at ${cut}: ${out.toString()}`).toBe(true)
  }
  const single = await through(
    made,
    Array.from(whole, (byte) => Buffer.from([byte])),
  )
  expect(single.equals(expected)).toBe(true)
})

test('a stream waits for the end of a private key, and swallows one that never ends', async () => {
  const made = remembering()
  const lines = PEM.split('\n').map((line) => `${line}\n`)
  expect((await through(made, ['a\n', ...lines, 'b\n'])).toString()).toBe('a\n[secret]\nb\n')
  const long = ['-----BEGIN PRIVATE KEY-----\n', ...Array(400).fill(`${'Q'.repeat(64)}\n`)]
  const out = await through(made, [...long, '-----END PRIVATE KEY-----\n', 'after\n'])
  expect(out.toString()).not.toContain('QQQQ')
  expect(out.toString().endsWith('\nafter\n')).toBe(true)
  const token = await through(made, ['sk-', ...Array(600).fill('z'.repeat(64)), ' after'])
  expect(token.toString()).toBe('[secret] after')
})

test('a stream does not hold back what cannot be a secret', () => {
  const stream = remembering(CANARY).stream()
  stream.write('$ echo hello\nhello\n$ ')
  expect(String(stream.read())).toBe('$ echo hello\nhello\n$ ')
  stream.destroy()
})
