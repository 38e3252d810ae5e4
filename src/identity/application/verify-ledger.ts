import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import type { IdentityNeeds } from './ports.ts'

const Range = z.object({ from: z.int(), to: z.int() })

/** Recomputes the sealed record of the organisation. */
export const verifyLedger = operation<IdentityNeeds>()({
  name: 'identity.verify_ledger',
  about:
    'Recompute the ledger, compare it with its signed checkpoints, and name what does not fit.',
  input: z.strictObject({}),
  output: z.object({
    ok: z.boolean(),
    from: z.int(),
    to: z.int(),
    signedTo: z.int(),
    unsealed: z.int(),
    erased: z.int().nullable(),
    lost: z.array(Range),
    firstBad: z.object({ pos: z.int(), why: z.string(), upTo: z.int().optional() }).nullable(),
  }),
  access: 'ledger:read',
  effect: 'read',
  http: 'GET /ledger/verify',
  mcp: null,
  orgWide: true,
  say({ ok, from, to, signedTo, erased, lost, firstBad }) {
    if (!ok || firstBad) {
      const upTo = firstBad?.upTo === undefined ? '' : ` to ${firstBad.upTo}`
      return `The ledger does not fit at position ${firstBad?.pos}${upTo}: ${firstBad?.why}.`
    }
    const gone = erased ? ` ${erased} erasable parts are erased.` : ''
    const taken = lost.map((range) => ` A restore took ${range.from} to ${range.to} away.`)
    const whole = `The ledger is whole: positions ${from} to ${to}, signed to ${signedTo}.`
    return [whole, gone, ...taken].join('')
  },
  async run(_, { ledger }) {
    const { lost, firstBad, ...verdict } = await ledger.verify()
    return { ...verdict, lost: [...lost], firstBad: firstBad && { ...firstBad } }
  },
})
