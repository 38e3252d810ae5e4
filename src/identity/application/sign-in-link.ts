import { z } from 'zod'
import { assert } from '../../kernel/assert.ts'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Moment } from '../contract.ts'
import { LINK_PURPOSES } from '../domain/link.ts'
import { LinkIssued } from '../events.ts'
import { findLink, issueLink, LinkToken, openToToken, takeLink } from './issue-link.ts'
import { momentOf } from './names.ts'
import { Browser } from './sign-in.ts'
import type { SignInNeeds } from './sign-in-ports.ts'
import { factorsOf, SignedInView, startSession } from './start-session.ts'

/** Swaps a person's key for a link that signs in a browser. */
export const createSignInLink = operation<SignInNeeds>()({
  name: 'identity.create_sign_in_link',
  about: 'Make a link that signs you in with a browser. Shown once, good for five minutes.',
  input: z.strictObject({}),
  output: z.object({ link: z.string(), expiresAt: Moment }),
  access: null,
  effect: 'write',
  secret: true,
  http: 'POST /sign-in-links',
  mcp: null,
  say: ({ link }) => link,
  async run(_, needs) {
    const { accounts, links, call, emit } = needs
    const { via, kind, id, scopes, projects } = call.actor
    // A browser's session is not cut down, so a key that is cannot be swapped for one.
    if (via !== 'key' || kind !== 'person' || scopes !== null || projects !== null) throw wholeKey()
    const account = await accounts.lock(id)
    assert(account, 'whoever calls has an account')
    await links.withdrawAll({ purpose: 'sign_in', principalId: id }, call.now)
    const about = { purpose: 'sign_in', principalId: id, gives: null } as const
    const { epoch, email } = account
    const { link, text } = await issueLink(needs, { ...about, epoch, email })
    const { id: linkId, expiresAt } = link
    const happened = { linkId, purpose: 'sign_in', principalId: id, expiresAt } as const
    emit(LinkIssued({ ...happened, mailed: false }))
    return { link: text, expiresAt: momentOf(expiresAt) }
  },
})

const wholeKey = () => {
  const message = 'Only a person with a key that is not cut down can sign in a browser with it.'
  return refuse('forbidden', 'identity.whole_key_needed', message)
}

/** Signs a browser in by a link. */
export const useSignInLink = operation<SignInNeeds>()({
  name: 'identity.use_sign_in_link',
  about: 'Sign in by the link that the command line made.',
  input: z.strictObject({ token: LinkToken, agent: Browser.agent }),
  output: SignedInView,
  access: null,
  effect: 'write',
  open: openToToken,
  session: true,
  secret: true,
  http: 'POST /sessions/link',
  mcp: null,
  say: ({ handle }) => `@${handle} is signed in.`,
  async run({ token, agent }, needs) {
    const { account } = await takeLink(needs, token, 'sign_in')
    assert(account, 'a link to sign in is for an account')
    const { hasPasskey } = await factorsOf(needs, account.id)
    // Where there is a password or a passkey, a file with a key does not stand for its holder.
    const isStale = account.phc !== null || hasPasskey
    return startSession(needs, account, { amr: ['swk'], isStale, agent: agent ?? null })
  },
})

/** Says what a link is for, before anything is done with it. */
export const lookAtLink = operation<SignInNeeds>()({
  name: 'identity.look_at_link',
  about: 'Say what a link is for and until when it is good.',
  input: z.strictObject({ token: LinkToken }),
  output: z.object({
    purpose: z.enum(LINK_PURPOSES),
    organisation: z.string(),
    email: z.string().nullable(),
    expiresAt: Moment,
  }),
  access: null,
  effect: 'read',
  open: openToToken,
  http: 'POST /links/look',
  mcp: null,
  async run({ token }, needs) {
    const { link } = await findLink(needs, token, { purpose: null })
    const { name } = await needs.keys.organisation()
    const { purpose, email, expiresAt } = link
    return { purpose, organisation: name, email, expiresAt: momentOf(expiresAt) }
  },
})
