import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound } from '../../kernel/refusal.ts'
import { Moment } from '../contract.ts'
import { AuditView, auditViews } from './find-events.ts'
import { momentOf } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

const POS_MAX = 2 ** 52

/** Shows one event of the ledger and how it is sealed. */
export const getEvent = operation<IdentityNeeds>()({
  name: 'identity.get_event',
  about: 'Show one event by its position: what it says, and how it is sealed and signed.',
  input: z.strictObject({ pos: z.int().min(1).max(POS_MAX) }),
  output: AuditView.extend({
    id: z.uuid(),
    sealedAt: Moment,
    digest: z.string(),
    hash: z.string(),
    /** The hash before it; `null` where the ledger does not reach back so far. */
    before: z.string().nullable(),
    /** The size of the first signed checkpoint that covers it. */
    signedBy: z.int().nullable(),
  }),
  access: 'ledger:read',
  effect: 'read',
  http: 'GET /ledger/events/:pos',
  mcp: null,
  orgWide: true,
  say: ({ pos, at, event, actor, hash }) => `${pos} ${at} @${actor ?? '-'} ${event}\n${hash}`,
  async run({ pos }, { principals, ledger }) {
    const row = await ledger.event(pos)
    const [view] = row === null ? [] : await auditViews(principals, [row])
    if (row === null || view === undefined) throw notFound(`Position ${pos}`)
    return {
      ...view,
      id: row.id,
      sealedAt: momentOf(row.sealedAt),
      ...{ digest: row.digest, hash: row.hash, before: row.before, signedBy: row.signedBy },
    }
  },
})

/** Tells how far the ledger is sealed and signed, and how long events wait for their seal. */
export const getLedgerHead = operation<IdentityNeeds>()({
  name: 'identity.get_ledger_head',
  about: 'Tell how far the ledger is sealed and signed, and what waits for its seal.',
  input: z.strictObject({}),
  output: z.object({
    pos: z.int(),
    at: Moment,
    waiting: z.int(),
    waitingSince: Moment.nullable(),
    signedTo: z.int(),
    signedAt: Moment.nullable(),
  }),
  access: 'org:read',
  effect: 'read',
  http: 'GET /ledger/head',
  mcp: null,
  orgWide: true,
  say: ({ pos, waiting, signedTo }) =>
    `sealed to ${pos}, signed to ${signedTo}, ${waiting} waiting for their seal`,
  async run(_, { ledger }) {
    const { at, waitingSince, signedAt, ...numbers } = await ledger.head()
    return {
      ...numbers,
      at: momentOf(at),
      waitingSince: waitingSince === null ? null : momentOf(waitingSince),
      signedAt: signedAt === null ? null : momentOf(signedAt),
    }
  },
})
