import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { systemActor } from '../../src/kernel/actor.ts'
import type { Keyring } from '../../src/platform/keyring/keyring.ts'
import { advance, ROTATION_STATES, startRotation } from '../../src/tools/domain/rotation.ts'
import { openVault, organisation, rootText, type VaultHub, writing } from './vault-house.ts'

const root = rootText()
const Stated = z.looseObject({ state: z.string().nullable(), id: z.string().default('') })
type Org = Awaited<ReturnType<typeof organisation>>

/** Runs one batch, as the schedule does. */
const batch = async (hub: VaultHub, orgId: string) => {
  const operation = hub.house.pipeline.operations.get('tools.continue_rotation')
  if (!operation) throw new Error('There is no rotation.')
  const asked = { actor: systemActor(orgId), door: 'job' } as const
  return Stated.parse((await hub.house.pipeline.run(operation, {}, asked)).output)
}

const untilEnd = async (hub: VaultHub, orgId: string) => {
  const states: (string | null)[] = []
  for (let turn = 0; turn < 100; turn += 1) {
    const { state } = await batch(hub, orgId)
    if (state === null) return states
    states.push(state)
  }
  throw new Error(`The rotation does not end: ${states.join(' ')}`)
}

const withSecrets = async (hub: VaultHub, count: number) => {
  const org = await organisation(hub)
  for (let at = 0; at < count; at += 1) {
    await org.run('tools.create_secret', { name: `s${at}`, value: `value ${at} of the secrets` })
  }
  return org
}

const keysOf = async ({ database }: VaultHub, orgId: string) =>
  (
    await database.read(orgId)<{ state: string; gone: boolean }>`
      select state, wrapped is null as gone from platform.org_kek
       where org_id = ${orgId} order by number`
  ).map(({ state, gone }) => (gone ? `${state} gone` : state))

const keksInUse = async ({ database }: VaultHub, orgId: string) =>
  (
    await database.read(orgId)<{ kek: string }>`
      select distinct split_part(sealed, '.', 3) as kek from tools.secret_version
       where org_id = ${orgId} and sealed is not null
      union select split_part(sealed, '.', 3) from platform.org_fingerprint
       where org_id = ${orgId}`
  ).map(({ kek }) => kek)

const expectAllOpen = async ({ run }: Org, count: number) => {
  for (let at = 0; at < count; at += 1) {
    expect(await run('tools.test_secret', { name: `s${at}` })).toMatchObject({ ok: true })
  }
}

test('a rotation moves everything under a new key and destroys the old one', async () => {
  const hub = await openVault({ root, batchRows: 3 })
  const org = await withSecrets(hub, 7)
  const before = await keksInUse(hub, org.orgId)
  const started = await org.run('tools.rotate_keys')
  expect(started).toMatchObject({ state: 'pending', total: 0 })
  expect((await org.refused('tools.rotate_keys')).code).toBe('tools.rotation_under_way')
  const states = await untilEnd(hub, org.orgId)
  expect(states).toEqual([
    'running',
    ...['running', 'running', 'verifying'],
    ...['verifying', 'verifying', 'done'],
  ])
  expect(await org.run('tools.get_rotation', { id: started.id })).toMatchObject({
    ...{ state: 'done', total: 8, moved: 8, verified: 8, destroyed: 1, keptFor: [], why: null },
  })
  expect(await keysOf(hub, org.orgId)).toEqual(['dead gone', 'active'])
  const after = await keksInUse(hub, org.orgId)
  expect([after.length, after.some((kek) => before.includes(kek))]).toEqual([1, false])
  await expectAllOpen(org, 7)
  const events = (await org.ledger()).filter(({ name }) => name.startsWith('tools.rotation_'))
  expect(events.map(({ name, data }) => [name, data['outcome']])).toEqual([
    ['tools.rotation_started', undefined],
    ['tools.rotation_finished', 'done'],
  ])
})

/** Makes every call of the keyring and of its source fail once, one after the other. */
const faulty =
  (faults: { calls: number; failAt: number }) =>
  (keyring: Keyring): Keyring => {
    const step = () => {
      faults.calls += 1
      if (faults.calls === faults.failAt) throw new Error('The process is gone.')
    }
    const { source } = keyring
    return {
      ...keyring,
      source: {
        ...source,
        read(...given) {
          step()
          return source.read(...given)
        },
        async write(...given) {
          step()
          await source.write(...given)
          step()
        },
        count(...given) {
          step()
          return source.count(...given)
        },
      },
      async draft(orgId) {
        step()
        return keyring.draft(orgId)
      },
      async turn(sql, orgId, fresh) {
        const done = await keyring.turn(sql, orgId, fresh)
        step()
        return done
      },
      async rewrap(sql, orgId, rows) {
        const moved = await keyring.rewrap(sql, orgId, rows)
        step()
        return moved
      },
      async destroy(sql, orgId, what) {
        const done = await keyring.destroy(sql, orgId, what)
        step()
        return done
      },
      async open(...given) {
        step()
        return keyring.open(...given)
      },
    }
  }

