import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideStatus, HANDLE, handleOf, newPrincipal } from './principal.ts'

const agent = newPrincipal({ id: 'a', kind: 'agent', handle: 'dev-1' })

test.each([
  ['dev-1', 'dev-1'],
  ['@Dev-1', 'dev-1'],
  ['Build Bot 2', 'build-bot-2'],
  ['Ána  Müller', 'ana-muller'],
  ['ana@example.org', 'ana-example.org'],
  ['N', 'n'],
  ['...', null],
  ['名前', null],
  ['', null],
])('the handle of "%s" is %s', (name, handle) => {
  expect(handleOf(name)).toBe(handle)
})

test('whatever the name, its handle is one, and is its own handle', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
      const handle = handleOf(name)
      if (handle === null) return
      expect(handle).toMatch(HANDLE)
      expect(handleOf(handle)).toBe(handle)
    }),
  )
})

test('an agent may hold three tasks at a time, a person any number', () => {
  expect(agent.seatLimit).toBe(3)
  expect(newPrincipal({ id: 'p', kind: 'person', handle: 'ana' }).seatLimit).toBeNull()
})

test('a suspension raises the epoch and the version, and coming back only the version', () => {
  const away = decideStatus(agent, 'suspend')
  expect(away).toEqual({ ...agent, status: 'suspended', epoch: 1, version: 2 })
  expect(decideStatus(away, 'activate')).toEqual({ ...agent, epoch: 1, version: 3 })
})

test('what is so already stays as it is', () => {
  expect(decideStatus(agent, 'activate')).toBe(agent)
})

test('who was removed does not come back', () => {
  const gone = { ...agent, status: 'removed' as const }
  for (const move of ['suspend', 'activate'] as const) {
    expect(() => decideStatus(gone, move)).toThrow('was removed')
  }
})
