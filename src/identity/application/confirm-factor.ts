import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { checkFactor, codeNotRight, ownCode, spendFactor, tryOnce } from './check-factor.ts'
import { currentSession, lockedSession, sessionInUse } from './current-session.ts'
import { checkPasskey, PasskeyAnswered, spendPasskey } from './check-passkey.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { raiseSession, SignedInView } from './start-session.ts'

/** Finishes a sign-in with a second factor. */
export const confirmFactor = operation<SignInNeeds>()({
  name: 'identity.confirm_factor',
  about: 'Finish signing in: give a code of your generator, a backup code, or use a passkey.',
  input: z.strictObject({
    code: z.string().max(64).optional(),
    passkey: PasskeyAnswered.optional(),
  }),
  output: SignedInView,
  access: null,
  effect: 'write',
  stages: ['factor'],
  session: true,
  secret: true,
  http: 'POST /sessions/current/factor',
  mcp: null,
  say: ({ handle }) => `@${handle} is signed in.`,
  async ahead({ code = '', passkey }, needs) {
    const { session, account } = await currentSession(needs)
    if (passkey) {
      const asked = { purpose: 'factor', sessionId: sessionInUse(needs) } as const
      return { passkey: await checkPasskey(needs, passkey, { ...asked, principalId: account.id }) }
    }
    const given = ownCode(account, code, needs.call)
    return { factor: await tryOnce(needs, session, () => checkFactor(needs, given)) }
  },
  async run(_, needs) {
    const { ahead } = needs
    const current = await lockedSession(needs)
    // A sign-in that is finished has nothing to confirm.
    if (current.session.stage !== 'factor') throw codeNotRight(null)
    const amr =
      'factor' in ahead && ahead.factor
        ? await spendFactor(needs, current.account.id, ahead.factor)
        : await spendPasskey(needs, ahead.passkey)
    return raiseSession(needs, current, { amr })
  },
})
