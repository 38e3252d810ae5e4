import { expect, test } from 'vitest'
import { z } from 'zod'
import { isRecord } from '../../src/interface/http/input.ts'
import type { Actor } from '../../src/kernel/actor.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { replayErasures } from '../../src/platform/evidence/erasure.ts'
import { ledgerLines } from '../../src/platform/evidence/export-lines.ts'
import { sampleOf } from './samples.ts'
import { crawled, textsOf } from './subject-crawl.ts'
import { newJournal, PERSONAL, seeded, type Subject, subjectHouse, TEXT } from './subject-house.ts'

/** What an answer says that names somebody. */
const found = (text: string, canaries: readonly string[]): readonly string[] =>
  canaries.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()))

/** Reads everything that another person may read: every read, with names that are there. */
const readAll = async (
  world: Subject,
  reader: Actor,
): Promise<Readonly<{ text: string; ok: number }>> => {
  const names: Readonly<Record<string, unknown>> = {
    ...{ key: 'GH-1', project: 'GH', handle: world.handle(), at: 'GH', to: 'GH', id: 'GH' },
    ...{ keys: 'GH-1', agent: 'bot', place: 'GH' },
  }
  let text = ''
  let ok = 0
  for (const operation of world.house.pipeline.operations.values()) {
    if (operation.effect !== 'read' || operation.internal || operation.open) continue
    const schema: unknown = z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' })
    if (!isRecord(schema)) continue
    const input = sampleOf(schema, { source: ({ name }) => names[name] })
    try {
      const answer = await world.house.pipeline.run(operation, input, {
        actor: reader,
        door: 'http',
      })
      text += `${JSON.stringify(answer.output)}\n${answer.text()}\n`
      ok += 1
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      text += `${error.message} ${JSON.stringify(error.details)}\n`
    }
  }
  return { text, ok }
}

const linesOf = async (lines: AsyncIterable<string>): Promise<string> => {
  let text = ''
  for await (const line of lines) text += line
  return text
}

/** Opens every export there is. */
const exportsOf = async (world: Subject): Promise<string> => {
  const { hall, pipeline } = world.house
  let text = ''
  for (const [name, input] of [
    ['work.open_export', {}],
    ['identity.export_subject', { handle: world.handle() }],
    ['identity.export_ledger', { format: 'jsonl', private: true }],
    ['identity.export_ledger', { format: 'bundle', private: true }],
    ['identity.export_ledger', { format: 'ocsf' }],
  ] as const) {
    const operation = pipeline.operations.get(name)
    if (!operation) throw new Error(`There is no ${name}.`)
    const { output } = await pipeline.run(operation, input, { actor: world.owner, door: 'http' })
    text += await linesOf(hall.lines(operation, output, world.owner))
  }
  return text
}

/** Counts what is about the person and does not say so: digests, and what is sealed. */
const waiting = ({ database, orgId }: Subject) =>
  database.read(orgId).one<Readonly<{ devices: number; mails: number }>>`
    select (select count(*)::int from platform.known_device where org_id = ${orgId}) as devices,
           (select count(*)::int from identity.mail
             where org_id = ${orgId} and sealed is not null) as mails`

const TABLES_WITH_NAMES = 6

