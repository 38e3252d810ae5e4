import { expect, test } from 'vitest'
import { readTime } from './import-time.ts'

test('any offset and any number of fraction digits become UTC in milliseconds', () => {
  expect(readTime('2025-11-02T21:58:07.295058-08:00', 'UTC')).toBe('2025-11-03T05:58:07.295Z')
  expect(readTime('2025-11-02T21:58:07.123456789+05:30', 'UTC')).toBe('2025-11-02T16:28:07.123Z')
  expect(readTime('2025-11-02T21:58:07Z', 'Asia/Tokyo')).toBe('2025-11-02T21:58:07.000Z')
  expect(readTime('2025-11-02 21:58', 'Asia/Tokyo')).toBe('2025-11-02T21:58:00.000Z')
})

test('a date without a time is midnight in the zone of the project', () => {
  expect(readTime('2026-07-01', 'UTC')).toBe('2026-07-01T00:00:00.000Z')
  expect(readTime('2026-07-01', 'Europe/Berlin')).toBe('2026-06-30T22:00:00.000Z')
  expect(readTime('2026-01-01', 'America/Los_Angeles')).toBe('2026-01-01T08:00:00.000Z')
  expect(readTime('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z')
  expect(readTime('2026-10-26', 'Europe/Berlin')).toBe('2026-10-25T23:00:00.000Z')
})

test('what is no date is null', () => {
  const bad = ['', 'soon', '2026-02-30', '2026-13-01', '2026-01-01T25:00', '2026-01-01T10:00+99:00']
  for (const text of [...bad, '1-1-2026', '0000-01-01', `2026-01-01${' '.repeat(9_999)}`]) {
    expect(readTime(text, 'UTC')).toBeNull()
  }
})
