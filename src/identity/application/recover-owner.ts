import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { FactorRemoved, LinkIssued } from '../events.ts'
import { openLists } from './set-allow-list.ts'
import { issueLink } from './issue-link.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

/**
 * Lets an owner in again who has lost everything: for whoever can start the hub on its machine, and
 * could read its database as well. Their second factors go, their sessions end, the allow-lists of
 * addresses are opened, and a link sets a new password.
 */
export const recoverOwner = operation<SignInNeeds>()({
  name: 'identity.recover_owner',
  about: 'Take all second factors from the first owner and give a link that sets a password.',
  input: z.strictObject({}),
  output: z.object({ link: z.string() }),
  access: null,
  internal: true,
  secret: true,
  effect: 'write',
  http: null,
  mcp: null,
  async run(_, needs) {
    const { grants, accounts, factors, passkeys, sessions, call, emit } = needs
    const [principalId] = await grants.lockOwners()
    const account = principalId === undefined ? null : await accounts.lock(principalId)
    if (!account || account.kind !== 'person') throw noOwner()
    const { id, email } = account
    await factors.removeTotp(id)
    await factors.removeCodes(id)
    await passkeys.removeAll(id)
    const risen = await accounts.raiseEpoch(id)
    await sessions.revokeAll(id, { id: null, now: call.now })
    await openLists(needs)
    emit(FactorRemoved({ principalId: id, factor: 'all', ...risen }))
    const of = {
      purpose: 'reset',
      principalId: id,
      epoch: risen.epoch,
      email,
      gives: null,
    } as const
    const { link, text } = await issueLink(needs, of)
    const { id: linkId, expiresAt } = link
    emit(LinkIssued({ linkId, purpose: 'reset', principalId: id, expiresAt, mailed: false }))
    return { link: text }
  },
})

const noOwner = () => {
  const message = 'No active person owns this organisation; restore a backup.'
  return refuse('conflict', 'identity.no_owner', message)
}
