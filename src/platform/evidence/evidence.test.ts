import { appendFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evidenceWorld, testFolder } from '../../../test/attack/ledger-world.ts'
import { KEY_FILE, openEvidence } from './evidence.ts'
import { verifyBundle } from './verify-bundle.ts'
import { verifyEvidence } from './verify-evidence.ts'

const opened = async () => {
  const world = await evidenceWorld()
  const folder = join(await testFolder(), 'checkpoints')
  const failures: unknown[] = []
  const open = () =>
    openEvidence({
      ...world.ground,
      seal: world.seal,
      folder,
      nameOf: async () => 'main',
      failed: (error) => failures.push(error),
    })
  const restoreTo = (pos: number) =>
    world.tamper(async (client) => {
      const cut = 'delete from platform.ledger where org_id = $1 and pos > $2'
      await client.query(cut, [world.orgId, pos])
      await client.query(
        `update platform.ledger_head h set pos = l.pos, at = l.at, hash = l.hash
           from platform.ledger l where h.org_id = $1 and l.org_id = $1 and l.pos = $2`,
        [world.orgId, pos],
      )
    })
  return { ...world, place: folder, open, failures, restoreTo }
}

test('a fresh hub signs, and its folder holds notes and the keys that verify them', async () => {
  const { open, write, place, orgId, database, bundle, failures } = await opened()
  const evidence = await open()
  const job = evidence.start()
  await write(3)
  await job.signAll()
  await job.stop()
  const verdict = await verifyEvidence(database.read(orgId), orgId, evidence.trust())
  expect(verdict).toMatchObject({ ok: true, signedTo: verdict.to })
  const key = await readFile(join(place, KEY_FILE), 'utf8')
  expect(await verifyBundle(await bundle(), { key })).toMatchObject({ ok: true })
  expect((await stat(place)).mode & 0o777).toBe(0o700)
  expect(failures).toEqual([])
})

test('a hub that starts over an older database closes the ledger and signs nothing', async () => {
  const { open, write, orgId, restoreTo, ledger } = await opened()
  const before = await open()
  const job = before.start()
  await write(6)
  await job.signAll()
  await job.stop()
  await restoreTo((await ledger()).length - 3)
  const after = await open()
  expect(after.guard.closed(orgId)).toBe(true)
  const again = after.start()
  await again.signAll()
  expect((await after.trust().outside(orgId)).length).toBe(
    (await before.trust().outside(orgId)).length,
  )
  await again.stop()
})

test('a note that a crash tore in two is skipped, and the next one is whole', async () => {
  const { open, write, orgId, place } = await opened()
  const evidence = await open()
  const job = evidence.start()
  await write(2)
  await job.signAll()
  await job.turn()
  await appendFile(join(place, `${orgId}.notes`), '{"epoch":1,"size":9')
  await write(2)
  await job.signAll()
  await job.stop()
  const notes = await evidence.trust().outside(orgId)
  expect(notes).toHaveLength(2)
  expect((await open()).guard.closed(orgId)).toBe(false)
})

test('a ledger with a hole where it was signed is closed, not a reason to stay down', async () => {
  const { open, write, orgId, tamper, ledger } = await opened()
  const job = (await open()).start()
  await write(6)
  await job.signAll()
  await job.stop()
  const last = (await ledger()).length
  await tamper((client) =>
    client.query('delete from platform.ledger where org_id = $1 and pos = $2', [orgId, last - 2]),
  )
  const { guard } = await open()
  expect(guard.refusalOf(orgId, 'work.move_task')?.message).toContain(
    'differs from what was signed',
  )
})

test('another key is in the file of keys at once', async () => {
  const { open, place } = await opened()
  const evidence = await open()
  const before = await readFile(join(place, KEY_FILE), 'utf8')
  await evidence.changeKey()
  const after = await readFile(join(place, KEY_FILE), 'utf8')
  expect(after.startsWith(before)).toBe(true)
  expect(after.split('\n')).toHaveLength(before.split('\n').length + 1)
})
