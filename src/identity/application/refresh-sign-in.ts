import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { PASSWORD_UNITS_MAX } from '../domain/password.ts'
import { checkFactor, ownCode, spendFactor, tryOnce } from './check-factor.ts'
import { checkPasskey, PasskeyAnswered, spendPasskey } from './check-passkey.ts'
import { currentSession, lockedSession } from './current-session.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { factorsOf, raiseSession, SignedInView } from './start-session.ts'

/** Makes a sign-in fresh again: whoever sits there now is who signed in. */
export const refreshSignIn = operation<SignInNeeds>()({
  name: 'identity.refresh_sign_in',
  about: 'Confirm that it is you: give your password, and a code where you have a second factor.',
  input: z.strictObject({
    password: z.string().max(PASSWORD_UNITS_MAX).optional(),
    code: z.string().max(64).optional(),
    passkey: PasskeyAnswered.optional(),
  }),
  output: SignedInView,
  access: null,
  effect: 'write',
  session: true,
  secret: true,
  http: 'POST /sessions/current/refresh',
  mcp: null,
  say: ({ handle }) => `@${handle} is signed in freshly.`,
  async ahead({ password = '', code = '', passkey }, needs) {
    const { hasher, call } = needs
    const { session, account } = await currentSession(needs)
    const { hasFactor } = await factorsOf(needs, account.id)
    if (passkey) {
      const asked = { purpose: 'factor', sessionId: session.id, principalId: account.id } as const
      return { phc: account.phc, passkey: await checkPasskey(needs, passkey, asked) }
    }
    const { phc } = account
    if (phc === null) throw noPassword()
    const tried = await tryOnce(needs, session, async () => {
      // Both are looked at, so that the answer does not tell which of them was wrong.
      const fits = await hasher.verify(phc, password)
      if (!hasFactor) return fits ? { factor: null } : null
      const factor = await checkFactor(needs, ownCode(account, code, call))
      return fits && factor ? { factor } : null
    })
    return { phc, factor: tried.factor }
  },
  async run(_, needs) {
    const { ahead } = needs
    const current = await lockedSession(needs)
    if (current.account.phc !== ahead.phc) throw noPassword()
    if (ahead.passkey)
      return raiseSession(needs, current, { amr: await spendPasskey(needs, ahead.passkey) })
    const more = ahead.factor ? await spendFactor(needs, current.account.id, ahead.factor) : []
    return raiseSession(needs, current, { amr: ['pwd', ...more] })
  },
})

const noPassword = () => {
  const message = 'You sign in without a password here; use a passkey, or open a new link.'
  return refuse('conflict', 'identity.no_password', message)
}
