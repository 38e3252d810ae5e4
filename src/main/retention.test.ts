import { expect, test } from 'vitest'
import { monthsBack } from './retention.ts'

test.each([
  ['2026-11-21T18:00:00Z', 13, '2025-10-01T00:00:00.000Z'],
  ['2026-11-01T00:00:00Z', 1, '2026-10-01T00:00:00.000Z'],
  ['2026-01-31T23:59:59Z', 2, '2025-11-01T00:00:00.000Z'],
])('on %s with %i months to keep, what ended by %s goes', (now, months, end) => {
  expect(new Date(monthsBack(Date.parse(now), months)).toISOString()).toBe(end)
})