test('a rotation that is interrupted anywhere goes on from there, and loses nothing', async () => {
  const faults = { calls: 0, failAt: 0 }
  const hub = await openVault({ root, batchRows: 2, keyring: faulty(faults) })
  const calm = await openVault({ root, batchRows: 2 })
  const { orgId, ...org } = await withSecrets(calm, 3)
  let interrupted = 0
  for (faults.failAt = 1; faults.failAt < 60; faults.failAt += 1) {
    const { id } = await (await sameOrg(hub, { orgId, ...org })).run('tools.rotate_keys')
    faults.calls = 0
    const failed = await untilEnd(hub, orgId).then(
      () => false,
      (error: unknown) => String(error).includes('The process is gone.'),
    )
    if (failed) interrupted += 1
    // Another process goes on with it: it knows nothing of the first.
    const other = await openVault({ root, batchRows: 2 })
    await untilEnd(other, orgId)
    expect(await org.run('tools.get_rotation', { id })).toMatchObject({
      ...{ state: 'done', moved: 4, destroyed: 1, keptFor: [] },
    })
    await expectAllOpen({ orgId, ...org }, 3)
    expect(await keksInUse(other, orgId)).toHaveLength(1)
    if (!failed) break
  }
  expect(interrupted).toBeGreaterThan(15)
})

test('a rotation goes on after the process that ran it was killed', async () => {
  const hub = await openVault({ root, batchRows: 50 })
  const org = await withSecrets(hub, 30)
  const { id } = await org.run('tools.rotate_keys')
  const given = JSON.stringify({ target: hub.target, root, orgId: org.orgId })
  const child = spawn(process.execPath, ['test/attack/vault-rotator.ts', given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let lines = 0
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'running' || line === 'verifying') lines += 1
    if (lines === 20) child.kill('SIGKILL')
  }
  expect(await ended).toEqual([null, 'SIGKILL'])
  const left = await org.run('tools.get_rotation', { id })
  expect(['running', 'verifying']).toContain(left.state)
  expect(left.moved).toBeGreaterThanOrEqual(19)
  await untilEnd(hub, org.orgId)
  const done = { state: 'done', moved: 31, verified: 31, destroyed: 1 }
  expect(await org.run('tools.get_rotation', { id })).toMatchObject(done)
  await expectAllOpen(org, 30)
})

/** The same organisation through another hub. */
const sameOrg = async (hub: VaultHub, org: Org) => ({
  async run(name: string) {
    const operation = hub.house.pipeline.operations.get(name)
    if (!operation) throw new Error(`There is no operation ${name}.`)
    const answer = await hub.house.pipeline.run(operation, {}, { actor: org.owner, door: 'http' })
    return Stated.parse(answer.output)
  },
})

test('secrets that are stored and replaced while a rotation runs are not lost', async () => {
  const hub = await openVault({ root, batchRows: 1 })
  const org = await withSecrets(hub, 6)
  const { id } = await org.run('tools.rotate_keys')
  for (let at = 0; at < 40; at += 1) {
    const work: Promise<unknown>[] = [batch(hub, org.orgId)]
    if (at < 6) {
      work.push(org.run('tools.replace_secret', { name: `s${at}`, value: `newer ${at}` }))
      work.push(org.run('tools.create_secret', { name: `s${at + 6}`, value: `late ${at}` }))
    }
    await Promise.all(work)
    if ((await org.run('tools.get_rotation', { id })).state === 'done') break
  }
  expect(await org.run('tools.get_rotation', { id })).toMatchObject({ state: 'done', destroyed: 1 })
  await expectAllOpen(org, 12)
})

