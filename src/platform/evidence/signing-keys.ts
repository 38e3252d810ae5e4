import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { HUB_ORG, systemActor } from '../../kernel/actor.ts'
import { assert } from '../../kernel/assert.ts'
import type { Happened } from '../../kernel/event.ts'
import type { NewId, Random } from '../../kernel/id.ts'
import type { Call } from '../../kernel/operation.ts'
import type { Database } from '../database.ts'
import type { Seal, SealPlace } from '../keyring/seal.ts'
import { outboxInserts } from '../ledger/outbox.ts'
import { at, type Sql } from '../sql.ts'
import { SigningKeyChanged } from './events.ts'
import { keyText, type NoteKey } from '../ledger/note.ts'

const HUB_ID = 'hub_id'
/** The one sealed field of a signing key. */
export const SIGNING_FIELD = 'signing_key'
const CALL_MS = 30_000

/** What signs the checkpoints of this hub. */
export type Signer = Readonly<{
  hubId: string
  /** The keys that sign now: the one in force, and one that has signed before it, if asked for. */
  keysAfter(before: Uint8Array): readonly NoteKey[]
  /** Every public key that this hub has ever signed with; their seals were opened to know. */
  publicKeys(): readonly Buffer[]
  /** The public keys as text, one line each: what verifiers elsewhere are given. */
  keyFile(): string
  /** Takes another key; the old one signs once more, beside it. */
  change(): Promise<void>
  /** Takes over what another process of this hub has changed. */
  refresh(): Promise<void>
}>

type SignerOptions = Readonly<{
  database: Database
  seal: Seal
  now: () => number
  newId: NewId
  random: Random
}>

type KeyRow = Readonly<{ id: string; publicKey: Buffer; sealed: string; retiredAt: number | null }>
type OpenKey = NoteKey & Readonly<{ id: string; inForce: boolean }>

/** Opens the keys that sign, and makes the first one on a fresh hub. */
export const openSigner = async (options: SignerOptions): Promise<Signer> => {
  const { database } = options
  const hubId = await hubIdOf(database, options.newId())
  let keys = await loadKeys(options)
  if (keys.length === 0) {
    await addKey(options, null)
    keys = await loadKeys(options)
  }
  const current = (): OpenKey => {
    const key = keys.find(({ inForce }) => inForce)
    assert(key, 'a hub has a key that signs')
    return key
  }
  return {
    hubId,
    keysAfter(before) {
      const signed = (key: NoteKey) => holdsKey(before, key.publicKey)
      const now = current()
      if (before.length === 0 || signed(now)) return [now]
      return [...keys.filter((key) => key !== now && signed(key)), now]
    },
    publicKeys: () => keys.map(({ publicKey }) => publicKey),
    keyFile: () =>
      keys.map(({ publicKey }) => `${keyText(`guildhall/${hubId}`, publicKey)}\n`).join(''),
    async change() {
      await addKey(options, current().id)
      keys = await loadKeys(options)
    },
    async refresh() {
      const [active] = await database.system((sql) => activeKeys(sql))
      if (active?.id !== current().id) keys = await loadKeys(options)
    },
  }
}

const activeKeys = (sql: Sql) => sql<{ id: string }>`
  select id from platform.signing_key
   where org_id = ${HUB_ORG} and retired_at is null limit 1`

const holdsKey = (packed: Uint8Array, key: Buffer): boolean => {
  for (let from = 0; from < packed.length; from += key.length) {
    if (key.equals(packed.subarray(from, from + key.length))) return true
  }
  return false
}

/** Reads the id of this hub; made with the database, the same for all its processes. */
export const hubIdOf = async (database: Database, fresh: string): Promise<string> => {
  const { value } = await database.system(async (sql) => {
    await sql`
      insert into platform.hub (name, value) values (${HUB_ID}, ${fresh})
      on conflict (name) do nothing`
    return sql.one<{ value: string }>`select value from platform.hub where name = ${HUB_ID}`
  })
  return value
}

const placeOf = (id: string): SealPlace => ({
  orgId: HUB_ORG,
  secret: id,
  field: SIGNING_FIELD,
  version: 1,
})

const loadKeys = ({ database, seal }: SignerOptions): Promise<readonly OpenKey[]> =>
  database.write(HUB_ORG, async (sql) => {
    const rows = await sql<KeyRow>`
      select id, public_key as "publicKey", sealed, retired_at as "retiredAt"
        from platform.signing_key where org_id = ${HUB_ORG} order by created_at, id limit 1000`
    const keys: OpenKey[] = []
    for (const row of rows) keys.push(await openKey(sql, seal, row))
    return { value: keys, tail: [] }
  })

/** Opens one key; its public half is computed, since a row in the database proves nothing. */
const openKey = async (sql: Sql, seal: Seal, row: KeyRow): Promise<OpenKey> => {
  const { id, sealed, retiredAt } = row
  const der = Buffer.from(await seal.open(sql, placeOf(id), sealed))
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  const publicKey = rawKey(createPublicKey(privateKey))
  return { id, publicKey, privateKey, inForce: retiredAt === null }
}

const rawKey = (key: KeyObject): Buffer => {
  const { x } = key.export({ format: 'jwk' })
  assert(x, 'an Ed25519 key has its 32 bytes')
  return Buffer.from(x, 'base64url')
}

/** Adds a key in place of another; where two hubs try at once, the first one wins. */
const addKey = async (options: SignerOptions, retire: string | null): Promise<void> => {
  const { database, seal, newId, now } = options
  const pair = generateKeyPairSync('ed25519')
  const publicKey = rawKey(pair.publicKey)
  const id = newId<'signing_key'>()
  const moment = now()
  await database.write(HUB_ORG, async (sql) => {
    const der = pair.privateKey.export({ format: 'der', type: 'pkcs8' })
    const sealed = await seal.seal(sql, placeOf(id), der)
    der.fill(0)
    if (retire !== null) {
      const gone = await sql`
        update platform.signing_key set retired_at = ${at(moment)}
         where org_id = ${HUB_ORG} and id = ${retire} and retired_at is null
        returning id`
      if (gone.length === 0) return { value: null, tail: [] }
    }
    const made = await sql`
      insert into platform.signing_key (org_id, id, public_key, sealed, created_at)
      values (${HUB_ORG}, ${id}, ${publicKey}, ${sealed}, ${at(moment)})
      on conflict (org_id) where retired_at is null do nothing
      returning id`
    if (made.length === 0) return { value: null, tail: [] }
    const event = SigningKeyChanged({
      keyId: id,
      publicKey: publicKey.toString('hex'),
      retiredKeyId: retire,
    })
    return { value: null, tail: eventsOf([event], HUB_ORG, options) }
  })
}

/** Prepares events that the hub itself has to tell; they travel with the commit. */
export const eventsOf = (
  happened: readonly Happened[],
  orgId: string,
  { now, newId, random }: Pick<SignerOptions, 'now' | 'newId' | 'random'>,
) => {
  const call: Call = {
    actor: systemActor(orgId),
    door: 'job',
    now: now(),
    newId,
    random,
    deadline: now() + CALL_MS,
    signal: new AbortController().signal,
    trace: Buffer.from(random(new Uint8Array(16))).toString('hex'),
    idempotencyKey: null,
  }
  return outboxInserts(happened, call, 'platform.keep_evidence')
}
