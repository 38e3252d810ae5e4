import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Handle, HandleIn } from '../contract.ts'
import { placesOf } from '../domain/rights.ts'
import { SessionRevoked, SessionsEnded } from '../events.ts'
import { sessionInUse } from './current-session.ts'
import { holderOf, refuseMoreThanHeld } from './guard-grants.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

const Out = z.object({ session: z.null() })

/** Ends the session in use. */
export const signOut = operation<SignInNeeds>()({
  name: 'identity.sign_out',
  about: 'Sign out of this browser.',
  input: z.strictObject({}),
  output: Out,
  access: null,
  effect: 'write',
  stages: ['factor', 'enrol'],
  session: true,
  http: 'POST /sessions/current/sign-out',
  mcp: null,
  say: () => 'Signed out.',
  async run(_, needs) {
    const { sessions, call, emit } = needs
    const sessionId = sessionInUse(needs)
    if (await sessions.revoke(sessionId, call.now)) {
      emit(SessionRevoked({ sessionId, principalId: call.actor.id, why: 'signed_out' }))
    }
    return { session: null }
  },
})

/** Ends every session of the caller, this one too. */
export const signOutEverywhere = operation<SignInNeeds>()({
  name: 'identity.sign_out_everywhere',
  about: 'Sign out of every browser, this one too.',
  input: z.strictObject({}),
  output: Out,
  access: null,
  effect: 'write',
  session: true,
  http: 'POST /sessions/sign-out-everywhere',
  mcp: null,
  say: () => 'Signed out everywhere.',
  async run(_, needs) {
    sessionInUse(needs)
    await endAll(needs, needs.call.actor.id)
    return { session: null }
  },
})

/** Ends every session of somebody else: of a lost telephone, or of who has left. */
export const endSessions = operation<SignInNeeds>()({
  name: 'identity.end_sessions',
  about: 'Sign somebody out of every browser.',
  input: z.strictObject({ handle: HandleIn }),
  output: z.object({ handle: Handle }),
  access: 'session:revoke',
  orgWide: true,
  effect: 'write',
  fresh: true,
  http: 'POST /principals/:handle/sign-out',
  mcp: null,
  say: ({ handle }) => `@${handle} is signed out everywhere.`,
  async run({ handle }, needs) {
    const { principals, grants, call } = needs
    const principal = await principals.get(handle)
    const theirs = await grants.rights(principal.id, { now: call.now })
    refuseMoreThanHeld(await holderOf(grants, call), placesOf(theirs))
    await endAll(needs, principal.id)
    return { handle }
  },
})

const endAll = async (
  { accounts, sessions, call, emit }: SignInNeeds & Parameters<typeof sessionInUse>[0] & Emitting,
  principalId: string,
): Promise<void> => {
  const risen = await accounts.raiseEpoch(principalId)
  await sessions.revokeAll(principalId, { id: null, now: call.now })
  emit(SessionsEnded({ principalId, ...risen }))
}

type Emitting = Readonly<{ emit(happened: ReturnType<typeof SessionsEnded>): void }>
