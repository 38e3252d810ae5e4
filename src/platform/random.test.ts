import { expect, test } from 'vitest'
import { systemRandom } from './random.ts'

test.each([1, 8, 32, 64, 65, 4_096])('%i bytes of chance come no second time', (length) => {
  const seen = new Set<string>()
  // Enough to run through the pool more than once.
  for (let n = 0; n < 3_000; n += 1) {
    const bytes = new Uint8Array(length)
    expect(systemRandom(bytes)).toBe(bytes)
    seen.add(Buffer.from(bytes).toString('hex'))
  }
  expect(seen.size).toBeGreaterThan(length === 1 ? 250 : 2_999)
})

test('no byte of chance is more likely than another', () => {
  const counts = new Uint32Array(256)
  for (let n = 0; n < 32_768; n += 1) {
    for (const byte of systemRandom(new Uint8Array(8))) counts[byte] = (counts[byte] ?? 0) + 1
  }
  // 1,024 of each are expected; seven standard deviations to either side.
  expect(Math.min(...counts)).toBeGreaterThan(800)
  expect(Math.max(...counts)).toBeLessThan(1_248)
})
