import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { operation } from '../../kernel/operation.ts'
import { KeyRevoked } from '../contract.ts'
import { PASSWORD_UNITS_MAX } from '../domain/password.ts'
import { OwnerSetUp, PasswordChanged, ProfileChanged } from '../events.ts'
import { choosePassword } from './choose-password.ts'
import { findLink, LinkToken, openToToken, takeLink } from './issue-link.ts'
import { Browser } from './sign-in.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { SignedInView, startSession } from './start-session.ts'

/** Gives the hub's owner a name and a password; the key of the first start is over then. */
export const setUpOwner = operation<SignInNeeds>()({
  name: 'identity.set_up_owner',
  about: 'Set up the owner of this hub, by the link that its start printed.',
  input: z.strictObject({
    token: LinkToken,
    name: z.string().trim().min(1).max(100),
    email: z.email().max(254),
    password: z.string().max(PASSWORD_UNITS_MAX),
    agent: Browser.agent,
  }),
  output: SignedInView,
  access: null,
  effect: 'write',
  open: openToToken,
  session: true,
  secret: true,
  http: 'POST /set-up',
  mcp: null,
  say: ({ handle }) => `@${handle} is signed in; the key in owner.key is over.`,
  async ahead({ token, password, email }, needs) {
    await findLink(needs, token, { purpose: 'set_up' })
    return { phc: await choosePassword(needs, password, email) }
  },
  async run({ token, name, email, agent }, needs) {
    const { accounts, sessions, call, emit, ahead } = needs
    const { account } = await takeLink(needs, token, 'set_up')
    assert(account, 'the link of the first start is for the owner')
    const { id: principalId } = account
    await accounts.setProfile(principalId, { name, email, verifiedAt: null })
    await accounts.setPassword(principalId, ahead.phc, call.now)
    const risen = await accounts.raiseEpoch(principalId)
    await sessions.revokeAll(principalId, { id: null, now: call.now })
    const ended = await accounts.endOwnerKeys(principalId, call.now)
    for (const keyId of ended) emit(KeyRevoked({ keyId, principalId }))
    const changed = ['name' as const, 'email' as const]
    emit(ProfileChanged({ principalId, changed }, { personal: { name, email } }))
    emit(PasswordChanged({ principalId, ...risen, by: 'set_up' }))
    emit(OwnerSetUp({ principalId }))
    const after = { ...account, name, email, epoch: risen.epoch, phc: ahead.phc }
    return startSession(needs, after, { amr: ['pwd'], agent: agent ?? null })
  },
})
