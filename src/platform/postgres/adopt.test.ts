import { expect, test } from 'vitest'
import { isLockOf } from './adopt.ts'

// The file has the second in which the process began; the server notes its start later, and a
// second may end in between.
test.each([
  [100, 100, true],
  [100, 101, true],
  [100, 160, true],
  [100, 161, false],
  [101, 100, false],
])('a lock file of second %i belongs to a server that began at %i: %s', (file, server, is) => {
  expect(isLockOf({ startedAt: file }, { startedAt: server })).toBe(is)
})
