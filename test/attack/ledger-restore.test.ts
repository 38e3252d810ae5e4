import { afterEach, beforeEach, expect, test } from 'vitest'
import { acceptRestore } from '../../src/identity/application/accept-restore.ts'
import { beginEpoch, epochOf, pendingRestore } from '../../src/platform/evidence/epochs.ts'
import {
  eraseAndJournal,
  erasureJournal,
  replayErasures,
} from '../../src/platform/evidence/erasure.ts'
import { restoreGuard } from '../../src/platform/evidence/restore.ts'
import { readPlace } from '../../src/platform/ledger/live.ts'
import { type EvidenceWorld, evidenceWorld } from './ledger-world.ts'

let world: EvidenceWorld
beforeEach(async () => {
  world = await evidenceWorld()
  await world.write(6)
  await world.sign()
})
afterEach(async () => {
  await world.checkpoints.stop()
})

const headPos = async () => (await readPlace(world.database.read(world.orgId), world.orgId)).pos

/** Puts the database back to how it was at a position, as the restore of a backup does. */
const restoreTo = (pos: number) =>
  world.tamper(async (client) => {
    const { orgId } = world
    await client.query('delete from platform.ledger where org_id = $1 and pos > $2', [orgId, pos])
    await client.query('delete from platform.ledger_checkpoint where org_id = $1 and size > $2', [
      orgId,
      pos,
    ])
    await client.query('delete from platform.ledger_epoch where org_id = $1', [orgId])
    await client.query(
      `update platform.ledger_head h set pos = l.pos, at = l.at, hash = l.hash
         from platform.ledger l where h.org_id = $1 and l.org_id = $1 and l.pos = $2`,
      [orgId, pos],
    )
  })

const guardOf = () => {
  const { database, folder, signer, clock } = world
  const journal = erasureJournal(folder)
  return restoreGuard({
    database,
    folder,
    hubId: signer.hubId,
    now: clock.now,
    nameOf: async () => 'main',
    replay: (orgId) => replayErasures(database, journal, orgId),
  })
}

const accept = async () => {
  const answer = await world.run<{ epoch: number; keptTo: number; lostTo: number }>(
    acceptRestore.name,
  )
  await world.house.settle()
  return answer
}

test('a ledger that agrees with its notes stays open, and there is nothing to accept', async () => {
  const guard = guardOf()
  await guard.check()
  expect(guard.closed(world.orgId)).toBe(false)
  expect(guard.refusalOf(world.orgId, 'work.move_task')).toBeNull()
  expect(await world.refused(acceptRestore.name)).toMatchObject({
    kind: 'conflict',
    code: 'identity.no_restore_found',
  })
})

test('a ledger that ends before what was signed refuses writes and says how to go on', async () => {
  const kept = await headPos()
  await world.write(4)
  await world.sign()
  const signed = await headPos()
  await restoreTo(kept + 1)
  const guard = guardOf()
  await guard.check()
  const refusal = guard.refusalOf(world.orgId, 'work.move_task')
  expect(refusal?.kind).toBe('unavailable')
  expect(refusal?.message).toBe(
    `Ledger main ends at ${kept + 1}; ${signed} was signed. Restored on purpose? ` +
      'Run `guildhall ledger accept-restore`. Else records were removed.',
  )
  expect(guard.refusalOf(world.orgId, acceptRestore.name)).toBeNull()
})

test('an accepted restore raises the epoch, and the verdict names what is lost', async () => {
  const kept = await headPos()
  await world.write(4)
  await world.sign()
  const signed = await headPos()
  await restoreTo(kept)
  const guard = guardOf()
  await guard.check()
  expect((await world.check()).firstBad).toEqual({ pos: kept + 1, why: 'truncated' })
  expect(await accept()).toEqual({ epoch: 2, keptTo: kept, lostTo: signed })
  await guard.heard(world.orgId, ['platform.ledger_restored'])
  expect(guard.closed(world.orgId)).toBe(false)

  await world.write(5)
  await world.sign()
  const [restored] = (await world.ledger()).filter(({ pos }) => pos === kept + 1)
  expect(restored).toMatchObject({
    name: 'platform.ledger_restored',
    data: { epoch: 2, keptTo: kept, lostTo: signed },
  })
  const found = { ok: true, lost: [{ from: kept + 1, to: signed }], firstBad: null }
  expect(await world.check()).toMatchObject({ ...found, signedTo: await headPos() })
  expect(await world.checkBundle()).toMatchObject(found)
  const { database, orgId } = world
  expect(await readPlace(database.read(orgId), orgId)).toMatchObject({ epoch: 2 })
  await guard.check()
  expect(guard.closed(orgId)).toBe(false)
})

