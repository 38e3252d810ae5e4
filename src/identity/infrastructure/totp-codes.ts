import { timingSafeEqual } from 'node:crypto'
import type { TotpCodes } from '../application/factor-ports.ts'
import { STEP_MS, stepsAt, TOTP_CODE, TOTP_DIGITS } from '../domain/totp.ts'

const FORM = { algorithm: 'SHA1', digits: TOTP_DIGITS } as const

/** Computes the codes of generators; the library is loaded with the first of them. */
export const totpCodes = (): TotpCodes => {
  const of = async (secret: Uint8Array) => {
    const { HOTP, Secret, TOTP } = await import('otpauth')
    return { HOTP, TOTP, secret: new Secret({ buffer: new Uint8Array(secret).buffer }) }
  }
  return {
    async stepOf(bytes, code, now) {
      if (!TOTP_CODE.test(code)) return null
      const { HOTP, secret } = await of(bytes)
      const fitting = stepsAt(now).filter((counter) =>
        timingSafeEqual(
          Buffer.from(HOTP.generate({ ...FORM, secret, counter })),
          Buffer.from(code),
        ),
      )
      return fitting[0] ?? null
    },
    async address(bytes, label, issuer) {
      const { TOTP, secret } = await of(bytes)
      return new TOTP({ ...FORM, secret, label, issuer, period: STEP_MS / 1000 }).toString()
    },
    text: async (bytes) => (await of(bytes)).secret.base32,
  }
}
