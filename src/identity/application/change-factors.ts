import type { Words } from '../../kernel/operation.ts'
import { FactorAdded, FactorRemoved } from '../events.ts'
import type { Current } from './current-session.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { raiseSession, type Started } from './start-session.ts'

/** A change of an account's second factors. */
export type FactorChange = Readonly<{
  what: 'added' | 'removed'
  factor: 'totp' | 'backup_codes' | 'passkey'
  /** What was shown with it; empty: nothing. */
  amr: readonly string[]
}>

type Needs = SignInNeeds & Pick<Words, 'call' | 'emit'>

/**
 * Ends what the account has open elsewhere, since its factors are others now. The session in use
 * goes on under another secret.
 */
export const afterFactorChange = async (
  needs: Needs,
  current: Current,
  { what, factor, amr }: FactorChange,
): Promise<Started> => {
  const { accounts, sessions, call, emit } = needs
  const { session, account } = current
  const risen = await accounts.raiseEpoch(account.id)
  await sessions.revokeAll(account.id, { id: session.id, now: call.now })
  const happened = { principalId: account.id, factor, ...risen }
  emit(what === 'added' ? FactorAdded(happened) : FactorRemoved(happened))
  return raiseSession(needs, current, { amr, epoch: risen.epoch, isSame: amr.length === 0 })
}
