import { expect, test } from 'vitest'
import { readAllowList } from './allow-list.ts'

test('an entry covers its network at its port and nothing beside it', () => {
  const allow = readAllowList(['10.1.0.0/16:8443', '[fd00:1::/32]:443', '127.0.0.1/32:80'])
  expect(allow.covers('10.1.255.255', 8443)).toBe(true)
  expect(allow.covers('10.2.0.0', 8443)).toBe(false)
  expect(allow.covers('10.1.0.0', 443)).toBe(false)
  expect(allow.covers('fd00:1:0:0:0:0:0:9', 443)).toBe(true)
  expect(allow.covers('fd00:2:0:0:0:0:0:9', 443)).toBe(false)
  expect(allow.covers('127.0.0.2', 80)).toBe(false)
  expect([443, 80, 8443, 8080].map(allow.opens)).toEqual([true, true, true, false])
})

test('an entry of one version says nothing about the other', () => {
  expect(readAllowList(['[::/0]:443']).covers('10.0.0.1', 443)).toBe(false)
  expect(readAllowList(['0.0.0.0/0:443']).covers('0:0:0:0:0:0:0:1', 443)).toBe(false)
})

test.each([
  '',
  '10.0.0.0/8',
  '10.0.0.0:443',
  '10.0.0.0/33:443',
  '10.0.0/8:443',
  '010.0.0.0/8:443',
  '10.0.0.0/8:0',
  '10.0.0.0/8:65536',
  '10.0.0.0/8:443 ',
  'fd00::/8:443',
  '[fd00::/129]:443',
  '[fd00::]/8:443',
  '[::ffff:10.0.0.0/104]:443',
  'example.com:443',
  '*:443',
])('"%s" is no entry', (entry) => {
  expect(() => readAllowList([entry])).toThrow(
    expect.objectContaining({ code: 'platform.allowed_target_wrong' }),
  )
})
