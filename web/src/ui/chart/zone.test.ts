import { expect, test } from 'vitest'
import { dayAfter, dayIn, daysFrom, dayStart } from './zone.ts'

test('a day begins where its zone has midnight, also on days on which clocks change', () => {
  const start = (zone: string, day: string) => new Date(dayStart(zone, day)).toISOString()
  expect(start('UTC', '2026-11-22')).toBe('2026-11-22T00:00:00.000Z')
  expect(start('Europe/Berlin', '2026-03-29')).toBe('2026-03-28T23:00:00.000Z')
  expect(start('Europe/Berlin', '2026-03-30')).toBe('2026-03-29T22:00:00.000Z')
  expect(start('Europe/Berlin', '2026-10-25')).toBe('2026-10-24T22:00:00.000Z')
  expect(start('Europe/Berlin', '2026-10-26')).toBe('2026-10-25T23:00:00.000Z')
  expect(start('Pacific/Kiritimati', '2026-11-22')).toBe('2026-11-21T10:00:00.000Z')
  expect(start('America/Los_Angeles', '2026-11-02')).toBe('2026-11-02T08:00:00.000Z')
})

test('the first moment of a day belongs to it, and the one before does not', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata']) {
    for (const day of daysFrom('2026-10-20', '2026-11-05')) {
      const start = dayStart(zone, day)
      expect([dayIn(zone, start - 1), dayIn(zone, start)]).toEqual([dayAfter(day, -1), day])
    }
  }
})

test('days are listed from one to another, over the end of a month', () => {
  expect(daysFrom('2028-02-28', '2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01'])
  expect(daysFrom('2026-01-02', '2026-01-01')).toEqual([])
})
