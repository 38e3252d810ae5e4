import { expect, test } from 'vitest'
import { openText, sealText } from './sealed.ts'

const KEY = new Uint8Array(32).fill(1)

test('a sealed text opens with its key, for its purpose', () => {
  const sealed = sealText(KEY, 'a1.', 'hello')
  expect(sealed).toMatch(/^a1\.[\w-]+$/)
  expect(openText(KEY, 'a1.', sealed)).toBe('hello')
  expect(sealText(KEY, 'a1.', 'hello')).not.toBe(sealed)
})

test('nothing else opens', () => {
  const sealed = sealText(KEY, 'a1.', 'hello')
  const last = sealed.endsWith('A') ? 'B' : 'A'
  const others = [
    '',
    'a1.',
    'a1.AAAA',
    `b1.${sealed.slice(3)}`,
    `${sealed}=`,
    `${sealed.slice(0, -1)}${last}`,
    sealed.slice(0, -4),
  ]
  for (const other of others) expect(openText(KEY, 'a1.', other)).toBeNull()
  expect(openText(KEY, 'b1.', `b1.${sealed.slice(3)}`)).toBeNull()
  expect(openText(new Uint8Array(32).fill(2), 'a1.', sealed)).toBeNull()
})
