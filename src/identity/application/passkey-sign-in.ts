import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import {
  checkPasskey,
  newChallenge,
  PasskeyAnswered,
  PasskeyAsked,
  passkeyNotValid,
  spendPasskey,
} from './check-passkey.ts'
import { lockedSession } from './current-session.ts'
import { Browser, OrganisationSlug, openToSlug } from './sign-in.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { SignedInView, startSession } from './start-session.ts'

/** Asks a browser for any passkey of this hub. */
export const askPasskeySignIn = operation<SignInNeeds>()({
  name: 'identity.ask_passkey_sign_in',
  about: 'Begin to sign in with a passkey: gives what the browser is to be asked.',
  input: z.strictObject({ organisation: OrganisationSlug }),
  output: PasskeyAsked,
  access: null,
  effect: 'write',
  open: openToSlug,
  secret: true,
  http: 'POST /passkeys/options',
  mcp: null,
  async run(_, needs) {
    const asking = { purpose: 'sign_in', sessionId: null } as const
    const { challengeId, challenge } = await newChallenge(needs, asking)
    return { challengeId, options: await needs.webauthn.signInOptions({ challenge, known: [] }) }
  },
})

/** Signs a person in with a passkey, which is two factors in one. */
export const signInWithPasskey = operation<SignInNeeds>()({
  name: 'identity.sign_in_with_passkey',
  about: 'Sign in with a passkey.',
  input: z.strictObject({
    organisation: OrganisationSlug,
    passkey: PasskeyAnswered,
    agent: Browser.agent,
  }),
  output: SignedInView,
  access: null,
  effect: 'write',
  open: openToSlug,
  session: true,
  secret: true,
  http: 'POST /sessions/passkey',
  mcp: null,
  say: ({ handle }) => `@${handle} is signed in.`,
  ahead: ({ passkey }, needs) => {
    const asked = { purpose: 'sign_in', sessionId: null, principalId: null } as const
    return checkPasskey(needs, passkey, asked)
  },
  async run({ agent }, needs) {
    const { accounts, ahead } = needs
    const account = await accounts.lock(ahead.passkey.principalId)
    if (account?.status !== 'active') throw passkeyNotValid()
    const amr = await spendPasskey(needs, ahead)
    return startSession(needs, account, { amr, agent: agent ?? null })
  },
})

/** Asks for one of the caller's own passkeys: as second factor, or to be fresh again. */
export const askPasskeyFactor = operation<SignInNeeds>()({
  name: 'identity.ask_passkey_factor',
  about: 'Ask for one of your passkeys, to finish signing in or to confirm that it is you.',
  input: z.strictObject({}),
  output: PasskeyAsked,
  access: null,
  effect: 'write',
  stages: ['factor'],
  secret: true,
  http: 'POST /sessions/current/passkey-options',
  mcp: null,
  async run(_, needs) {
    const { session, account } = await lockedSession(needs)
    const known = await needs.passkeys.listOf(account.id)
    const asking = { purpose: 'factor', sessionId: session.id } as const
    const { challengeId, challenge } = await newChallenge(needs, asking)
    return { challengeId, options: await needs.webauthn.signInOptions({ challenge, known }) }
  },
})
