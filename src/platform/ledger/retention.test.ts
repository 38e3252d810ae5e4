import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evidenceWorld, testFolder } from '../../../test/attack/ledger-world.ts'
import { keepPartitions } from '../partitions.ts'
import { clientOptions } from '../postgres/target.ts'
import { dropOlderThan } from './retention.ts'
import { verifyBundle } from '../evidence/verify-bundle.ts'

test('a month that is dropped lies in a file, and the ledger verifies from behind it', async () => {
  const world = await evidenceWorld()
  const { orgId, target, clock, house, ground } = world
  const owner = clientOptions(target, 'admin')
  await world.write(5)
  await world.sign()
  const month = 32 * 86_400_000
  clock.turn(month)
  const partitions = keepPartitions({ owner, now: clock.now, failed: () => {} })
  await partitions.create()
  await partitions.stop()
  await world.write(4)
  await world.sign()
  const folder = await testFolder()
  const options = { ...ground, owner, checkpoints: world.checkpoints, folder }
  const before = await world.ledger()
  const today = new Date(clock.now())
  const start = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1)
  const kept = before.filter(({ at }) => at >= start)
  const dropped = await dropOlderThan({ ...options, settled: () => house.settle() }, clock.now())
  expect(dropped.length).toBeGreaterThan(0)

  const after = await world.ledger()
  expect(after[0]?.pos).toBe(kept[0]?.pos)
  const told = after.filter(({ name }) => name === 'platform.ledger_dropped').at(-1)
  const first = kept[0]?.pos ?? 0
  expect(told?.data).toMatchObject({ to: first - 1 })
  expect(await world.check()).toMatchObject({ ok: true, from: first, firstBad: null })
  expect(await world.checkBundle()).toMatchObject({ ok: true, from: first, firstBad: null })

  const files = await readdir(join(folder, orgId))
  const text = await readFile(join(folder, orgId, files.at(-1) ?? ''), 'utf8')
  const sha256 = createHash('sha256').update(text).digest('hex')
  expect(told?.data['sha256']).toBe(sha256)
  const lines = text.split('\n').filter(Boolean)
  const verdict = await verifyBundle(lines, { key: world.signer.keyFile() })
  expect(verdict).toMatchObject({ ok: true, to: first - 1, signedTo: first - 1 })

  // Rows that are removed under an anchor that no event speaks of are missed.
  await world.tamper((client) =>
    client.query(
      `with gone as (delete from platform.ledger where org_id = $1 and pos = $2 returning *)
       insert into platform.ledger_anchor (org_id, pos, at, hash, frontier)
       select org_id, pos, at, hash, '' from gone`,
      [orgId, first],
    ),
  )
  expect((await world.check()).firstBad).toMatchObject({ pos: 1, why: 'missing_position' })
  await world.checkpoints.stop()
})
