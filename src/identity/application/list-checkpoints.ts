import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { cursorOf, cursorValues, INTEGER_MAX, LIST_DEFAULT, LIST_MAX } from '../../kernel/page.ts'
import { Moment } from '../contract.ts'
import { momentOf } from './names.ts'
import type { IdentityNeeds } from './ports.ts'

/** A signed checkpoint: `note` is what a verifier elsewhere wants to see. */
const CheckpointView = z.object({
  epoch: z.int(),
  size: z.int(),
  at: Moment,
  note: z.string(),
})

/** Lists what was signed of the ledger. */
export const listCheckpoints = operation<IdentityNeeds>()({
  name: 'identity.list_checkpoints',
  about: 'List the signed checkpoints of the ledger, newest first.',
  input: z.strictObject({
    limit: z.int().min(1).max(LIST_MAX).default(LIST_DEFAULT),
    cursor: z.string().optional(),
  }),
  output: z.object({ items: z.array(CheckpointView), next: z.string().nullable() }),
  access: 'ledger:read',
  effect: 'read',
  http: 'GET /ledger/checkpoints',
  mcp: null,
  orgWide: true,
  say: ({ items }) =>
    items.map(({ epoch, size, at }) => `${epoch}-${size} ${at}`).join('\n') ||
    'Nothing was signed yet.',
  async run({ limit, cursor }, { ledger }) {
    const rows = await ledger.checkpoints({ before: placeOf(cursor), limit: limit + 1 })
    const items = rows.slice(0, limit).map((row) => ({ ...row, at: momentOf(row.at) }))
    const last = items.at(-1)
    return { items, next: rows.length > limit && last ? cursorOf([last.epoch, last.size]) : null }
  },
})

const placeOf = (cursor: string | undefined) => {
  if (cursor === undefined) return null
  const [epoch, size] = cursorValues(cursor, 2).map(Number)
  // What is no number finds nothing: the cursor is opaque, and nobody is told how it is made.
  return { epoch: safe(epoch), size: safe(size) }
}

const safe = (value: number | undefined): number =>
  Number.isSafeInteger(value) && value !== undefined ? Math.min(Math.max(value, 0), INTEGER_MAX) : 0
