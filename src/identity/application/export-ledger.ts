import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { IdentityNeeds } from './ports.ts'

const POS_MAX = 2 ** 52
const Position = z.int().min(1).max(POS_MAX)

/** What an export of the ledger was opened for. */
export const LedgerExportOpened = z.object({
  format: z.enum(['bundle', 'jsonl', 'ocsf']),
  from: z.int(),
  to: z.int().nullable(),
  private: z.boolean(),
  mask: z.boolean(),
})

/** Asks for the right to the ledger; the lines themselves are a stream. */
export const exportLedger = operation<IdentityNeeds>()({
  name: 'identity.export_ledger',
  about: 'Stream the ledger: as a bundle that verifies offline, as JSON lines, or as OCSF records.',
  input: z.strictObject({
    format: LedgerExportOpened.shape.format.default('bundle'),
    from: Position.default(1).describe('First position'),
    to: Position.optional().describe('Last position; left out: the newest'),
    private: z.boolean().default(false).describe('With the erasable parts: names, mail, texts'),
    mask: z
      .boolean()
      .default(false)
      .describe('Mask personal data; names in free text are not found'),
  }),
  output: LedgerExportOpened,
  access: 'ledger:export',
  effect: 'read',
  http: 'GET /ledger/export',
  streamed: true,
  mcp: null,
  orgWide: true,
  sensitive: true,
  fresh: true,
  limit: 'export',
  async run({ format, from, to = null, private: withParts, mask }, { ledger }) {
    if (mask && format === 'bundle') throw notMasked()
    await ledger.reaches(from)
    return { format, from, to, private: withParts && format !== 'ocsf', mask }
  },
})

const notMasked = () => {
  const message = 'A bundle that is masked does not verify; take the format jsonl or ocsf.'
  return refuse('invalid', 'identity.bundle_not_masked', message, { field: 'mask' })
}
