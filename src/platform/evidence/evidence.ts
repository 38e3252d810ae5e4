import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NewId, Random } from '../../kernel/id.ts'
import type { Database } from '../database.ts'
import type { Seal } from '../keyring/seal.ts'
import type { Lease } from '../ledger/lease.ts'
import { type Checkpoints, startCheckpoints } from './checkpoints.ts'
import { type ErasureJournal, erasureJournal, replayErasures } from './erasure.ts'
import { notesFolder } from './notes-file.ts'
import { type RestoreGuard, restoreGuard } from './restore.ts'
import { openSigner, type Signer } from './signing-keys.ts'
import { fileSink, type Sink } from './sinks.ts'
import type { Trust } from './verify-evidence.ts'

/** What the evidence of a hub is made with. */
export type EvidenceOptions = Readonly<{
  database: Database
  seal: Seal
  /** The folder of notes, erasures and public keys: `$GUILDHALL_HOME/checkpoints`. */
  folder: string
  now: () => number
  newId: NewId
  random: Random
  /** Gives the name of an organisation that people know. */
  nameOf: (orgId: string) => Promise<string>
  /** Where notes go besides the folder. */
  sinks?: readonly Sink[]
  lease?: Pick<Lease, 'hold'>
  failed: (error: unknown) => void
}>

/** The evidence of a running hub. */
export type Evidence = Readonly<{
  signer: Signer
  guard: RestoreGuard
  journal: ErasureJournal
  /** What verifications believe besides the database. */
  trust(): Trust
  /** Starts to sign; after this, on demand too. */
  start(): Checkpoints
  /** Takes another signing key and writes the file of public keys anew. */
  changeKey(): Promise<void>
}>

/** The file of public keys in the folder: what `ledger verify --key` is given. */
export const KEY_FILE = 'hub.keys'

/**
 * Opens the keys and compares every ledger with what was signed; before anything is sealed, so that
 * a restored database is found as it came.
 */
export const openEvidence = async (options: EvidenceOptions): Promise<Evidence> => {
  const { database, now, failed } = options
  const signer = await openSigner(options)
  const folder = notesFolder(options.folder)
  const journal = erasureJournal(folder)
  const guard = restoreGuard({
    database,
    folder,
    hubId: signer.hubId,
    now,
    nameOf: options.nameOf,
    replay: (orgId) => replayErasures(database, journal, orgId),
  })
  const writeKeys = async () => {
    await folder.make()
    await writeFile(join(options.folder, KEY_FILE), signer.keyFile(), { mode: 0o644 })
  }
  await guard.check()
  await writeKeys()
  return {
    signer,
    guard,
    journal,
    trust: () => ({ keys: signer.publicKeys(), outside: folder.all }),
    start: () =>
      startCheckpoints({
        database,
        signer,
        sinks: [fileSink(folder), ...(options.sinks ?? [])],
        now,
        failed,
        closed: guard.closed,
        ...(options.lease && { lease: options.lease }),
      }),
    async changeKey() {
      await signer.change()
      await writeKeys()
    },
  }
}
