import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import type { IdentityNeeds } from './ports.ts'

/** Recomputes the sealed record of the organisation. */
export const verifyLedger = operation<IdentityNeeds>()({
  name: 'identity.verify_ledger',
  about: 'Recompute the ledger of the organisation and name the first position that does not fit.',
  input: z.strictObject({}),
  output: z.object({
    ok: z.boolean(),
    from: z.int(),
    to: z.int(),
    firstBad: z.object({ pos: z.int(), why: z.string() }).nullable(),
  }),
  access: 'ledger:read',
  effect: 'read',
  http: 'GET /ledger/verify',
  mcp: null,
  orgWide: true,
  say: ({ ok, from, to, firstBad }) =>
    ok
      ? `The ledger is whole: positions ${from} to ${to}.`
      : `The ledger does not fit at position ${firstBad?.pos}: ${firstBad?.why}.`,
  run: (_, { ledger }) => ledger.verify(),
})
