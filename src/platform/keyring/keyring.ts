import { assert } from '../../kernel/assert.ts'
import type { NewId, Random } from '../../kernel/id.ts'
import { refuse } from '../../kernel/refusal.ts'
import type { Database } from '../database.ts'
import type { Sql } from '../sql.ts'
import { activeKeys, type WrapLimits } from './active-key.ts'
import { openValue, parseEnvelope, rewrapValue, sealValue } from './envelope.ts'
import { fingerprintSource, fingerprints } from './fingerprints.ts'
import { type KeyChain, keyChain } from './key-chain.ts'
import {
  type ActiveKey,
  destroyKeys,
  fieldsUnder,
  findActive,
  findKey,
  type KeptKey,
} from './org-keys.ts'
import type { RootKey } from './root.ts'
import { checkRoot } from './root-check.ts'
import type { Seal } from './seal.ts'
import type { SealedRow, SealedSource } from './sources.ts'

/** Seals and opens values, and changes the keys under which they are sealed. */
export type Keyring = Seal &
  Readonly<{
    /** Refuses a root key that does not open this hub; at the start, before anything is written. */
    check(hubHasSealed: boolean): Promise<void>
    /** Makes and opens an organisation's keys ahead of a transaction, which then calls nobody. */
    warm(orgId: string): Promise<void>
    /**
     * Gives a text that is equal for equal secrets of an organisation and tells nothing else of
     * them. Makes a key in a transaction of its own at first: never the first thing inside one.
     */
    fingerprint(orgId: string, bytes: Uint8Array): Promise<string>
    /** Makes a fresh key, which may call out; to be used with `turn`. */
    draft(orgId: string): Promise<KeptKey>
    /** Makes a drafted key the active one; gives the ids of the keys before it. */
    turn(sql: Sql, orgId: string, fresh: KeptKey): Promise<readonly string[]>
    /** Puts rows under the active key without opening their values. */
    rewrap(sql: Sql, orgId: string, rows: readonly SealedRow[]): Promise<readonly SealedRow[]>
    /**
     * Destroys keys of before. Those stay under which something was sealed that `fields` does not
     * name; the answer says what that is.
     */
    destroy(sql: Sql, orgId: string, what: ToDestroy): Promise<Destroyed>
    /** What the keyring itself keeps sealed. */
    source: SealedSource
    /** Zeroes every open key. */
    stop(): void
  }>

type ToDestroy = Readonly<{ ids: readonly string[]; fields: readonly string[] }>
type Destroyed = Readonly<{ destroyed: readonly string[]; keptFor: readonly string[] }>

/** What a keyring is made of. */
export type KeyringOptions = Readonly<{
  root: RootKey
  /** Root keys of before, while anything may still be wrapped under them. */
  former?: readonly RootKey[]
  database: Database
  now: () => number
  random: Random
  newId: NewId
  wraps?: WrapLimits
}>

/** Opens the keyring of this process. */
export const openKeyring = (options: KeyringOptions): Keyring => {
  const { root, former = [], database, now, random, wraps } = options
  const chain = keyChain([root, ...former])
  const keys = activeKeys({ chain, root, random, newId: options.newId, now, wraps })
  const seal = sealOver(chain, keys.take, random)
  const marks = fingerprints({ database, seal, random, now })
  return {
    ...seal,
    draft: keys.draft,
    turn: keys.turn,
    fingerprint: marks.fingerprint,
    source: fingerprintSource,
    check: (hubHasSealed) => checkRoot({ database, root, former, random }, hubHasSealed),
    async warm(orgId) {
      await marks.warm(orgId)
      const active = await findActive(database.read(orgId), orgId)
      if (active) await chain.use(orgId, active, () => undefined)
    },
    async rewrap(sql, orgId, rows) {
      const moved: SealedRow[] = []
      for (const row of rows) {
        assert(row.place.orgId === orgId, 'a rotation stays within its organisation')
        const to = await keys.take(sql, orgId, row.place.field)
        moved.push({ ...row, sealed: await rewrapRow({ chain, sql, random }, to, row) })
      }
      return moved
    },
    async destroy(sql, orgId, { ids, fields }) {
      const destroyed = await destroyKeys(sql, orgId, { ids, fields, now: now() })
      const left = await fieldsUnder(sql, orgId, ids)
      return { destroyed, keptFor: left.filter((field) => !fields.includes(field)) }
    },
    stop() {
      chain.stop()
      marks.stop()
    },
  }
}

type Take = (sql: Sql, orgId: string, field: string) => Promise<ActiveKey>

const sealOver = (chain: KeyChain, take: Take, random: Random): Seal => ({
  async seal(sql, place, plain) {
    const active = await take(sql, place.orgId, place.field)
    return chain.use(place.orgId, active, (key) =>
      sealValue({ id: active.id, key }, { place, plain, random }),
    )
  },
  async open(sql, place, text) {
    const envelope = parseEnvelope(text)
    if (envelope === null) throw broken()
    const { kek } = envelope
    const wanted = { sql, orgId: place.orgId, id: kek }
    const plain = await withKey(chain, wanted, (key) =>
      openValue({ id: kek, key }, { place, envelope }),
    )
    if (plain === null) throw broken()
    return plain
  },
})

type Wanted = Readonly<{ sql: Sql; orgId: string; id: string }>

/** Works with a key by its id: at once where it is open, else after asking for it. */
const withKey = async <T extends object | null>(
  chain: KeyChain,
  { sql, orgId, id }: Wanted,
  work: (key: Uint8Array) => T,
): Promise<T> => {
  const result = chain.useOpen(orgId, id, work)
  if (result !== undefined) return result
  const kept = await findKey(sql, orgId, id)
  if (!kept) throw broken()
  return chain.use(orgId, kept, work)
}

const rewrapRow = async (
  { chain, sql, random }: Readonly<{ chain: KeyChain; sql: Sql; random: Random }>,
  to: ActiveKey,
  { place, sealed }: SealedRow,
): Promise<string> => {
  const envelope = parseEnvelope(sealed)
  if (envelope === null) throw broken()
  const { orgId } = place
  // A copy, since the other key may have to be fetched meanwhile; zeroed as soon as it was used.
  const from = await withKey(chain, { sql, orgId, id: envelope.kek }, (key) => new Uint8Array(key))
  try {
    const moved = await chain.use(orgId, to, (key) =>
      rewrapValue(
        { from: { id: envelope.kek, key: from }, to: { id: to.id, key } },
        { place, envelope, random },
      ),
    )
    if (moved === null) throw broken()
    return moved
  } finally {
    from.fill(0)
  }
}

/** The code of the refusal of a sealed text that does not open. */
export const SEAL_BROKEN = 'platform.seal_broken'

const broken = () => {
  const message =
    'This sealed value does not open: it was changed, or it was sealed for another place. ' +
    'Store the secret again.'
  return refuse('conflict', SEAL_BROKEN, message)
}