test('what is erased of a person is nowhere any more, and the ledger still verifies', async () => {
  const world = await seeded()
  const before = await crawled(world, [...PERSONAL, ...TEXT])
  // The seed has reached the tables; else their silence afterwards would say nothing.
  expect(new Set(before.map(({ table }) => table)).size).toBeGreaterThan(TABLES_WITH_NAMES)
  expect(found(before.map(({ canary }) => canary).join(' '), PERSONAL)).toEqual(PERSONAL)
  const readBefore = await readAll(world, world.owner)
  expect(found(readBefore.text, PERSONAL).length).toBeGreaterThan(2)
  expect(readBefore.ok).toBeGreaterThan(25)
  const told = await exportsOf(world)
  expect(found(told, PERSONAL)).toEqual(PERSONAL)
  expect(found(told, TEXT)).toEqual(TEXT)

  expect(await waiting(world)).toEqual({ devices: 1, mails: 1 })

  const erased = await world.erase()
  expect(await waiting(world)).toEqual({ devices: 0, mails: 0 })
  expect(erased).toMatchObject({ name: 'Former member', agents: ['bot'] })
  expect(erased.handle).toMatch(/^former-[0-9a-f]{6}$/)
  await world.house.settle()

  expect((await crawled(world, PERSONAL)).map(textsOf)).toEqual([])
  expect(found((await readAll(world, world.owner)).text, PERSONAL)).toEqual([])
  expect(found(await exportsOf(world), PERSONAL)).toEqual([])
  expect(found(world.log.join('\n'), [...PERSONAL, ...TEXT])).toEqual([])
  const verdict = await world.run('identity.verify_ledger')
  expect(verdict).toMatchObject({ ok: true, erased: erased.parts })
})

test('what they wrote stays as of a former member, until that is erased, too', async () => {
  const world = await seeded()
  const first = await world.erase()
  expect(await world.run('work.get_task', { key: 'GH-1' })).toMatchObject({
    title: 'canary-title',
    createdBy: first.handle,
  })
  expect(await world.run('work.list_comments', { key: 'GH-1' })).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({ author: first.handle, body: 'canary-comment' }),
    ]),
  })
  await readAll(world, world.owner)

  const again = await world.erase({ content: true })
  expect(again.handle).toBe(first.handle)
  await world.house.settle()
  expect((await crawled(world, [...PERSONAL, ...TEXT])).map(textsOf)).toEqual([])
  expect(found((await readAll(world, world.owner)).text, [...PERSONAL, ...TEXT])).toEqual([])
  expect(found(await exportsOf(world), [...PERSONAL, ...TEXT])).toEqual([])
  expect(await world.run('work.get_task', { key: 'GH-1' })).toMatchObject({
    title: '[erased]',
    body: '[erased]',
  })
  expect(await world.run('identity.verify_ledger')).toMatchObject({ ok: true })
})

test('nobody gets in as a former member, and their agents stop', async () => {
  const world = await seeded()
  const agent = await world.house.hall.authenticate(world.agentKey)
  await world.erase()
  for (const credential of [world.key, world.agentKey]) {
    await expect(world.house.hall.authenticate(credential)).rejects.toThrow(Refusal)
  }
  await expect(world.house.hall.authenticate(world.session, { cookie: true })).rejects.toThrow(
    Refusal,
  )
  expect(await world.refused('work.next_task', {}, agent)).toBeDefined()
  expect(await world.outcome('identity.activate_principal', { handle: world.handle() })).toBe(
    'identity.principal_removed',
  )
})

test('an erasure that breaks off has done nothing, and the next one does it all', async () => {
  const world = await seeded({ breaks: 'room' })
  const before = await crawled(world, PERSONAL)
  await expect(world.erase()).rejects.toThrow('The machine is gone.')
  expect((await crawled(world, PERSONAL)).length).toBe(before.length)
  expect(await world.journal.all(world.orgId)).toEqual([])
  await world.house.hall.authenticate(world.key)
  const erased = await world.erase()
  expect(erased.parts).toBeGreaterThan(0)
  expect((await crawled(world, PERSONAL)).map(textsOf)).toEqual([])
})

test('what the journal knows of an erasure that broke off, the next one makes good', async () => {
  const world = await seeded({ breaks: 'journal' })
  await expect(world.erase()).rejects.toThrow('The machine is gone.')
  const [entry] = await world.journal.all(world.orgId)
  expect(entry).toMatchObject({ content: false })
  expect(JSON.stringify(entry)).not.toMatch(/canar/i)
  await world.house.settle()
  expect(await replayErasures(world.database, world.journal, world.orgId)).toBeGreaterThan(0)
  await world.erase()
  expect((await crawled(world, PERSONAL)).map(textsOf)).toEqual([])
  expect(await world.run('identity.verify_ledger')).toMatchObject({ ok: true })
})

