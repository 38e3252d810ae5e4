import { expect, test } from 'vitest'
import { formatSession, parseSession, SECOND_FACTOR, stageOf } from './session.ts'

const parts = {
  tag: 'Ab3dEf7h',
  id: '0193d2a0-0000-7000-8000-000000000001',
  secret: 'A'.repeat(43),
}

test('a session is read as it was written', () => {
  expect(parseSession(formatSession(parts))).toEqual(parts)
})

test.each([
  ['', '.', '..'],
  [`${formatSession(parts)}A`, formatSession(parts).slice(0, -1)],
  [formatSession(parts).replace('.', ' '), `${formatSession(parts)}.x`],
  [formatSession({ ...parts, id: '0193D2A0-0000-7000-8000-000000000001' })],
  [formatSession({ ...parts, tag: 'Ab3dEf7' })],
])('what is no session is read as none', (...texts) => {
  for (const text of texts) expect(parseSession(text)).toBeNull()
})

const standing = { setting: 'admins', isAdmin: false, hasFactor: false } as const

test('two factors at once, and the own machine before it is set up, lack nothing', () => {
  for (const setting of SECOND_FACTOR) {
    for (const isAdmin of [true, false]) {
      const here = { ...standing, setting, isAdmin }
      expect(stageOf({ ...here, isStrong: true, isSetUp: true })).toBeNull()
      expect(stageOf({ ...here, isStrong: false, isSetUp: false })).toBeNull()
      const one = { ...here, isStrong: false, isSetUp: true }
      expect(stageOf({ ...one, hasFactor: true })).toBe('factor')
      const isNeeded = setting === 'required' || (setting === 'admins' && isAdmin)
      expect(stageOf(one)).toBe(isNeeded ? 'enrol' : null)
    }
  }
})
