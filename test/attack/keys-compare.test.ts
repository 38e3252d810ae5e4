import type * as crypto from 'node:crypto'
import { timingSafeEqual } from 'node:crypto'
import { beforeEach, expect, test, vi } from 'vitest'
import { formatKey, parseKey } from '../../src/identity/domain/key.ts'
import { bench } from '../bench.ts'

// How long a comparison takes must not tell how much of a secret was right. A stopwatch would say
// so on a quiet machine only; what is compared, and by what, can be seen on every machine.

vi.mock('node:crypto', async (load) => {
  const real = await load<typeof crypto>()
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) }
})

const compared = vi.mocked(timingSafeEqual)
beforeEach(() => {
  compared.mockClear()
})

test.each([
  ['in its first byte', 0],
  ['in its last byte', 31],
])('a secret that is wrong %s is compared in constant time, as a hash', async (_, at) => {
  const { house, ownerKey } = await bench()
  const parts = parseKey(ownerKey)
  if (!parts) throw new Error('The key is whole.')
  const secret = parts.secret.map((byte, index) => (index === at ? byte ^ 1 : byte))
  compared.mockClear()
  const key = formatKey({ ...parts, secret })
  await expect(async () => house.hall.authenticate(key)).rejects.toThrow('not valid')
  expect(compared).toHaveBeenCalledTimes(1)
  const [kept, shown] = compared.mock.calls[0] ?? []
  expect([kept?.byteLength, shown?.byteLength]).toEqual([32, 32])
  // Hashes of secrets that differ in one bit have nothing in common.
  expect(Buffer.from(new Uint8Array(Object(shown))).toString('hex')).not.toContain(
    Buffer.from(secret).toString('hex'),
  )
  expect(compared.mock.results[0]).toMatchObject({ type: 'return', value: false })
})

test('a secret that is right is compared once, and by nothing while it is remembered', async () => {
  const { house, ownerKey, run } = await bench()
  const { key } = await run<{ key: string }>('identity.create_key', { name: 'k' })
  compared.mockClear()
  await house.hall.authenticate(key)
  expect(compared).toHaveBeenCalledTimes(1)
  expect(house.hall.authenticate(key)).not.toBeInstanceOf(Promise)
  expect(compared).toHaveBeenCalledTimes(1)
  expect(key).not.toBe(ownerKey)
})
