import { afterEach, expect, test, vi } from 'vitest'

// What is loaded looks at the address of its page first.
vi.hoisted(() => {
  const empty = { getItem: () => null, setItem: () => {}, removeItem: () => {} }
  const location = { pathname: '/', hash: '', search: '' }
  const page = { location, sessionStorage: empty, localStorage: empty }
  Object.assign(globalThis, { window: page })
})

const { sharedName } = await import('./share.ts')

const ada = { id: 'p1', organisation: { slug: 'hall' } }

afterEach(() => vi.unstubAllGlobals())

test('tabs of one session share by name, those of a key only with that key', async () => {
  vi.stubGlobal('navigator', { locks: {} })
  expect(await sharedName(ada, null)).toBe('guildhall:p1:hall')
  const names = await Promise.all(['guild_one', 'guild_two'].map((key) => sharedName(ada, key)))
  expect(new Set([...names, 'guildhall:p1:hall']).size).toBe(3)
  expect(names.join(' ')).not.toContain('guild_one')
})

test('where a browser has no locks nothing is shared', async () => {
  vi.stubGlobal('navigator', {})
  expect(await sharedName(ada, null)).toBe(null)
})
