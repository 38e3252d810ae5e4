import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decideDisk, type DiskState, dropBallast, layBallast } from './disk.ts'

const MB = 1024 * 1024

test.each<[DiskState, number, DiskState]>([
  ['ok', 2_000, 'ok'],
  ['ok', 1_000, 'low'],
  ['ok', 300, 'low'],
  ['ok', 200, 'full'],
  ['full', 300, 'full'],
  ['full', 511, 'full'],
  ['full', 512, 'low'],
  ['full', 2_000, 'ok'],
  ['low', 300, 'low'],
])('a disk that was %s and has %i MB is %s', (before, freeMb, after) => {
  expect(decideDisk(freeMb * MB, before)).toBe(after)
})

test('the ballast takes its place for real and can be thrown away once', async () => {
  const root = await mkdtemp(join(tmpdir(), 'guildhall-ballast-'))
  const ballast = join(root, 'ballast')
  try {
    await layBallast(ballast)
    const { size, blocks } = await stat(ballast)
    expect(size).toBe(64 * MB)
    expect(blocks * 512).toBeGreaterThanOrEqual(64 * MB)
    expect(await dropBallast(ballast)).toBe(true)
    expect(await dropBallast(ballast)).toBe(false)
  } finally {
    await rm(root, { recursive: true })
  }
})
