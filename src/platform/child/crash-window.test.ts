import { expect, test } from 'vitest'
import { crashWindow } from './crash-window.ts'

test('five crashes in ten minutes open the window, and it closes when they are old', () => {
  const window = crashWindow({ max: 5, windowMs: 600_000 })
  for (const minute of [0, 1, 2, 3]) window.crashed(minute * 60_000)
  expect(window.isOpen(180_000)).toBe(false)
  window.crashed(240_000)
  expect(window.isOpen(240_000)).toBe(true)
  expect(window.isOpen(599_999)).toBe(true)
  expect(window.isOpen(600_000)).toBe(false)
})

test('crashes far from each other never open it', () => {
  const window = crashWindow({ max: 2, windowMs: 1_000 })
  for (let at = 0; at < 10_000; at += 1_000) {
    window.crashed(at)
    expect(window.isOpen(at)).toBe(false)
  }
})
