import { z } from 'zod'
import { event } from '../../kernel/event.ts'

/** A ledger goes on after a restore: what stood behind `keptTo` and was signed is lost. */
export const LedgerRestored = event(
  'platform.ledger_restored',
  'orgId',
  z.object({
    orgId: z.uuid(),
    /** The epoch that begins. */
    epoch: z.int(),
    keptTo: z.int(),
    lostTo: z.int(),
    /** The root of the newest checkpoint of what is lost, in hex. */
    lostHash: z.string(),
  }),
)

/** Old months of a ledger were taken out, after they were written to a file. */
export const LedgerDropped = event(
  'platform.ledger_dropped',
  'orgId',
  z.object({
    orgId: z.uuid(),
    from: z.int(),
    to: z.int(),
    /** The month, `202611`. */
    month: z.string(),
    /** SHA-256 of the file, in hex. */
    sha256: z.string(),
  }),
)

/** Another key signs the checkpoints from now on; the next of each ledger carries both. */
export const SigningKeyChanged = event(
  'platform.signing_key_changed',
  'keyId',
  z.object({
    keyId: z.uuid(),
    publicKey: z.string(),
    retiredKeyId: z.uuid().nullable(),
  }),
)
