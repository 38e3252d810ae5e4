import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Handle } from '../contract.ts'
import { PASSWORD_UNITS_MAX } from '../domain/password.ts'
import { PasswordChanged, ProfileChanged } from '../events.ts'
import { tryOnce } from './check-factor.ts'
import { choosePassword } from './choose-password.ts'
import { currentSession, lockedSession } from './current-session.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { raiseSession, sessionEnded, SignedInView } from './start-session.ts'

/** Changes the caller's password. */
export const changePassword = operation<SignInNeeds>()({
  name: 'identity.change_password',
  about: 'Change your password. Your other browsers are signed out.',
  input: z.strictObject({
    current: z.string().max(PASSWORD_UNITS_MAX).optional().describe('Left out where you have none'),
    password: z.string().max(PASSWORD_UNITS_MAX),
  }),
  output: SignedInView,
  access: null,
  effect: 'write',
  fresh: true,
  session: true,
  secret: true,
  http: 'PUT /me/password',
  mcp: null,
  say: () => 'Your password is changed.',
  async ahead({ current = '', password }, needs) {
    const { hasher, throttle } = needs
    const { session, account } = await currentSession(needs)
    const { phc: old, email } = account
    if (old !== null) {
      await tryOnce(needs, session, async () => ((await hasher.verify(old, current)) ? true : null))
    }
    const phc = await choosePassword(needs, password, email)
    if (email !== null) await throttle.forgetDevices(email)
    return { old, phc }
  },
  async run(_, needs) {
    const { accounts, sessions, call, emit, ahead } = needs
    const current = await lockedSession(needs)
    const { session, account } = current
    if (account.phc !== ahead.old) throw sessionEnded()
    await accounts.setPassword(account.id, ahead.phc, call.now)
    const risen = await accounts.raiseEpoch(account.id)
    await sessions.revokeAll(account.id, { id: session.id, now: call.now })
    emit(PasswordChanged({ principalId: account.id, ...risen, by: 'holder' }))
    return raiseSession(needs, current, { amr: ['pwd'], epoch: risen.epoch })
  },
})

/** Changes the caller's name and address. */
export const changeProfile = operation<SignInNeeds>()({
  name: 'identity.change_profile',
  about: 'Change your name or your e-mail.',
  input: z.strictObject({
    name: z.string().trim().min(1).max(100).optional(),
    email: z.email().max(254).optional(),
  }),
  output: z.object({
    handle: Handle,
    name: z.string().nullable(),
    email: z.string().nullable(),
    isEmailVerified: z.boolean(),
  }),
  access: null,
  effect: 'write',
  fresh: true,
  http: 'PUT /me/profile',
  mcp: null,
  say: ({ handle, name, email }) => `@${handle} ${name ?? ''} ${email ?? ''}`.trim(),
  async run(input, needs) {
    const { accounts, call, emit } = needs
    const { account } = await lockedSession(needs)
    const { id, handle } = account
    const name = input.name ?? account.name
    const email = input.email ?? account.email
    const isOther = email?.toLowerCase() !== account.email?.toLowerCase()
    const verifiedAt = isOther ? null : account.emailVerifiedAt
    const changed = [
      ...(name === account.name ? [] : ['name' as const]),
      ...(email === account.email ? [] : ['email' as const]),
    ]
    if (changed.length > 0) {
      await accounts.setProfile(id, { name, email, verifiedAt })
      if (isOther) await needs.links.withdrawAll({ purpose: 'reset', principalId: id }, call.now)
      emit(ProfileChanged({ principalId: id, changed }, { personal: { name, email } }))
    }
    return { handle, name, email, isEmailVerified: verifiedAt !== null }
  },
})
