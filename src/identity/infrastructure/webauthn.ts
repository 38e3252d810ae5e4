import { z } from 'zod'
import type { PasskeyAnswer, PasskeyCheck } from '../application/factor-ports.ts'
import { CHALLENGE_MS, relyingParty } from '../domain/passkey.ts'

const Registered = z.object({
  clientDataJSON: z.string(),
  attestationObject: z.string(),
  transports: z.array(z.string().max(32)).max(10).optional(),
})
const SignedIn = z.object({
  clientDataJSON: z.string(),
  authenticatorData: z.string(),
  signature: z.string(),
})

// EdDSA, ES256 and RS256, as COSE numbers them: what today's authenticators know.
const ALGORITHMS = [-8, -7, -257]

/** Checks passkeys for the pages of one address; the library is loaded with the first of them. */
export const webauthn = (address: () => string): PasskeyCheck => {
  const library = () => import('@simplewebauthn/server')
  const party = () => relyingParty(new URL(address()))
  const expected = (challenge: string) => ({
    expectedChallenge: challenge,
    expectedOrigin: party().origin,
    expectedRPID: party().id,
    requireUserVerification: true,
  })
  return {
    async registerOptions({ challenge, user, known }) {
      const { generateRegistrationOptions } = await library()
      const options = await generateRegistrationOptions({
        rpName: 'Guildhall',
        rpID: party().id,
        userName: user.name,
        userDisplayName: user.displayName,
        userID: new TextEncoder().encode(user.id),
        challenge: new Uint8Array(challenge),
        timeout: CHALLENGE_MS,
        attestationType: 'none',
        supportedAlgorithmIDs: ALGORITHMS,
        excludeCredentials: known.map(named),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      })
      return { ...options }
    },
    async signInOptions({ challenge, known }) {
      const { generateAuthenticationOptions } = await library()
      const options = await generateAuthenticationOptions({
        rpID: party().id,
        challenge: new Uint8Array(challenge),
        timeout: CHALLENGE_MS,
        userVerification: 'required',
        allowCredentials: known.map(named),
      })
      return { ...options }
    },
    async registered(answer, challenge) {
      const parsed = Registered.safeParse(answer.response)
      if (!parsed.success) return null
      const { clientDataJSON, attestationObject, transports = [] } = parsed.data
      const { verifyRegistrationResponse } = await library()
      const response = { ...shell(answer), response: { clientDataJSON, attestationObject } }
      // Whatever does not fit is thrown, with words for developers.
      const verified = await verifyRegistrationResponse({
        ...expected(challenge),
        response,
        supportedAlgorithmIDs: ALGORITHMS,
      }).catch(() => null)
      if (!verified?.verified) return null
      const { id, publicKey, counter } = verified.registrationInfo.credential
      return { credentialId: id, publicKey, counter, transports }
    },
    async signedIn(answer, challenge, { credentialId, publicKey, counter }) {
      const parsed = SignedIn.safeParse(answer.response)
      if (!parsed.success) return null
      const { verifyAuthenticationResponse } = await library()
      const credential = { id: credentialId, publicKey: new Uint8Array(publicKey), counter }
      const verified = await verifyAuthenticationResponse({
        ...expected(challenge),
        response: { ...shell(answer), response: parsed.data },
        credential,
      }).catch(() => null)
      return verified?.verified ? verified.authenticationInfo.newCounter : null
    },
  }
}

const shell = ({ id, rawId, type }: PasskeyAnswer) => ({
  ...{ id, rawId, type },
  clientExtensionResults: {},
})

const named = ({
  credentialId,
  transports,
}: Readonly<{ credentialId: string; transports: readonly string[] }>) => ({
  id: credentialId,
  transports: [...transports],
})
