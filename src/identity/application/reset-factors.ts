import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { Handle, HandleIn } from '../contract.ts'
import { placesOf } from '../domain/rights.ts'
import { FactorRemoved } from '../events.ts'
import { holderOf, refuseMoreThanHeld } from './guard-grants.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

/** Takes every second factor from somebody who has lost theirs. */
export const resetFactors = operation<SignInNeeds>()({
  name: 'identity.reset_factors',
  about: 'Take all second factors and passkeys from somebody who lost them. They are signed out.',
  input: z.strictObject({ handle: HandleIn }),
  output: z.object({ handle: Handle }),
  access: 'member:write',
  orgWide: true,
  effect: 'write',
  fresh: true,
  http: 'POST /principals/:handle/factors/reset',
  mcp: null,
  say: ({ handle }) => `@${handle} has no second factor any more.`,
  async run({ handle }, needs) {
    const { principals, accounts, factors, passkeys, sessions, grants, call, emit } = needs
    const { id: principalId } = await principals.get(handle)
    const theirs = await grants.rights(principalId, { now: call.now })
    refuseMoreThanHeld(await holderOf(grants, call), placesOf(theirs))
    await accounts.lock(principalId)
    await factors.removeTotp(principalId)
    await factors.removeCodes(principalId)
    await passkeys.removeAll(principalId)
    const risen = await accounts.raiseEpoch(principalId)
    await sessions.revokeAll(principalId, { id: null, now: call.now })
    emit(FactorRemoved({ principalId, factor: 'all', ...risen }))
    return { handle }
  },
})
