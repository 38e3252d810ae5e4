import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 8_192
const SMALL_BYTES = 64

const pool = Buffer.alloc(POOL_BYTES)
let used = POOL_BYTES

/**
 * Fills bytes with chance from the system's generator. A few bytes come out of a pool, because
 * asking for them costs more than they do; what was given out is gone from there.
 */
export const systemRandom = (bytes: Uint8Array): Uint8Array => {
  const { byteLength } = bytes
  if (byteLength > SMALL_BYTES) return randomFillSync(bytes)
  if (used + byteLength > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  bytes.set(pool.subarray(used, used + byteLength))
  pool.fill(0, used, used + byteLength)
  used += byteLength
  return bytes
}
