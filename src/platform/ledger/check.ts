import { createHash, timingSafeEqual } from 'node:crypto'
import { commitmentOf, digestOf } from './outbox.ts'

/** Where a ledger does not verify, and why. */
export type BadPosition = Readonly<{
  pos: number
  why:
    | 'missing_position'
    | 'bad_digest'
    | 'bad_chain'
    | 'version_order'
    | 'private_altered'
    | 'root_mismatch'
    | 'bad_signature'
    | 'fork'
    | 'truncated'
  /** The end of the interval that begins at `pos`, where no single position can be told. */
  upTo?: number
}>

/** An erasable part as it is kept beside its event; the salt in hex. */
export type KeptPart = Readonly<{ part: string; salt: string; body: unknown }>

/** One row of the ledger with everything that its seal covers. */
export type SealedRow = Readonly<{
  id: string
  name: string
  subject: string
  subject_version: number
  actor: string | null
  happened_at: number
  data: Readonly<Record<string, unknown>>
  digest: Uint8Array
  hash: Uint8Array
  pos: number
}>

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, bytes) => hash.update(bytes), createHash('sha256')).digest()

/** Computes what the chain of an organisation begins with: the hash of its id. */
export const genesisOf = (orgId: string): Buffer =>
  sha256(Buffer.from(orgId.replaceAll('-', ''), 'hex'))

/** Computes the chain's next hash from the one before, the position and the event's digest. */
export const nextHash = (before: Uint8Array, pos: number, digest: Uint8Array): Buffer => {
  const place = Buffer.alloc(8)
  place.writeBigInt64BE(BigInt(pos))
  return sha256(before, place, digest)
}

/** Tells whether two byte arrays are the same. */
export const sameBytes = (one: Uint8Array, two: Uint8Array): boolean =>
  one.length === two.length && timingSafeEqual(one, two)

/** Recomputes one row: its digest from its fields, its hash from the one before. */
export const faultOf = (
  row: SealedRow,
  orgId: string,
  before: Uint8Array,
): BadPosition['why'] | null => {
  const { id, name, subject, subject_version, actor, happened_at, data } = row
  const fields = { id, name, subject, subject_version, actor, happened_at, data }
  if (!sameBytes(digestOf({ org_id: orgId, ...fields }), row.digest)) return 'bad_digest'
  return sameBytes(nextHash(before, row.pos, row.digest), row.hash) ? null : 'bad_chain'
}

/** Reads the commitments to erasable parts out of an event: part by part, in hex. */
export const commitmentsOf = (
  data: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string> => {
  const { audit } = data
  if (typeof audit !== 'object' || audit === null || !('priv' in audit)) return new Map()
  const { priv } = audit
  if (typeof priv !== 'object' || priv === null) return new Map()
  return new Map(Object.entries(priv).map(([part, digest]) => [part, String(digest)]))
}

/**
 * Compares the kept parts of an event with the commitments in its seal. A part that is gone was
 * erased; one that differs, or that the event never had, was altered.
 */
export const checkParts = (
  data: Readonly<Record<string, unknown>>,
  kept: readonly KeptPart[],
): Readonly<{ altered: boolean; erased: number }> => {
  const committed = commitmentsOf(data)
  const holds = ({ part, salt, body }: KeptPart) => {
    const commitment = committed.get(part)
    if (commitment === undefined) return false
    return sameBytes(Buffer.from(commitment), Buffer.from(textOf(salt, body)))
  }
  const altered = !kept.every(holds)
  const there = new Set(kept.map(({ part }) => part))
  return { altered, erased: [...committed.keys()].filter((part) => !there.has(part)).length }
}

const textOf = (salt: string, body: unknown): string => commitmentOf(Buffer.from(salt, 'hex'), body)
