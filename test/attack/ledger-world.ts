import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'pg'
import { afterAll } from 'vitest'
import { idMaker } from '../../src/kernel/id.ts'
import { bundleLines, type ExportRange } from '../../src/platform/evidence/bundle.ts'
import { startCheckpoints } from '../../src/platform/evidence/checkpoints.ts'
import { notesFolder } from '../../src/platform/evidence/notes-file.ts'
import { openSigner } from '../../src/platform/evidence/signing-keys.ts'
import { fileSink, type Sink } from '../../src/platform/evidence/sinks.ts'
import { verifyBundle } from '../../src/platform/evidence/verify-bundle.ts'
import { verifyEvidence } from '../../src/platform/evidence/verify-evidence.ts'
import type { Seal } from '../../src/platform/keyring/seal.ts'
import { bench } from '../bench.ts'
import { probeHouse } from '../probe.ts'
import { asAdmin } from '../server.ts'

/** A seal of this file's own: AES-256-GCM under one key, bound to its place. */
export const testSeal = (key = randomBytes(32)): Seal => ({
  async seal(_, place, plain) {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    cipher.setAAD(Buffer.from(JSON.stringify(place)))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
  },
  async open(_, place, sealed) {
    const bytes = Buffer.from(sealed, 'base64url')
    const opener = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    opener.setAAD(Buffer.from(JSON.stringify(place)))
    opener.setAuthTag(bytes.subarray(12, 28))
    return Buffer.concat([opener.update(bytes.subarray(28)), opener.final()])
  },
})

const seal = testSeal()

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

/** Makes a folder that is gone when the tests of the file are done. */
export const testFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-evidence-'))
  folders.push(folder)
  return folder
}

/** An organisation with a signed ledger, and the hands of the owner of its database. */
export const evidenceWorld = async (sinks: readonly Sink[] = []) => {
  const world = await bench()
  const { database, clock, orgId, target, house } = world
  const probe = await probeHouse()
  const random = (bytes: Uint8Array) => randomFillSync(bytes)
  const ground = { database, now: clock.now, newId: idMaker(clock.now, random), random }
  const signer = await openSigner({ ...ground, seal })
  const folder = notesFolder(await testFolder())
  const failures: unknown[] = []
  const checkpoints = startCheckpoints({
    database,
    signer,
    sinks: [fileSink(folder), ...sinks],
    now: clock.now,
    failed: (error) => failures.push(error),
  })
  /** Writes events with erasable content; each is one of three things. */
  const write = async (count: number) => {
    for (let number = 1; number <= count; number++) {
      const input = { name: `thing ${number % 3}`, number, note: `note ${number}` }
      await probe.run('probe.set_thing', input, { actor: world.owner })
    }
    await house.settle()
  }
  const sign = async () => {
    await checkpoints.sign(orgId)
    await checkpoints.turn()
  }
  const check = (outside = true) =>
    verifyEvidence(database.read(orgId), orgId, {
      keys: signer.publicKeys(),
      outside: outside ? folder.all : async () => [],
    })
  const bundle = (range: ExportRange = { from: 1, to: null, private: true }): Promise<string[]> =>
    database.snapshot(orgId, async (sql) => {
      const lines: string[] = []
      for await (const line of bundleLines(sql, orgId, range)) lines.push(line)
      return lines
    })
  const checkBundle = async (key: string | undefined = signer.keyFile()) =>
    verifyBundle(await bundle(), { key })
  /** Tampers as the owner of the database could: neither policies nor rights are in the way. */
  const tamper = (run: (client: Client) => Promise<unknown>) =>
    asAdmin(target, async (client) => {
      const tables = ['ledger', 'ledger_head', 'event_private', 'ledger_checkpoint', 'ledger_epoch']
      for (const table of tables) {
        await client.query(`alter table platform.${table} no force row level security`)
      }
      try {
        await run(client)
      } finally {
        for (const table of tables) {
          await client.query(`alter table platform.${table} force row level security`)
        }
      }
    })
  const more = { signer, folder, checkpoints, failures, write, sign, check, bundle, checkBundle }
  return { ...world, ...more, tamper, seal, ground }
}

/** What `evidenceWorld` gives. */
export type EvidenceWorld = Awaited<ReturnType<typeof evidenceWorld>>
