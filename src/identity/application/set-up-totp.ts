import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { TOTP_SECRET_BYTES } from '../domain/totp.ts'
import { afterFactorChange } from './change-factors.ts'
import { codeNotRight, tryOnce } from './check-factor.ts'
import { currentSession, lockedSession } from './current-session.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { factorsOf, SignedInView } from './start-session.ts'

/** Makes the secret of a code generator; it counts when a code of it was shown. */
export const startTotp = operation<SignInNeeds>()({
  name: 'identity.start_totp',
  about: 'Begin to set up a generator of codes: show the secret to it, then confirm a code.',
  input: z.strictObject({}),
  output: z.object({ secret: z.string(), address: z.string() }),
  access: null,
  effect: 'write',
  stages: ['enrol'],
  fresh: true,
  secret: true,
  http: 'POST /me/totp',
  mcp: null,
  async run(_, needs) {
    const { factors, totp, keys, call } = needs
    const { account } = await lockedSession(needs)
    const secret = call.random(new Uint8Array(TOTP_SECRET_BYTES))
    await factors.addTotp({ id: call.newId(), secret, lastStep: 0 }, account.id, call.now)
    const { name } = await keys.organisation()
    const label = account.email ?? account.handle
    return {
      secret: await totp.text(secret),
      address: await totp.address(secret, label, `Guildhall ${name}`),
    }
  },
})

/** Puts a generator into use, since its holder has shown a code of it. */
export const confirmTotp = operation<SignInNeeds>()({
  name: 'identity.confirm_totp',
  about: 'Finish setting up a generator: give the code it shows. Other browsers are signed out.',
  input: z.strictObject({ code: z.string().max(64) }),
  output: SignedInView,
  access: null,
  effect: 'write',
  stages: ['enrol'],
  fresh: true,
  session: true,
  secret: true,
  http: 'POST /me/totp/confirm',
  mcp: null,
  say: () => 'The generator is in use.',
  async ahead({ code }, needs) {
    const { factors, totp, call } = needs
    const { session, account } = await currentSession(needs)
    const pending = await factors.totp(account.id, 'pending')
    if (!pending) throw notStarted()
    const digits = code.replaceAll(/\s/g, '')
    const step = await tryOnce(needs, session, () => totp.stepOf(pending.secret, digits, call.now))
    return { id: pending.id, step }
  },
  async run(_, needs) {
    const { factors, ahead, call } = needs
    const current = await lockedSession(needs)
    const use = { step: ahead.step, now: call.now }
    if (!(await factors.confirmTotp(ahead.id, current.account.id, use))) throw codeNotRight(null)
    return afterFactorChange(needs, current, {
      ...{ what: 'added', factor: 'totp' },
      amr: ['otp', 'mfa'],
    })
  },
})

/** Takes a generator out of use. */
export const removeTotp = operation<SignInNeeds>()({
  name: 'identity.remove_totp',
  about: 'Take your generator of codes out of use. Other browsers are signed out.',
  input: z.strictObject({}),
  output: SignedInView,
  access: null,
  effect: 'write',
  fresh: true,
  session: true,
  secret: true,
  http: 'POST /me/totp/remove',
  mcp: null,
  say: () => 'The generator is out of use.',
  async run(_, needs) {
    const { factors } = needs
    const current = await lockedSession(needs)
    const { account } = current
    if (!(await factors.removeTotp(account.id))) throw notStarted()
    // Codes stand in for a factor; where there is none they would be one.
    if (!(await factorsOf(needs, account.id)).hasFactor) await factors.removeCodes(account.id)
    return afterFactorChange(needs, current, { what: 'removed', factor: 'totp', amr: [] })
  },
})

const notStarted = () => {
  const message = 'You have no generator of codes; set one up first.'
  return refuse('conflict', 'identity.totp_missing', message)
}
