import { expect, test } from 'vitest'
import { backupCode, formatBackupCode, parseBackupCode } from './backup-code.ts'
import { relyingParty } from './passkey.ts'
import { stepsAt } from './totp.ts'

const chance = Uint8Array.from({ length: 10 }, (_, at) => at * 25)

test('a backup code is read as it was written, in whatever way it is typed', () => {
  const code = backupCode(7, chance)
  const text = formatBackupCode(code)
  expect(text).toMatch(/^7(-[0-9A-HJKMNP-TV-Z]{4}){4}$/)
  for (const typed of [
    text,
    text.toLowerCase(),
    text.replaceAll('-', ''),
    ` ${text.replaceAll('-', ' ')} `,
    text.replaceAll('0', 'O').replaceAll('1', 'l'),
  ]) {
    expect(parseBackupCode(typed)).toEqual(code)
  }
})

test('backup codes hold all of their chance: other bytes are another code', () => {
  const codes = new Set<string>()
  for (let bit = 0; bit < 80; bit++) {
    const bytes = new Uint8Array(10)
    bytes[bit >> 3] = 1 << (bit & 7)
    codes.add(backupCode(0, bytes).secret)
  }
  expect(codes.size).toBe(80)
})

test.each(['', '123456', '7-AAAA-AAAA-AAAA-AAA', 'A-AAAA-AAAA-AAAA-AAAA', '7-AAAA-AAAA-AAAA-AAAU'])(
  'what is no backup code is read as none',
  (text) => {
    expect(parseBackupCode(text)).toBeNull()
  },
)

test('a code counts in its half minute and in the next', () => {
  expect(stepsAt(59_999)).toEqual([1, 0])
  expect(stepsAt(60_000)).toEqual([2, 1])
})

test('passkeys are bound to the name of the address, and to localhost where it has none', () => {
  const of = (address: string) => relyingParty(new URL(address))
  expect(of('https://hall.example.org')).toEqual({
    id: 'hall.example.org',
    origin: 'https://hall.example.org',
  })
  for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
    expect(of(`http://${host}:7420`)).toEqual({ id: 'localhost', origin: 'http://localhost:7420' })
  }
})
