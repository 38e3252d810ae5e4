import { assert } from '../../kernel/assert.ts'
import { refuse } from '../../kernel/refusal.ts'
import { type AddressRange, addressNumber, addressRange } from './address-range.ts'
import type { PrincipalKind } from './principal.ts'

// guild_<a|s|p>_<tag8>_<id22>_<secret43><crc6>, all in base62. The tag names the organisation, so
// that a key says where it belongs before anything is asked; the checksum tells a mistyped or cut
// key from a wrong one without a look-up.

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const KEY = /^guild_([asp])_([0-9A-Za-z]{8})_([0-9A-Za-z]{22})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/
const TAG_DIGITS = 8
const ID_DIGITS = 22
const SECRET_DIGITS = 43
const CRC_DIGITS = 6

/** Bytes of chance in a key. */
export const SECRET_BYTES = 32
/** Characters of every key. */
export const KEY_LENGTH = 89
/** Bytes of chance that a tag is made from. */
export const TAG_BYTES = 16

/** What a key says by itself. */
export type KeyParts = Readonly<{
  kind: PrincipalKind
  tag: string
  /** The key's id, a UUID. */
  id: string
  secret: Uint8Array
}>

/** Hours for which a replaced key still lets in, at most. */
export const OVERLAP_HOURS_MAX = 24

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The life of a key. */
export type KeyLife = Readonly<{
  createdAt: number
  expiresAt: number | null
  revokedAt: number | null
  /** The key that took over from it. */
  replacedBy?: string | null
}>

/** Gives the moment at which a key ends that is made now. */
export const keyEnd = (now: number, days: number): number => Math.trunc(now) + days * DAY_MS

/** Gives the days for which a key was made; `null`: for ever. */
export const daysOf = ({ createdAt, expiresAt }: KeyLife): number | null =>
  expiresAt === null ? null : Math.max(1, Math.round((expiresAt - createdAt) / DAY_MS))

/**
 * Decides when a key ends that is replaced: after the overlap, never later than it would have.
 * Refuses what lets nobody in any more, and a key that has its successor already.
 */
export const decideReplacement = (
  { expiresAt, revokedAt, replacedBy = null }: KeyLife,
  { now, overlapHours }: Readonly<{ now: number; overlapHours: number }>,
): number => {
  if (revokedAt !== null || (expiresAt !== null && expiresAt <= now)) throw keyOver()
  if (replacedBy !== null) throw alreadyReplaced()
  const ends = Math.trunc(now) + overlapHours * HOUR_MS
  return expiresAt === null ? ends : Math.min(expiresAt, ends)
}

const keyOver = () => {
  const message = 'This key has ended and cannot be replaced; make a new one instead.'
  return refuse('conflict', 'identity.key_over', message)
}

/** Says that a key was replaced before. */
export const alreadyReplaced = () => {
  const message = 'This key was replaced before; replace the one that took over, or make another.'
  return refuse('conflict', 'identity.key_replaced', message)
}

/** Makes the networks of a key ready to be asked; one that cannot be read lets nobody in. */
export const networksOf = (addresses: readonly string[]): readonly AddressRange[] =>
  addresses.flatMap((text) => addressRange(text) ?? [])

/** Tells whether an address lies in one of some networks; an unknown one lies in none. */
export const isFrom = (networks: readonly AddressRange[], address: string | undefined): boolean => {
  const number = address === undefined ? null : addressNumber(address)
  return number !== null && networks.some(({ from, to }) => from <= number && number <= to)
}

/** Lists the networks that do not lie within others; `null`: within everything. */
export const networksBeyond = (
  addresses: readonly string[],
  outer: readonly string[] | null,
): readonly string[] => {
  if (outer === null) return []
  const around = networksOf(outer)
  return addresses.filter((text) => {
    const one = addressRange(text)
    return !one || !around.some(({ from, to }) => from <= one.from && one.to <= to)
  })
}

const LETTER_OF = { agent: 'a', service: 's', person: 'p' } as const
const KIND_OF: Readonly<Record<string, PrincipalKind>> = { a: 'agent', s: 'service', p: 'person' }

/** Writes a key as people and programs carry it. */
export const formatKey = ({ kind, tag, id, secret }: KeyParts): string => {
  assert(secret.length === SECRET_BYTES, 'a key has 32 bytes of secret')
  const number = BigInt(`0x${id.replaceAll('-', '')}`)
  const head = `guild_${LETTER_OF[kind]}_${tag}_${base62(number, ID_DIGITS)}`
  const text = `${head}_${base62(numberOf(secret), SECRET_DIGITS)}`
  return text + base62(BigInt(crc32(text)), CRC_DIGITS)
}

/** Reads a key and checks its checksum; `null` where the text is no whole key. */
export const parseKey = (text: string): KeyParts | null => {
  const [, letter = '', tag = '', id = '', secret = '', crc = ''] = KEY.exec(text) ?? []
  const kind = KIND_OF[letter]
  if (kind === undefined) return null
  if (base62(BigInt(crc32(text.slice(0, -CRC_DIGITS))), CRC_DIGITS) !== crc) return null
  const idHex = hexOf(id, 16)
  const secretHex = hexOf(secret, SECRET_BYTES)
  if (idHex === null || secretHex === null) return null
  return { kind, tag, id: uuidOf(idHex), secret: bytesOf(secretHex) }
}

/** Gives the part of a key that may be shown: enough to tell it from others, nothing secret. */
export const prefixOf = (key: string): string => key.slice(0, 'guild_a_'.length + TAG_DIGITS + 9)

/** Makes an organisation's tag from bytes of chance. */
export const tagOf = (chance: Uint8Array): string => {
  assert(chance.length === TAG_BYTES, 'a tag is made from 16 bytes')
  return base62(numberOf(chance) % 62n ** BigInt(TAG_DIGITS), TAG_DIGITS)
}

const numberOf = (bytes: Uint8Array): bigint =>
  bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)

const base62 = (number: bigint, digits: number): string => {
  let text = ''
  for (let rest = number; text.length < digits; rest /= 62n) {
    text = DIGITS.charAt(Number(rest % 62n)) + text
  }
  return text
}

/** Reads base62 as so many bytes, in hex; `null` where the number is too large for them. */
const hexOf = (text: string, bytes: number): string | null => {
  let number = 0n
  for (const digit of text) number = number * 62n + BigInt(DIGITS.indexOf(digit))
  const hex = number.toString(16).padStart(bytes * 2, '0')
  return hex.length === bytes * 2 ? hex : null
}

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  )

const uuidOf = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')

/** Computes the CRC-32 (IEEE 802.3) of an ASCII text, without a table: keys are short and few. */
const crc32 = (text: string): number => {
  let crc = 0xffffffff
  for (let index = 0; index < text.length; index++) {
    crc ^= text.charCodeAt(index)
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
