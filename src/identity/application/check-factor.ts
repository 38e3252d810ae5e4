import type { Call, Words } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { parseBackupCode } from '../domain/backup-code.ts'
import { TOTP_CODE } from '../domain/totp.ts'
import { TRIES_MAX } from '../domain/session.ts'
import { BackupCodeUsed } from '../events.ts'
import type { Account, Session, SignInNeeds } from './sign-in-ports.ts'
import { sessionEnded } from './start-session.ts'

/** A code that was right when it was looked at; it still has to be spent. */
export type FactorProof =
  | Readonly<{ kind: 'totp'; id: string; step: number }>
  | Readonly<{ kind: 'code'; slot: number; phc: string }>

/** A code, and whose it should be: the account as it was named is what tries are counted by. */
export type GivenCode = Readonly<{
  principalId: string
  account: string
  code: string
  now: number
}>

/** Looks whether a code is right: of the generator, or one of the backup codes. */
export const checkFactor = async (
  { factors, totp, hasher, site }: Pick<SignInNeeds, 'factors' | 'totp' | 'hasher' | 'site'>,
  given: GivenCode,
): Promise<FactorProof | null> => {
  const { principalId, now } = given
  await site.countCode(given.account)
  const digits = given.code.replaceAll(/\s/g, '')
  if (TOTP_CODE.test(digits)) {
    const kept = await factors.totp(principalId, 'confirmed')
    const step = kept && (await totp.stepOf(kept.secret, digits, now))
    return kept && step !== null && step > kept.lastStep
      ? { kind: 'totp', id: kept.id, step }
      : null
  }
  const code = parseBackupCode(given.code)
  if (!code) return null
  const phc = await factors.code(principalId, code.slot)
  const fits = await hasher.verify(phc, code.secret)
  return fits && phc !== null ? { kind: 'code', slot: code.slot, phc } : null
}

/** Says whose a code should be, where the account is known. */
export const ownCode = ({ id, email }: Account, code: string, { now }: Call): GivenCode => ({
  ...{ principalId: id, account: email ?? id },
  ...{ code, now },
})

/** Uses a code up; refuses where it was used in the meantime. */
export const spendFactor = async (
  { factors, call, emit }: Pick<SignInNeeds, 'factors'> & Pick<Words, 'call' | 'emit'>,
  principalId: string,
  proof: FactorProof,
): Promise<readonly string[]> => {
  if (proof.kind === 'totp') {
    if (!(await factors.useStep(proof.id, proof.step))) throw codeNotRight(null)
    return ['otp', 'mfa']
  }
  if (!(await factors.useCode(principalId, proof, call.now))) throw codeNotRight(null)
  emit(BackupCodeUsed({ principalId, left: await factors.codesLeft(principalId) }))
  return ['otp', 'mfa']
}

/** Says that a code is not right; `left` tries, where that is known. */
export const codeNotRight = (left: number | null) => {
  const message = 'This code is not right, or it was used before. Take the next one.'
  const more = left === null ? {} : { triesLeft: left }
  return refuse('unauthenticated', 'identity.code_not_right', message, more)
}

/**
 * Takes one of a session's tries and makes it; with the last one that fails the session is over.
 * The count is kept by itself, so that many tries at once are counted, too.
 */
export const tryOnce = async <T>(
  { tries, call }: Pick<SignInNeeds, 'tries'> & Readonly<{ call: Call }>,
  session: Session,
  attempt: () => Promise<T | null>,
): Promise<T> => {
  const taken = await tries.take(session.id, call.now)
  if (taken === null) throw sessionEnded()
  const result = await attempt()
  if (result !== null) return result
  if (taken >= TRIES_MAX) await tries.end(session, call)
  throw codeNotRight(TRIES_MAX - taken)
}
