import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { PASSKEYS_MAX } from '../domain/passkey.ts'
import { afterFactorChange } from './change-factors.ts'
import {
  newChallenge,
  PasskeyAnswered,
  PasskeyAsked,
  passkeyNotValid,
  takeChallenge,
} from './check-passkey.ts'
import { currentSession, lockedSession } from './current-session.ts'
import type { Passkey } from './factor-ports.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { factorsOf, SignedInView } from './start-session.ts'

/** Asks a browser to make a passkey. */
export const askPasskey = operation<SignInNeeds>()({
  name: 'identity.ask_passkey',
  about: 'Begin to register a passkey: gives what the browser is to be asked.',
  input: z.strictObject({}),
  output: PasskeyAsked,
  access: null,
  effect: 'write',
  stages: ['enrol'],
  fresh: true,
  secret: true,
  http: 'POST /me/passkeys/options',
  mcp: null,
  async run(_, needs) {
    const { passkeys, webauthn } = needs
    const { session, account } = await lockedSession(needs)
    const known = await passkeys.listOf(account.id)
    if (known.length >= PASSKEYS_MAX) throw tooMany()
    const asking = { purpose: 'register', sessionId: session.id } as const
    const { challengeId, challenge } = await newChallenge(needs, asking)
    const name = account.email ?? account.handle
    const user = { id: account.id, name, displayName: account.name ?? account.handle }
    return { challengeId, options: await webauthn.registerOptions({ challenge, user, known }) }
  },
})

/** Keeps the passkey that a browser made. */
export const registerPasskey = operation<SignInNeeds>()({
  name: 'identity.register_passkey',
  about: 'Register the passkey that the browser made. Other browsers are signed out.',
  input: z.strictObject({
    passkey: PasskeyAnswered,
    name: z.string().trim().min(1).max(80).default('Passkey'),
  }),
  output: SignedInView.extend({ id: z.uuid() }),
  access: null,
  effect: 'write',
  stages: ['enrol'],
  fresh: true,
  session: true,
  secret: true,
  http: 'POST /me/passkeys',
  mcp: null,
  say: () => 'The passkey is registered.',
  async ahead({ passkey: { challengeId, answer } }, needs) {
    const { session } = await currentSession(needs)
    const asking = { purpose: 'register', sessionId: session.id } as const
    const challenge = await takeChallenge(needs, challengeId, asking)
    const made = await needs.webauthn.registered(answer, challenge)
    if (!made) throw passkeyNotValid()
    return made
  },
  async run({ name }, needs) {
    const { passkeys, ahead, call } = needs
    const current = await lockedSession(needs)
    const principalId = current.account.id
    if ((await passkeys.listOf(principalId)).length >= PASSKEYS_MAX) throw tooMany()
    const made = { ...{ principalId, name }, createdAt: call.now, lastUsedAt: null }
    const passkey: Passkey = { id: call.newId<'passkey'>(), ...made, ...ahead }
    await passkeys.add(passkey)
    const change = { what: 'added', factor: 'passkey', amr: ['hwk', 'user', 'mfa'] } as const
    return { ...(await afterFactorChange(needs, current, change)), id: passkey.id }
  },
})

/** Takes a passkey out of use. */
export const removePasskey = operation<SignInNeeds>()({
  name: 'identity.remove_passkey',
  about: 'Take one of your passkeys out of use. Other browsers are signed out.',
  input: z.strictObject({ id: z.uuid() }),
  output: SignedInView,
  access: null,
  effect: 'write',
  fresh: true,
  session: true,
  secret: true,
  http: 'POST /me/passkeys/:id/remove',
  mcp: null,
  say: () => 'The passkey is out of use.',
  async run({ id }, needs) {
    const { passkeys, factors } = needs
    const current = await lockedSession(needs)
    const { account } = current
    if (!(await passkeys.remove(account.id, id))) throw notFound('This passkey')
    const { hasFactor, hasPasskey } = await factorsOf(needs, account.id)
    if (account.phc === null && !hasPasskey) throw lastWayIn()
    if (!hasFactor) await factors.removeCodes(account.id)
    return afterFactorChange(needs, current, { what: 'removed', factor: 'passkey', amr: [] })
  },
})

const tooMany = () => {
  const message = `You have ${PASSKEYS_MAX} passkeys; take one out of use first.`
  return refuse('conflict', 'identity.passkeys_full', message, { limit: PASSKEYS_MAX })
}

const lastWayIn = () => {
  const message = 'This is your only way in; set a password or register another passkey first.'
  return refuse('conflict', 'identity.last_way_in', message)
}