test('a seal that is under way when the key turns is waited for', async () => {
  const hub = await openVault({ root })
  const { database, keyring } = hub
  const org = await withSecrets(hub, 1)
  const place = { orgId: org.orgId, secret: hub.newId(), field: 'value', version: 1 }
  const order: string[] = []
  let turned: Promise<unknown> = Promise.resolve()
  await writing(database, org.orgId, async (sql) => {
    await keyring.seal(sql, place, Buffer.of(1))
    const fresh = await keyring.draft(org.orgId)
    turned = writing(database, org.orgId, async (other) => {
      await keyring.turn(other, org.orgId, fresh)
      order.push('turned')
    })
    await waiting(hub)
    order.push('sealed')
  })
  await turned
  expect(order).toEqual(['sealed', 'turned'])
})

/** Waits until a statement of this database waits for a lock. */
const waiting = async ({ database }: VaultHub) => {
  const until = Date.now() + 10_000
  while (Date.now() < until) {
    const found = await database.system(
      (sql) => sql`select 1 from pg_locks where not granted and pid <> pg_backend_pid()`,
    )
    if (found.length > 0) return
  }
  throw new Error('Nobody waits for the key.')
}

test('an old key stays while something may be sealed under it that nobody can move', async () => {
  const hub = await openVault({ root })
  const org = await withSecrets(hub, 2)
  const place = { orgId: org.orgId, secret: hub.newId(), field: 'totp', version: 1 }
  const text = await writing(hub.database, org.orgId, (sql) =>
    hub.keyring.seal(sql, place, Buffer.from('kept elsewhere')),
  )
  const { id } = await org.run('tools.rotate_keys')
  await untilEnd(hub, org.orgId)
  expect(await org.run('tools.get_rotation', { id })).toMatchObject({
    ...{ state: 'done', destroyed: 0, keptFor: ['totp'] },
  })
  const opened = await hub.keyring.open(hub.database.read(org.orgId), place, text)
  expect(Buffer.from(opened).toString()).toBe('kept elsewhere')
})

test('a value that does not open fails the rotation, and the others still open', async () => {
  const hub = await openVault({ root, batchRows: 2 })
  const org = await withSecrets(hub, 5)
  await writing(hub.database, org.orgId, async (sql) => {
    await sql`
      update tools.secret_version
         set sealed = overlay(sealed placing 'AAAAAAAA' from 60 for 8)
       where org_id = ${org.orgId} and secret_id = (
         select id from tools.secret where org_id = ${org.orgId} and name = 's3')`
  })
  const { id } = await org.run('tools.rotate_keys')
  await untilEnd(hub, org.orgId)
  const failed = { state: 'failed', why: 'broken_value', destroyed: 0 }
  expect(await org.run('tools.get_rotation', { id })).toMatchObject(failed)
  for (const name of ['s0', 's1', 's2', 's4']) {
    expect(await org.run('tools.test_secret', { name })).toMatchObject({ ok: true })
  }
  await org.run('tools.replace_secret', { name: 's3', value: 'mended' })
  const again = await org.run('tools.rotate_keys')
  await untilEnd(hub, org.orgId)
  const done = { state: 'done', destroyed: 2 }
  expect(await org.run('tools.get_rotation', { id: again.id })).toMatchObject(done)
  await expectAllOpen(org, 5)
})

test('a rotation takes each step in its state only, and ends once', () => {
  const pending = startRotation({ id: 'r', startedBy: 'p', startedAt: 0 })
  const turned = { kind: 'turned', oldKeys: ['k'], total: 1 } as const
  const moved = { kind: 'moved', count: 1, next: null } as const
  const verified = { kind: 'verified', count: 1, next: { source: 0, after: 'a' } } as const
  const closed = { kind: 'closed', count: 2, destroyed: 1, keptFor: [], now: 9 } as const
  const failed = { kind: 'failed', why: 'left_over', now: 9 } as const
  const running = advance(pending, turned)
  const verifying = advance(running, moved)
  const done = advance(advance(verifying, verified), closed)
  expect([running.state, verifying.state, done.state]).toEqual(['running', 'verifying', 'done'])
  expect(done).toMatchObject({ moved: 1, verified: 3, destroyed: 1, finishedAt: 9, version: 5 })
  const states = { pending, running, verifying, done, failed: advance(running, failed) }
  const allowed = ROTATION_STATES.map((state) =>
    [turned, moved, verified, closed, failed].map((step) => {
      try {
        return advance(states[state], step).state
      } catch {
        return 'refuse'
      }
    }),
  )
  const no = 'refuse'
  expect(allowed).toEqual([
    ['running', no, no, no, 'failed'],
    [no, 'verifying', no, no, 'failed'],
    [no, no, 'verifying', 'done', 'failed'],
    [no, no, no, no, no],
    [no, no, no, no, no],
  ])
})