test('an epoch that began without an event about it is a fork', async () => {
  const kept = await headPos()
  await world.write(4)
  await world.sign()
  await restoreTo(kept)
  await guardOf().check()
  const { database, orgId } = world
  await database.system(async (sql) => {
    const found = await pendingRestore(sql, orgId)
    await beginEpoch(sql, orgId, { epoch: found?.epoch ?? 0, now: Date.now() })
  })
  expect((await world.check()).firstBad).toEqual({ pos: kept + 1, why: 'fork' })
  expect(await database.system((sql) => epochOf(sql, orgId))).toBe(2)
})

test('a ledger that grew over another past is closed, and kept to where both agree', async () => {
  const kept = await headPos()
  await world.write(3)
  await world.sign()
  const signed = await headPos()
  await restoreTo(kept)
  await world.write(8)
  const guard = guardOf()
  await guard.check()
  expect(guard.refusalOf(world.orgId, 'work.move_task')?.message).toContain(
    `Ledger main differs from what was signed at ${signed}.`,
  )
  expect(await accept()).toEqual({ epoch: 2, keptTo: kept, lostTo: signed })
  await world.sign()
  expect(await world.check()).toMatchObject({ ok: true, firstBad: null })
})

test('two restores, one after the other, leave a ledger that verifies', async () => {
  const first = await headPos()
  for (const epoch of [2, 3]) {
    await world.write(6)
    await world.sign()
    await restoreTo(first)
    await guardOf().check()
    expect((await accept()).epoch).toBe(epoch)
  }
  await world.write(2)
  await world.sign()
  expect(await world.check()).toMatchObject({ ok: true, firstBad: null })
  expect(await world.checkBundle()).toMatchObject({ ok: true, firstBad: null })
})

test('what a person had erased is counted, and stays erased after a restore', async () => {
  const { database, orgId, owner, clock, folder } = world
  const journal = erasureJournal(folder)
  const erasure = { principalId: owner.id, content: true, at: clock.now() }
  const count = await database.write(orgId, async (sql) => ({
    value: await eraseAndJournal(sql, orgId, { erasure, journal }),
    tail: [],
  }))
  expect(count).toBeGreaterThanOrEqual(6)
  expect(await world.check()).toMatchObject({ ok: true, erased: count })
  expect(await world.checkBundle()).toMatchObject({ ok: true, erased: count })

  // The backup knows the bodies still: one of them comes back with it.
  await world.tamper((client) =>
    client.query(
      `insert into platform.event_private (org_id, at, event_id, part, owner_id, salt, body)
       select org_id, happened_at, id, 'content', actor, sha256('x'), '{"note": "back"}'
         from platform.ledger where org_id = $1 and actor = $2 order by pos desc limit 1`,
      [orgId, owner.id],
    ),
  )
  expect(await replayErasures(database, journal, orgId)).toBe(1)
  expect(await world.check()).toMatchObject({ ok: true, erased: count })
})

test('erasing one person leaves what is about another, whoever wrote it', async () => {
  const { database, orgId, owner, clock, run } = world
  await run('identity.create_person', { handle: 'ada', name: 'Ada Canary', role: 'member' })
  await world.house.settle()
  const [before] = (await world.ledger())
    .filter(({ parts }) => parts['personal'])
    .filter(({ parts }) => JSON.stringify(parts).includes('Ada Canary'))
  const erase = (principalId: string) =>
    database.write(orgId, async (sql) => ({
      value: await eraseAndJournal(sql, orgId, {
        erasure: { principalId, content: false, at: clock.now() },
        journal: erasureJournal(world.folder),
      }),
      tail: [],
    }))
  await erase(owner.id)
  expect(JSON.stringify(await world.ledger())).toContain('Ada Canary')
  await erase(before?.subject ?? '')
  expect(JSON.stringify(await world.ledger())).not.toContain('Ada Canary')
  expect(await world.check()).toMatchObject({ ok: true })
})
