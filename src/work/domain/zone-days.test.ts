import { expect, test } from 'vitest'
import { dayAfter, dayEnd, dayOf, daysBetween, dayStart, isWorkingDay } from './zone-days.ts'

const HOUR_MS = 3_600_000
const iso = (ms: number) => new Date(ms).toISOString()

test('a day begins at midnight where the project is', () => {
  expect(iso(dayStart('UTC', '2026-03-01'))).toBe('2026-03-01T00:00:00.000Z')
  expect(iso(dayStart('Europe/Berlin', '2026-03-01'))).toBe('2026-02-28T23:00:00.000Z')
  expect(iso(dayStart('Asia/Kolkata', '2026-03-01'))).toBe('2026-02-28T18:30:00.000Z')
  expect(iso(dayStart('Pacific/Auckland', '2026-01-15'))).toBe('2026-01-14T11:00:00.000Z')
  expect(dayOf('America/New_York', Date.parse('2026-03-01T04:59:59Z'))).toBe('2026-02-28')
})

test.each([
  ['Europe/Berlin', '2026-03-29', 23],
  ['Europe/Berlin', '2026-10-25', 25],
  ['America/New_York', '2026-03-08', 23],
  ['America/New_York', '2026-11-01', 25],
  // Clocks went on at midnight itself: the day begins at one.
  ['America/Sao_Paulo', '2018-11-04', 23],
  // Clocks went back at midnight: its last hour came twice, and belongs to the day before.
  ['America/Sao_Paulo', '2019-02-16', 25],
  // Clocks go back from one to midnight: the first of the two begins the day.
  ['America/Havana', '2026-11-01', 25],
  ['Australia/Lord_Howe', '2026-04-05', 24.5],
])('in %s the day %s is %d hours long', (zone, day, hours) => {
  const [start, end] = [dayStart(zone, day), dayEnd(zone, day)]
  expect((end - start) / HOUR_MS).toBe(hours)
  expect([start - 1, start, end - 1, end].map((at) => dayOf(zone, at))).toEqual([
    dayAfter(day, -1),
    day,
    day,
    dayAfter(day),
  ])
})

test('days are counted with both ends, and weekends are no working days', () => {
  expect(daysBetween('2026-02-27', '2026-03-02')).toBe(4)
  const week = Array.from({ length: 7 }, (_, index) => dayAfter('2026-03-02', index))
  expect(week.map(isWorkingDay)).toEqual([true, true, true, true, true, false, false])
})
