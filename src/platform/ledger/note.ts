import {
  createHash,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'

// C2SP signed notes (c2sp.org/signed-note) with a checkpoint as their text
// (c2sp.org/tlog-checkpoint): origin, size and root, then one line for each Ed25519 signature.

const ED25519 = 0x01
const KEY_ID_BYTES = 4
const SIGNATURE_BYTES = 64
const KEY_BYTES = 32
const ROOT_BYTES = 32
const DASH = '\u2014'

/** What a checkpoint says: the ledger it is of, how many entries it covers, their root. */
export type Checkpoint = Readonly<{ origin: string; size: number; root: Buffer }>

/** A key that signs notes, with its public half as 32 bytes. */
export type NoteKey = Readonly<{ publicKey: Buffer; privateKey: KeyObject }>

type Signature = Readonly<{ name: string; keyId: Buffer; bytes: Buffer }>

/** A note taken apart; nothing of it is checked yet. */
export type ParsedNote = Checkpoint & Readonly<{ text: string; signatures: readonly Signature[] }>

/** Names the ledger of an organisation in an epoch: the first line of its checkpoints. */
export const originOf = (hubId: string, orgId: string, epoch: number): string =>
  `guildhall/${hubId}/${orgId}/${epoch}`

const ORIGIN = /^guildhall\/([0-9a-f-]{36})\/([0-9a-f-]{36})\/([1-9][0-9]{0,8})$/

/** Reads hub, organisation and epoch out of an origin; `null` where it is not one of ours. */
export const readOrigin = (origin: string) => {
  const [, hubId, orgId, epoch] = ORIGIN.exec(origin) ?? []
  if (hubId === undefined || orgId === undefined || epoch === undefined) return null
  return { hubId, orgId, epoch: Number(epoch) }
}

/** Computes the short id under which a note's signature names its key. */
const keyIdOf = (name: string, publicKey: Uint8Array): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([ED25519]))
    .update(publicKey)
    .digest()
    .subarray(0, KEY_ID_BYTES)

/** Writes a checkpoint and signs it with every given key; the origin is the keys' name. */
export const signNote = (checkpoint: Checkpoint, keys: readonly NoteKey[]): string => {
  const { origin, size, root } = checkpoint
  const text = `${origin}\n${size}\n${root.toString('base64')}\n`
  const lines = keys.map(({ publicKey, privateKey }) => {
    const bytes = Buffer.concat([
      keyIdOf(origin, publicKey),
      sign(null, Buffer.from(text), privateKey),
    ])
    return `${DASH} ${origin} ${bytes.toString('base64')}\n`
  })
  return `${text}\n${lines.join('')}`
}

const TEXT = /^([^\s+]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/

/** Takes a note apart; `null` where it is not a checkpoint without extensions. */
export const readNote = (note: string): ParsedNote | null => {
  const end = note.indexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) return null
  const text = note.slice(0, end + 1)
  const [, origin, size, root] = TEXT.exec(text) ?? []
  if (origin === undefined || size === undefined || root === undefined) return null
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map(signatureOf)
  const known = signatures.flatMap((signature) => signature ?? [])
  const bytes = Buffer.from(root, 'base64')
  if (known.length !== signatures.length || bytes.length !== ROOT_BYTES) return null
  // Base64 has spellings that mean the same bytes; a note has one.
  if (bytes.toString('base64') !== root || !Number.isSafeInteger(Number(size))) return null
  return { text, origin, size: Number(size), root: bytes, signatures: known }
}

const signatureOf = (line: string): Signature | null => {
  const [, name, packed] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? []
  if (name === undefined || packed === undefined) return null
  const bytes = Buffer.from(packed, 'base64')
  if (bytes.length <= KEY_ID_BYTES || bytes.toString('base64') !== packed) return null
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), bytes: bytes.subarray(KEY_ID_BYTES) }
}

/**
 * Finds which of the given public keys have signed a note. None: nobody known has. A signature
 * that names a known key and does not hold makes the whole note worthless: `null`.
 */
export const signersOf = (
  { text, origin, signatures }: ParsedNote,
  keys: readonly Uint8Array[],
): readonly Uint8Array[] | null => {
  const signers: Uint8Array[] = []
  for (const key of keys) {
    const keyId = keyIdOf(origin, key)
    const own = signatures.filter((one) => one.name === origin && timingSafeEqual(one.keyId, keyId))
    if (own.length === 0) continue
    if (!own.every(({ bytes }) => holds(text, key, bytes))) return null
    signers.push(key)
  }
  return signers
}

const holds = (text: string, key: Uint8Array, bytes: Buffer): boolean =>
  bytes.length === SIGNATURE_BYTES && verify(null, Buffer.from(text), publicKeyOf(key), bytes)

const publicKeyOf = (key: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') },
    format: 'jwk',
  })

/** Writes a public key as one line of text, `<name>+<key id>+<key>`: what verifiers are given. */
export const keyText = (name: string, publicKey: Uint8Array): string => {
  const packed = Buffer.concat([Buffer.from([ED25519]), publicKey])
  return `${name}+${keyIdOf(name, publicKey).toString('hex')}+${packed.toString('base64')}`
}

/** Reads the public keys of a key file, one in each line; `null` where a line is not one. */
export const readKeys = (text: string): readonly Buffer[] | null => {
  const lines = text.split('\n').map((line) => line.trim())
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#')).map(keyOfText)
  const known = keys.flatMap((key) => key ?? [])
  return known.length === keys.length && known.length > 0 ? known : null
}

const keyOfText = (line: string): Buffer | null => {
  const [, name, id, packed] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(line) ?? []
  if (name === undefined || id === undefined || packed === undefined) return null
  const bytes = Buffer.from(packed, 'base64')
  const key = bytes.subarray(1)
  if (bytes[0] !== ED25519 || key.length !== KEY_BYTES) return null
  return keyIdOf(name, key).toString('hex') === id ? key : null
}
