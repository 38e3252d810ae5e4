import { readFile, stat } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { evidenceWorld, type EvidenceWorld } from '../../../test/attack/ledger-world.ts'
import { UNSIGNED } from './checkpoints.ts'
import { readNote, signersOf } from '../ledger/note.ts'
import { openSigner } from './signing-keys.ts'
import { webhookSink } from './sinks.ts'
import { verifyBundle } from './verify-bundle.ts'

const worlds: EvidenceWorld[] = []
const worldOf = async (...sinks: Parameters<typeof evidenceWorld>) => {
  const world = await evidenceWorld(...sinks)
  worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.checkpoints.stop()
})

const notesOf = async ({ folder, orgId }: EvidenceWorld) => folder.all(orgId)

test('a checkpoint is due after 60 s, and not before', async () => {
  const world = await worldOf()
  await world.write(3)
  await world.checkpoints.turn()
  expect(await notesOf(world)).toHaveLength(1)
  await world.write(2)
  await world.checkpoints.turn()
  expect(await notesOf(world)).toHaveLength(1)
  world.clock.turn(UNSIGNED.ms + 1)
  await world.checkpoints.turn()
  const notes = await notesOf(world)
  expect(notes).toHaveLength(2)
  expect(notes[1]?.size).toBe((await world.ledger()).at(-1)?.pos)
})

test('the end signs what is left, and nothing twice', async () => {
  const world = await worldOf()
  await world.write(2)
  await world.sign()
  await world.write(2)
  await world.checkpoints.stop()
  await world.checkpoints.signAll()
  const sizes = (await notesOf(world)).map(({ size }) => size)
  expect(sizes).toEqual([...new Set(sizes)])
  expect(sizes.at(-1)).toBe((await world.ledger()).at(-1)?.pos)
})

test('the file of notes is for the hub alone', async () => {
  const world = await worldOf()
  await world.write(1)
  await world.sign()
  const file = await world.folder.file(world.orgId, 'notes')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await readFile(file, 'utf8')).endsWith('\n')).toBe(true)
})

test('a webhook that is away holds up nothing and gets the note when it is back', async () => {
  const heard: string[] = []
  let away = true
  const sink = webhookSink('https://notes.example', async (_, { body }) => {
    if (!away) heard.push(body)
    return { status: away ? 503 : 204 }
  })
  const world = await worldOf([sink])
  await world.write(2)
  await world.sign()
  expect(world.checkpoints.facts().sinkFailures).toBeGreaterThan(0)
  expect(await notesOf(world)).toHaveLength(1)
  away = false
  await world.checkpoints.turn()
  expect(heard.map((body) => JSON.parse(body).org)).toContain(world.orgId)
  expect(world.checkpoints.facts().waiting).toBe(0)
})

test('after a change of keys both sign the next note, then the new one alone', async () => {
  const world = await worldOf()
  await world.write(2)
  await world.sign()
  const [old] = world.signer.publicKeys()
  const oldFile = world.signer.keyFile()
  await world.signer.change()
  const fresh = world.signer.publicKeys().at(-1)
  for (const count of [2, 3]) {
    await world.write(count)
    await world.sign()
  }
  const known = world.signer.publicKeys()
  const signers = (await notesOf(world)).map(({ note }) => {
    const parsed = readNote(note)
    return parsed ? (signersOf(parsed, known) ?? []).map((key) => Buffer.from(key)) : []
  })
  expect(signers.slice(-2)).toEqual([[...(signers[0] ?? []), fresh], [fresh]])
  expect(known.some((key) => old && key.equals(old))).toBe(true)
  // Who knows the old key only believes the new one, since the old one has signed beside it.
  expect((await world.checkBundle(oldFile)).ok).toBe(true)
  expect((await world.check()).ok).toBe(true)
  const events = await world.database.system(
    (sql) => sql<{ name: string }>`
      select name from platform.ledger where name = 'platform.signing_key_changed'`,
  )
  expect(events.length).toBeGreaterThanOrEqual(2)
})

test('a signer opened twice has the same keys and the same hub id', async () => {
  const world = await worldOf()
  const again = await openSigner({ ...world.ground, seal: world.seal })
  expect(again.hubId).toBe(world.signer.hubId)
  expect(again.keyFile()).toBe(world.signer.keyFile())
})

test('a part of the ledger is a bundle that begins and ends at checkpoints', async () => {
  const world = await worldOf()
  for (const count of [4, 4, 4]) {
    await world.write(count)
    await world.sign()
  }
  const [first, second] = (await notesOf(world)).map(({ size }) => size)
  const range = { from: (first ?? 0) + 2, to: (second ?? 0) - 1, private: true }
  const verdict = await verifyBundle(await world.bundle(range), { key: world.signer.keyFile() })
  expect(verdict).toMatchObject({ ok: true, from: (first ?? 0) + 1, to: second, signedTo: second })
})

test('a ledger that contradicts what was signed is not signed', async () => {
  const world = await worldOf()
  await world.write(4)
  await world.tamper((client) =>
    client.query('delete from platform.ledger where org_id = $1 and pos = 2', [world.orgId]),
  )
  await world.checkpoints.sign(world.orgId)
  expect(await notesOf(world)).toEqual([])
  expect(world.failures).not.toEqual([])
})
