import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import type { Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { CHALLENGE_BYTES, CHALLENGE_MS, type ChallengePurpose } from '../domain/passkey.ts'
import type { Passkey } from './factor-ports.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

const Coded = z.string().regex(/^[0-9A-Za-z_-]{1,2048}$/)

/** The answer of a browser to a challenge. */
export const PasskeyAnswered = z.strictObject({
  challengeId: z.uuid(),
  answer: z.object({
    id: Coded,
    rawId: Coded,
    type: z.literal('public-key'),
    response: z.record(z.string().max(64), z.unknown()),
  }),
})

/** What a browser is asked: the options for `navigator.credentials`, and where to answer. */
export const PasskeyAsked = z.object({
  challengeId: z.uuid(),
  options: z.record(z.string(), z.unknown()),
})

/** A passkey that has signed its challenge, with the counter it gave. */
export type PasskeyProof = Readonly<{ passkey: Passkey; counter: number }>

type Asking = Readonly<{ purpose: ChallengePurpose; sessionId: string | null }>

/** Makes a challenge and keeps it until it is answered. */
export const newChallenge = async (
  { passkeys, call }: Pick<SignInNeeds, 'passkeys'> & Pick<Words, 'call'>,
  asking: Asking,
): Promise<Readonly<{ challengeId: string; challenge: Uint8Array }>> => {
  const challenge = call.random(new Uint8Array(CHALLENGE_BYTES))
  const challengeId = call.newId<'challenge'>()
  await passkeys.addChallenge({
    ...{ id: challengeId, ...asking },
    challenge: Buffer.from(challenge).toString('base64url'),
    expiresAt: call.now + CHALLENGE_MS,
  })
  return { challengeId, challenge }
}

/** Takes the challenge that an answer is for; it is gone then, whatever becomes of the answer. */
export const takeChallenge = async (
  { tries, call }: Pick<SignInNeeds, 'tries'> & Pick<Words, 'call'>,
  challengeId: string,
  asking: Asking,
): Promise<string> => {
  const taken = await tries.takeChallenge({ id: challengeId, now: call.now, ...asking })
  if (taken === null) throw passkeyNotValid()
  return taken
}

/** Checks what a passkey signed; of this account, where one is named. */
export const checkPasskey = async (
  needs: Pick<SignInNeeds, 'passkeys' | 'tries' | 'webauthn'> & Pick<Words, 'call'>,
  { challengeId, answer }: z.output<typeof PasskeyAnswered>,
  { principalId, ...asking }: Asking & Readonly<{ principalId: string | null }>,
): Promise<PasskeyProof> => {
  const challenge = await takeChallenge(needs, challengeId, asking)
  const passkey = await needs.passkeys.byCredential(answer.id)
  if (!passkey || (principalId !== null && passkey.principalId !== principalId)) {
    throw passkeyNotValid()
  }
  const counter = await needs.webauthn.signedIn(answer, challenge, passkey)
  if (counter === null) throw passkeyNotValid()
  return { passkey, counter }
}

/** Moves the passkey's counter on; a counter that fell belongs to a copy, and is refused. */
export const spendPasskey = async (
  { passkeys, call }: Pick<SignInNeeds, 'passkeys'> & Pick<Words, 'call'>,
  proof: PasskeyProof | undefined,
): Promise<readonly string[]> => {
  assert(proof, 'a passkey was checked before it is used')
  const used = await passkeys.use(proof.passkey.id, proof.counter, call.now)
  if (!used) throw passkeyNotValid()
  return ['hwk', 'user', 'mfa']
}

/** Says that a passkey does not let in; the same words whatever was wrong. */
export const passkeyNotValid = () => {
  const message = 'This passkey was not accepted. Try again, or sign in another way.'
  return refuse('unauthenticated', 'identity.passkey_not_valid', message)
}
