import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

// Texts that clients keep for us: nobody else can read, change or make one, and one that was made
// for a purpose opens for no other.

const IV_BYTES = 12
const TAG_BYTES = 16

/** Seals a text; `purpose` stands in front of it, and opens it again. */
export const sealText = (key: Uint8Array, purpose: string, text: string): string => {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(purpose))
  const sealed = [cipher.update(text, 'utf8'), cipher.final()]
  return purpose + Buffer.concat([iv, ...sealed, cipher.getAuthTag()]).toString('base64url')
}

/** Opens a sealed text; `null` for what we have not sealed for this purpose. */
export const openText = (key: Uint8Array, purpose: string, sealed: string): string | null => {
  if (!sealed.startsWith(purpose)) return null
  const bytes = Buffer.from(sealed.slice(purpose.length), 'base64url')
  if (bytes.length <= IV_BYTES + TAG_BYTES) return null
  // Base64 has several spellings of one value; a sealed text has one.
  if (purpose + bytes.toString('base64url') !== sealed) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(Buffer.from(purpose))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const open = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]
    return Buffer.concat(open).toString('utf8')
  } catch {
    return null // Not sealed with our key: all reasons look alike from outside.
  }
}
