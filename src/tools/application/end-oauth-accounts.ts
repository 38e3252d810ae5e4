import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import type { OauthNeeds } from './oauth-ports.ts'

/** Accounts that one run gives back. */
const ENDED_MAX = 20

/** Gives back the tokens of connections that are gone, and destroys them here. */
export const endAccounts = operation<OauthNeeds>()({
  name: 'tools.end_accounts',
  about: 'Give back the tokens of connections that are gone, and destroy them.',
  input: z.strictObject({}),
  output: z.object({ ended: z.int() }),
  access: null,
  effect: 'outside',
  http: null,
  mcp: null,
  internal: true,
  async run(_input, { oauth, call }) {
    return { ended: await oauth.endAccounts(call, ENDED_MAX) }
  },
})

/** Forgets who set out to an issuer and never came back. */
export const forgetAttempts = operation<OauthNeeds>()({
  name: 'tools.forget_account_attempts',
  about: 'Forget sign-ins for servers of tools that nobody ended.',
  input: z.strictObject({}),
  output: z.object({ forgotten: z.int() }),
  access: null,
  effect: 'write',
  http: null,
  mcp: null,
  internal: true,
  async run(_input, { oauth, call }) {
    return { forgotten: await oauth.forgetAttempts(call.now) }
  },
})
