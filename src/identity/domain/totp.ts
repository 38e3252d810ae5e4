// Codes of six digits that change every half minute (RFC 6238). A code of the step before is taken,
// because people type slowly; none is taken twice.

/** Milliseconds that one code is shown. */
export const STEP_MS = 30_000
/** Bytes of a generator's secret: the 160 bits of SHA-1. */
export const TOTP_SECRET_BYTES = 20
/** Digits of a code. */
export const TOTP_DIGITS = 6

/** What a code of a generator looks like. */
export const TOTP_CODE = /^[0-9]{6}$/

/** Gives the steps whose codes are taken at a moment, the current one first. */
export const stepsAt = (now: number): readonly [current: number, previous: number] => {
  const current = Math.floor(now / STEP_MS)
  return [current, current - 1]
}
