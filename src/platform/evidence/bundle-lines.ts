import { z } from 'zod'

// The lines of a bundle: a header, rows with their erasable parts and the notes that cover them,
// and an end that says how far the rows should reach.

const Hash = z.string().regex(/^[0-9a-f]{64}$/)
const Pos = z.int().min(0)

/** The first line: where the rows begin, and what is known of the ledger. */
export const HeaderLine = z.object({
  k: z.literal('header'),
  v: z.literal(1),
  org: z.uuid(),
  from: Pos,
  to: Pos,
  private: z.boolean(),
  start: z.object({ pos: Pos, hash: Hash, frontier: z.string().regex(/^([0-9a-f]{64})*$/) }),
  note: z.string().nullable(),
  keys: z.array(Hash),
  epochs: z.array(z.object({ epoch: z.int(), keptTo: Pos, lostTo: Pos })),
})

const MS_MAX = 8.64e15
const RowLine = z.object({
  k: z.literal('row'),
  id: z.string(),
  name: z.string(),
  subject: z.string(),
  subjectVersion: z.int(),
  actor: z.string().nullable(),
  happenedAt: z.int().min(0).max(MS_MAX),
  data: z.record(z.string(), z.unknown()),
  digest: Hash,
  hash: Hash,
  pos: Pos,
  at: z.number(),
})
const PrivateLine = z.object({
  k: z.literal('private'),
  pos: Pos,
  part: z.string(),
  salt: Hash,
  body: z.unknown(),
})
const NoteLine = z.object({ k: z.literal('note'), size: Pos, note: z.string() })
const EndLine = z.object({ k: z.literal('end'), to: Pos, hash: Hash })

/** Any line of a bundle. */
export const AnyLine = z.discriminatedUnion('k', [
  HeaderLine,
  RowLine,
  PrivateLine,
  NoteLine,
  EndLine,
])

/** Any line of a bundle, read. */
export type BundleLine = z.output<typeof AnyLine>
/** The first line of a bundle, read. */
export type BundleHeader = z.output<typeof HeaderLine>
