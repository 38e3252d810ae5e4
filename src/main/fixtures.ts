import type { Machine } from '../agents/room.ts'
import type { SignInOptions } from '../identity/room.ts'
import type { ErasureJournal } from '../platform/evidence/erasure.ts'
import type { Keyring } from '../platform/keyring/keyring.ts'
import type { Limits } from '../platform/limits/limits.ts'
import type { Scrubber } from '../platform/scrub/scrubber.ts'
import type { ToolHub } from '../tools/room.ts'
import type { Trust } from '../platform/evidence/verify-evidence.ts'

/** Goes out of the hub: the shape of the standard `fetch`. */
export type GoOut = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What a running hub gives its rooms besides a database; lists of operations do without. */
export type Fixtures = Readonly<{
  keyring: Keyring
  scrubber: Scrubber
  /** Counts calls against limits, and tells what is left of them. */
  limits: Limits
  /** What verifications of the ledger believe besides the database; `null`: nothing. */
  trust: () => Trust | null
  /** Remembers erasures beside the signed notes, for the day a backup is put back. */
  journal: ErasureJournal | null
  signIn: Omit<SignInOptions, 'seal'>
  /** The one way out. */
  goOut: GoOut
  /** What the machine has besides the hub. */
  machine: Machine
  /** The hub of tools. */
  tools: ToolHub
  /** Refuses an address that the hub may never call, when a setting is saved. */
  checkTarget: (url: string) => void
  /** Tells whether plain http may be spoken with an address: only where the administrator says. */
  isPlain: (address: string) => boolean
}>