test('who is under hold is not erased, and the hold is recorded with its reason', async () => {
  const world = await seeded()
  const { handle } = world
  expect(await world.outcome('identity.set_legal_hold', { handle: handle() })).toBe(
    'identity.reason_missing',
  )
  await world.run('identity.set_legal_hold', { handle: handle(), reason: 'case 12' })
  expect(await world.outcome('identity.erase_subject', world.confirmed())).toBe(
    'identity.under_hold',
  )
  await world.run('identity.set_legal_hold', { handle: handle(), hold: false })
  await world.erase()
  expect((await crawled(world, ['case 12'])).map(textsOf)).toEqual([])
})

test('the last owner, agents and the unconfirmed are not erased', async () => {
  const world = await seeded()
  const { handle } = world.owner
  const outcome = (input: object, as?: Actor) => world.outcome('identity.erase_subject', input, as)
  expect(await outcome({ handle, confirm: handle })).toBe('identity.last_owner')
  expect(await outcome({ handle: 'bot', confirm: 'bot' })).toBe('identity.not_a_person')
  expect(await outcome({ handle: world.handle(), confirm: 'bot' })).toBe('identity.not_confirmed')
  expect(await outcome(world.confirmed(), await world.member())).toBe('identity.not_allowed')
  // An admin holds less than an owner, and cannot erase one.
  await world.run('identity.give_role', { handle: 'bob', role: 'owner' })
  const bob = { handle: 'bob', confirm: 'bob' }
  expect(await outcome(bob, world.person)).toBe('identity.more_than_you_have')
})

test('one may have what is kept of oneself; that of others needs the permission', async () => {
  const world = await seeded()
  const bob = await world.member()
  const ask = (handle: string, as: Actor) =>
    world.outcome('identity.export_subject', { handle }, as)
  expect(await ask('bob', bob)).toBe('ok')
  expect(await ask(world.handle(), bob)).toBe('identity.not_allowed')
  expect(await ask('nobody-here', bob)).toBe('identity.not_allowed')
  expect(await ask('nobody-here', world.owner)).toBe('platform.not_found')
  const cut = { ...bob, scopes: new Set(['task:read']) }
  expect(await ask('bob', cut)).toBe('identity.not_allowed')
  const reads = (await world.ledger()).filter(
    ({ name, data }) =>
      name === 'platform.sensitive_read' && data['operation'] === 'identity.export_subject',
  )
  expect(reads.length).toBeGreaterThan(0)
})

test('an export of a person holds no secret', async () => {
  const world = await seeded()
  const told = await exportsOf(world)
  for (const secret of [world.key, world.session, world.password]) {
    expect(told).not.toContain(secret)
    expect(told).not.toContain(secret.slice(-16))
  }
  expect(told).not.toMatch(/\$argon2|secret_sha256|guild_[asp]_\w{8}_\w{22}_/)
})

test('a masked export shows no address, and a bundle is never masked', async () => {
  const world = await seeded()
  const { orgId, database } = world
  for (const format of ['jsonl', 'ocsf'] as const) {
    const text = await database.snapshot(orgId, (sql) =>
      linesOf(
        ledgerLines({ sql, orgId }, { format, from: 1, to: null, private: true, mask: true }),
      ),
    )
    expect(found(text, PERSONAL)).toEqual([])
    expect(text.length).toBeGreaterThan(1_000)
  }
  expect(await world.outcome('identity.export_ledger', { format: 'bundle', mask: true })).toBe(
    'identity.bundle_not_masked',
  )
})

test('the journal of a house lies beside its notes and holds ids only', async () => {
  const journal = await newJournal()
  const world = await seeded({ house: await subjectHouse({ journal }) })
  const id = world.person.id
  await world.erase()
  const entries = await journal.all(world.orgId)
  expect(entries.map(({ principalId }) => principalId)).toContain(id)
  // The invitation was made before anybody knew whose it would be.
  expect(entries.length).toBeGreaterThan(1)
})
