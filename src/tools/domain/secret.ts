/** How a secret may be called: a word that also fits into an address. */
export const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/

/** Characters of a secret at most: private keys with their certificates fit. */
export const SECRET_CHARS_MAX = 16_384

/** Secrets that a place holds at most. */
export const SECRETS_MAX = 500

/** Below this length the last characters are not shown: they would be too much of the secret. */
const SHOWN_FROM = 16
const SHOWN_CHARS = 4

/** Gives the last four characters of a long secret, by which people know it; else `null`. */
export const lastFour = (value: string): string | null => {
  const chars = [...value.trimEnd()]
  return chars.length < SHOWN_FROM ? null : chars.slice(-SHOWN_CHARS).join('')
}
