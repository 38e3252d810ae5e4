import { assert } from '../../kernel/assert.ts'

// Ten codes for the day the telephone is gone: a digit that says which of the ten it is, so that
// one try costs one hash, and 80 bits in base32. People copy them from paper, so the alphabet has
// no letters that look like digits, and case, blanks and dashes do not matter.

const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789'
const CODE = /^([0-9])([0-9A-HJKMNP-TV-Z]{16})$/

/** Codes that one account has. */
export const BACKUP_CODES = 10
/** Bytes of chance in one. */
export const BACKUP_CODE_BYTES = 10

/** What a backup code says. */
export type BackupCode = Readonly<{ slot: number; secret: string }>

/** Makes the code of a slot from bytes of chance. */
export const backupCode = (slot: number, chance: Uint8Array): BackupCode => {
  assert(chance.length === BACKUP_CODE_BYTES, 'a backup code has 80 bits of chance')
  assert(slot >= 0 && slot < BACKUP_CODES, 'a backup code has one of ten slots')
  let number = chance.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  let secret = ''
  for (let digit = 0; digit < 16; digit++) {
    secret = LETTERS.charAt(Number(number & 31n)) + secret
    number >>= 5n
  }
  return { slot, secret }
}

/** Writes a code as people copy it: `3-ABCD-EFGH-JKMN-PQRS`. */
export const formatBackupCode = ({ slot, secret }: BackupCode): string =>
  [String(slot), ...(secret.match(/.{4}/g) ?? [])].join('-')

/** Reads a code as people type it; `null` where it is none. */
export const parseBackupCode = (text: string): BackupCode | null => {
  const plain = text
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  const [, slot, secret] = CODE.exec(plain) ?? []
  return slot === undefined || secret === undefined ? null : { slot: Number(slot), secret }
}
