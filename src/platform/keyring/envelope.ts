import { createCipheriv, createDecipheriv } from 'node:crypto'
import { canonical } from '../../kernel/canonical.ts'
import type { Random } from '../../kernel/id.ts'
import { isUuid } from '../../kernel/id.ts'
import type { SealPlace } from './seal.ts'

// A sealed value is `v1.a256gcm.<kek>.<wrappedDek>.<nonce>.<ct+tag>`: a key of its own (DEK) seals
// the value, the organisation's key (KEK) wraps that key. Both are AES-256-GCM with a random nonce
// of 96 bits, and both bind the place into the seal, so that a text opens nowhere else.

/** Bytes of every key here. */
export const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD = 'v1.a256gcm'

/** Writes what a seal is bound to: canonical JSON, so that there is one spelling. */
export const bindingOf = (...words: readonly (string | number)[]): Buffer =>
  Buffer.from(canonical(words))

/** What one encryption needs besides the bytes; the nonce is never used twice under a key. */
type Cipher = Readonly<{ key: Uint8Array; nonce: Uint8Array; aad: Uint8Array }>

const encrypt = ({ key, nonce, aad }: Cipher, plain: Uint8Array): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(aad)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

const decrypt = ({ key, nonce, aad }: Cipher, sealed: Uint8Array): Buffer | null => {
  if (sealed.length < TAG_BYTES) return null
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(end))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()])
  } catch {
    return null // The tag does not fit: another key, another place, or somebody changed it.
  }
}

/** Wraps a key under another: nonce, ciphertext and tag in one text. */
export const wrapKey = (
  under: Uint8Array,
  { key, aad, random }: Readonly<{ key: Uint8Array; aad: Uint8Array; random: Random }>,
): string => {
  const nonce = random(new Uint8Array(NONCE_BYTES))
  return Buffer.concat([nonce, encrypt({ key: under, nonce, aad }, key)]).toString('base64url')
}

/** Takes a wrapped key out again; `null` where it was wrapped otherwise. */
export const unwrapKey = (under: Uint8Array, text: string, aad: Uint8Array): Buffer | null => {
  const bytes = bytesOf(text)
  if (bytes === null || bytes.length <= NONCE_BYTES) return null
  const nonce = bytes.subarray(0, NONCE_BYTES)
  return decrypt({ key: under, nonce, aad }, bytes.subarray(NONCE_BYTES))
}

/** A sealed text, taken apart. */
export type Envelope = Readonly<{ kek: string; wrapped: string; nonce: Buffer; body: Buffer }>

/** Takes a sealed text apart; `null` for what we have not written. */
export const parseEnvelope = (text: string): Envelope | null => {
  const [version, cipher, kek = '', wrapped = '', nonceText = '', bodyText = '', ...more] =
    text.split('.')
  if (`${version}.${cipher}` !== HEAD || more.length > 0 || !isUuid(kek)) return null
  const nonce = bytesOf(nonceText)
  const body = bytesOf(bodyText)
  if (nonce?.length !== NONCE_BYTES || body === null || bytesOf(wrapped) === null) return null
  return { kek, wrapped, nonce, body }
}

/** Reads base64url in its one spelling: a changed last character must not pass for the same. */
export const bytesOf = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64url')
  return text !== '' && bytes.toString('base64url') === text ? bytes : null
}

const valueBinding = ({ orgId, secret, field, version }: SealPlace): Buffer =>
  bindingOf('guildhall/secret/v1', orgId, secret, field, version)

const dekBinding = ({ orgId, secret, version }: SealPlace, kek: string): Buffer =>
  bindingOf('guildhall/dek/v1', orgId, secret, version, kek)

/** A key of an organisation with its id, as crypto needs it. */
export type NamedKey = Readonly<{ id: string; key: Uint8Array }>

/** Seals a value under a fresh key, which is wrapped under the given one. */
export const sealValue = (
  kek: NamedKey,
  { place, plain, random }: Readonly<{ place: SealPlace; plain: Uint8Array; random: Random }>,
): string => {
  const dek = random(new Uint8Array(KEY_BYTES))
  try {
    const nonce = random(new Uint8Array(NONCE_BYTES))
    const body = encrypt({ key: dek, nonce, aad: valueBinding(place) }, plain)
    const wrapped = wrapKey(kek.key, { key: dek, aad: dekBinding(place, kek.id), random })
    const parts = [Buffer.from(nonce).toString('base64url'), body.toString('base64url')]
    return [HEAD, kek.id, wrapped, ...parts].join('.')
  } finally {
    dek.fill(0)
  }
}

/** Opens a sealed value; `null` where it does not belong here. */
export const openValue = (
  kek: NamedKey,
  { place, envelope }: Readonly<{ place: SealPlace; envelope: Envelope }>,
): Buffer | null => {
  const dek = unwrapKey(kek.key, envelope.wrapped, dekBinding(place, kek.id))
  if (dek === null) return null
  try {
    const { nonce, body } = envelope
    return decrypt({ key: dek, nonce, aad: valueBinding(place) }, body)
  } finally {
    dek.fill(0)
  }
}

/** Puts a value under another key of its organisation: only the wrap of its own key changes. */
export const rewrapValue = (
  keys: Readonly<{ from: NamedKey; to: NamedKey }>,
  { place, envelope, random }: Readonly<{ place: SealPlace; envelope: Envelope; random: Random }>,
): string | null => {
  const dek = unwrapKey(keys.from.key, envelope.wrapped, dekBinding(place, keys.from.id))
  if (dek === null) return null
  try {
    const wrapped = wrapKey(keys.to.key, { key: dek, aad: dekBinding(place, keys.to.id), random })
    const parts = [envelope.nonce, envelope.body].map((bytes) => bytes.toString('base64url'))
    return [HEAD, keys.to.id, wrapped, ...parts].join('.')
  } finally {
    dek.fill(0)
  }
}
